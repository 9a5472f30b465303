#if Network || Storage
  /// What a program keeps in one kind of SQLite file: its tables, their versions, and how such a file is told from another's.
  package struct SQLiteFileKind: Sendable {
    /// As an error names it: `cache of rewrites`.
    package var name: String
    /// SQLite's `application_id`: a file that has another is not of this kind.
    package var application: Int32
    /// The greatest version, that of `schema`.
    package var version: Int
    /// Makes the tables of the greatest version in an empty file.
    package var schema: String
    /// Makes a file of the version that is the key one of the greatest version.
    package var upgrades: [Int: String] = [:]
    /// Earlier versions that its readers know.
    package var readable: Set<Int> = []
    /// A table that files have which were made before they had an `application_id`.
    package var earlyTable: String
    /// How long somebody else's transaction is waited for.
    package var patience = 60.0
    /// Whether readers and a writer go side by side (SQLite's write-ahead log). Such files cannot be read where nothing may
    /// be written.
    package var isShared = false
    /// Whether what was written is on the disk when `write` returns, even where the log is written ahead.
    package var isDurable = false
    /// Whether only its owner may read the file, and what is deleted is overwritten.
    package var isPrivate = false

    package init(name: String, application: Int32, version: Int, schema: String, earlyTable: String) {
      self.name = name
      self.application = application
      self.version = version
      self.schema = schema
      self.earlyTable = earlyTable
    }
  }
#endif
