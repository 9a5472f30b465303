/// What an import read, wrote and left out.
public struct ImportSummary: Sendable, Equatable {
  /// The files that were read, and what each is taken for.
  public var files: [File] = []
  /// Files that the importer has no use for.
  public var unused: [String] = []
  public var conversations = 0
  /// What was written, by the file below the output folder: turns, rewrites, passages, judgments.
  public var written: [String: Int] = [:]
  /// What was left out, by the reason.
  public var skipped: [String: Int] = [:]
  /// The first malformed rows, where the import went on behind them.
  public var malformed: [String] = []
  public var malformedCount = 0

  public struct File: Sendable, Equatable {
    public var path: String
    public var role: String
  }

  /// How many malformed rows are told.
  static let toldAtMost = 20
}
