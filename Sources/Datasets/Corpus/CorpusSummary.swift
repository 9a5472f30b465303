/// What became of a collection's files and how much came out of them.
public struct CorpusSummary: Sendable, Hashable {
  /// Why a file gave no passages.
  public enum SkipReason: String, Sendable, Hashable, CaseIterable {
    /// A link is never followed: its target is read where it lies, or lies outside of the folder.
    case link = "symbolic link"
    /// The ending is none of text, Markdown, HTML.
    case unknownType = "unknown type"
    /// The ending promises text, the bytes are none.
    case binary = "binary"
    case unreadable = "unreadable"
    case damagedGzip = "damaged gzip"
    case tooLarge = "larger than 64 MiB"
    /// The same document stands beside it in a format that tells more about its structure.
    case otherFormat = "another format of a document that was read"
    case empty = "no text"
  }

  /// A file that could not be read, and why.
  public struct Failure: Sendable, Hashable {
    public var path: String
    public var reason: SkipReason
  }

  public var files = 0
  public var filesRead = 0
  /// How many files were skipped, by reason.
  public var skipped: [SkipReason: Int] = [:]
  /// The files skipped though they should have been readable, by path, with the reason.
  public var failures: [Failure] = []
  /// The files that are not UTF-8 and do not say what they are; they were read as Latin 1.
  public var guessedEncodings: [String] = []
  public var passages = 0
  /// Passages left out because an earlier one has the same text.
  public var duplicates = 0
  public var words = 0

  public init() {}

  mutating func skip(_ path: String, _ reason: SkipReason) {
    skipped[reason, default: 0] += 1
    switch reason {
    case .unreadable, .damagedGzip, .tooLarge, .binary: failures.append(Failure(path: path, reason: reason))
    case .link, .unknownType, .otherFormat, .empty: break
    }
  }
}
