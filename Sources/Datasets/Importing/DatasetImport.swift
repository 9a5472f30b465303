public import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Brings a public set of conversations into this package's files, from the files as their publisher ships them.
///
/// ```swift
/// let summary = try DatasetImport(.qrecc).run(from: ["qrecc_data.zip"], to: "qrecc")
/// ```
///
/// Rows are read and written one after the other. In memory are the ids of turns and judgments, to tell repeated ones, and
/// hashes of the passages' ids: 10.7 to 21.3 bytes a passage, 32 for moments.
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
  /// The output folder may not be one of the folders that are read, or below one: the next import would read what this one wrote.
  ///
  /// - Throws: `noInput` when none of the files is of the set; `badInput` with file and line for a malformed row;
  ///   `cannotWrite`, also when one of the output files is there; `usage` for a prefix that no id may have and an output
  ///   folder among the inputs; `interrupted`. Then no file is left in the folder.
  public func run(from paths: [String], to folder: String) throws(ParlanceError) -> ImportSummary {
    try check(folder, isNotIn: paths)
    let output = try ImportOutput(
      folder: folder, prefix: prefix, keepsGoing: keepsGoing, progress: progress, interruption: interruption)
    do throws(ParlanceError) { return try read(paths, into: output) } catch {
      output.cleanUp()
      throw error
    }
  }

  private func read(_ paths: [String], into output: ImportOutput) throws(ParlanceError) -> ImportSummary {
    var importer = set.importer
    var all: [ImportFile] = []
    for path in paths {
      all += try ImportFile.all(at: path) { damage throws(ParlanceError) in
        try output.row { () throws(ParlanceError) in throw damage }
      }
    }
    var files: [ImportRole: [ImportFile]] = [:]
    for file in ImportFile.distinct(all) {
      try interruption?.check()
      var role: ImportRole?
      // A file whose first row cannot be read is not taken for one of something else.
      try output.row { () throws(ParlanceError) in
        do throws(ParlanceError) { role = try importer.role(of: file, passingMalformed: keepsGoing) } catch {
          throw error.code == .noInput ? ParlanceError(.badInput, error.message, at: error.location) : error
        }
      }
      if let role { files[role, default: []].append(file) } else { output.summary.unused.append(file.path) }
    }
    guard !files.isEmpty else {
      let malformed = output.summary.malformed.first.map { "; \($0)" } ?? ""
      throw ParlanceError(
        .noInput, "expected files of \(set.rawValue), none of \(output.summary.unused.count) is one" + malformed,
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

  private func check(_ folder: String, isNotIn paths: [String]) throws(ParlanceError) {
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    let output = absolute(folder) + "/"
    for path in paths {
      let input = absolute(path) + "/"
      guard output.hasPrefix(input) else { continue }
      throw ParlanceError(
        .usage, "the output would lie among the inputs, and the next import would read it; expected another folder",
        at: .init(file: folder))
    }
  }
}
