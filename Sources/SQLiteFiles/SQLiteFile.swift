#if Network || Storage
  import BinaryFiles
  package import Diagnostics
  package import GRDB
  import Synchronization

  /// One SQLite file of a known kind, which several threads and processes may use.
  package final class SQLiteFile: Sendable {
    package let path: String
    private let kind: SQLiteFileKind
    /// `nil` once it was closed.
    private let database: Mutex<DatabaseQueue?>
    /// Whether others had a right to a private file until it was opened here.
    package let wasOpenToOthers: Bool

    /// Opens the file, makes it where there is none, and brings an older version to the present one, both where `making` says
    /// so.
    ///
    /// Without, an older version that `kind.readable` has is left as it is.
    ///
    /// - Throws: `noInput` when there is none and none is to be made; `badInput` when it is another's, or of a later version;
    ///   `cannotWrite` when it cannot be made; `tryAgain` when somebody holds it for longer than `kind.patience`.
    package init(path: String, kind: SQLiteFileKind, making: Bool = true) throws(ParlanceError) {
      self.path = path
      self.kind = kind
      if !making, FileNames.isMissing(path) {
        throw ParlanceError(.noInput, "there is no \(kind.name)", at: .init(file: path))
      }
      wasOpenToOthers = kind.isPrivate && FileNames.isOpenToOthers(path)
      if making, kind.isPrivate { try FileNames.makePrivate(path) }
      var configuration = Configuration()
      configuration.busyMode = .timeout(kind.patience)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA synchronous = \(kind.isDurable ? "FULL" : "NORMAL")")
        if kind.isPrivate { try db.execute(sql: "PRAGMA secure_delete = ON") }
      }
      do {
        database = Mutex(try DatabaseQueue(path: path, configuration: configuration))
      } catch {
        throw Self.error(error, kind, path)
      }
      let found = try read(Stamp.init)
      let isLeft = !making && found.application == kind.application && kind.readable.contains(found.version)
      if found != Stamp(kind), !isLeft { try prepare(making: making) }
      // Only now: these are changes, which another's file must not see.
      if kind.isPrivate {
        for name in [path, path + "-wal", path + "-shm"] { try FileNames.keepFromOthers(name) }
      }
      if kind.isShared {
        try telling { try $0.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") } }
      }
    }

    /// Runs `body` over the file as it is at one moment; whoever writes meanwhile is not waited for where the kind is shared.
    package func read<Value>(_ body: (Database) throws -> Value) throws(ParlanceError) -> Value {
      try telling { try $0.read(body) }
    }

    /// Runs `body` in a transaction that holds the right to write from its beginning, so that what it read still holds when
    /// it writes, whatever other processes do.
    package func write<Value>(_ body: (Database) throws -> Value) throws(ParlanceError) -> Value {
      try telling { database in
        var value: Value?
        try database.inDatabase { db in
          try db.inTransaction(.immediate) {
            value = try body(db)
            return .commit
          }
        }
        guard let value else { throw ParlanceError(.internalFault, "a transaction did not run") }
        return value
      }
    }

    /// Takes out of the log what is in the file, so that what was deleted is in neither. Nothing happens where somebody reads.
    package func emptyLog() {
      try? telling { try $0.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }

    /// Closes the file once nobody reads or writes it any more, so that no log is left beside it where no other process has it
    /// open. Whoever comes afterwards is told.
    package func close() { database.withLock { $0 = nil } }

    private func prepare(making: Bool) throws(ParlanceError) {
      let kind = kind
      let found = try write { db in
        let found = try Stamp(db)
        let sql: String?
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0, found.application == 0 {
          sql = making ? kind.schema : nil
        } else if try found.application == kind.application || found.application == 0 && db.tableExists(kind.earlyTable)
        {
          sql = found.version == kind.version ? "" : kind.upgrades[found.version]
        } else {
          sql = nil
        }
        guard let sql else { return found }
        try db.execute(sql: sql)
        try db.execute(sql: "PRAGMA application_id = \(kind.application); PRAGMA user_version = \(kind.version)")
        return Stamp(kind)
      }
      guard found == Stamp(kind) else {
        let isOurs = found.application == kind.application || found.application == 0 && found.version != 0
        throw ParlanceError(
          .badInput,
          "expected a \(kind.name) of version \(kind.version), found "
            + (isOurs && found.version != kind.version ? "version \(found.version)" : "another database"),
          at: .init(file: path))
      }
    }

    private func telling<Value>(_ body: (DatabaseQueue) throws -> Value) throws(ParlanceError) -> Value {
      do {
        guard let database = database.withLock({ $0 }) else {
          throw ParlanceError(.cannotWrite, "the \(kind.name) is closed", at: .init(file: path))
        }
        return try body(database)
      } catch let error as ParlanceError {
        throw error
      } catch {
        throw Self.error(error, kind, path)
      }
    }

    /// What SQLite says, without the values of a statement, which may be somebody's words.
    private static func error(_ error: any Error, _ kind: SQLiteFileKind, _ path: String) -> ParlanceError {
      guard let error = error as? DatabaseError else {
        return ParlanceError(.cannotWrite, "the \(kind.name) cannot be used", at: .init(file: path))
      }
      let code: ParlanceError.Code =
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .badInput
        case .SQLITE_BUSY, .SQLITE_LOCKED: .tryAgain
        default: .cannotWrite
        }
      return ParlanceError(
        code, "the \(kind.name) cannot be used: \(error.message ?? "SQLite's error \(error.resultCode)")",
        at: .init(file: path))
    }
  }

  /// What the head of an SQLite file says of itself.
  private struct Stamp: Equatable {
    var application: Int32
    var version: Int

    init(_ kind: SQLiteFileKind) { (application, version) = (kind.application, kind.version) }

    init(_ db: Database) throws {
      application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }
  }
#endif
