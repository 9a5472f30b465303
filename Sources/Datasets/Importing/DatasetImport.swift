public import Diagnostics

/// Brings a public set of conversations into this package's files, from the files as their publisher ships them.
///
/// ```swift
/// let summary = try DatasetImport(.qrecc).run(from: ["qrecc_data.zip"], to: "qrecc")
/// ```
///
/// Rows are read and written one after the other, so memory depends on the number of turns (their ids are kept to tell
/// repeated ones), not on the number of passages.
public struct DatasetImport: Sendable {
  public var set: ConversationSet
  /// Stands before each id of a turn and a conversation, so that sets can be joined.
  public var prefix: String
  /// Whether malformed rows are counted and left out instead of ending the import.
  public var keepsGoing: Bool
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  public init(
    _ set: ConversationSet, prefix: String = "", keepsGoing: Bool = false, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) {
    self.set = set
    self.prefix = prefix
    self.keepsGoing = keepsGoing
    self.progress = progress
    self.interruption = interruption
  }

  /// Reads the files at these paths (files, folders, zip archives) and writes `conversations*.jsonl`, `rewrites/NAME.jsonl`,
  /// `passages.jsonl` and `qrels*.txt`, those that the files have something for, into a folder.
  ///
  /// - Throws: `noInput` when none of the files is of the set; `badInput` with file and line for a malformed row;
  ///   `cannotWrite`, also when one of the output files is there; `usage` for a prefix that no id may have; `interrupted`.
  ///   Then no file is left in the folder.
  public func run(from paths: [String], to folder: String) throws(ParlanceError) -> ImportSummary {
    let output = try ImportOutput(
      folder: folder, prefix: prefix, keepsGoing: keepsGoing, progress: progress, interruption: interruption)
    var importer = set.importer
    var files: [ImportRole: [ImportFile]] = [:]
    for path in paths {
      for file in try ImportFile.all(at: path) {
        try interruption?.check()
        if let role = importer.role(of: file) {
          files[role, default: []].append(file)
        } else {
          output.summary.unused.append(file.path)
        }
      }
    }
    guard !files.isEmpty else {
      throw ParlanceError(
        .noInput, "expected files of \(set.rawValue), none of \(output.summary.unused.count) is one",
        at: .init(file: paths.first ?? ""))
    }
    for role in ImportRole.allCases {
      for file in importer.order(files[role] ?? [], of: role) {
        output.summary.files.append(.init(path: file.path, role: role.description))
        try importer.read(file, as: role, into: output)
      }
    }
    return try output.finish()
  }
}
