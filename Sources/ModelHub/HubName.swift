public import Diagnostics

/// A model on the hub: `hf:owner/name` or `hf:owner/name@revision`.
public struct HubName: Sendable, Hashable, CustomStringConvertible {
  /// `owner/name`; a few old models have no owner.
  public let repository: String
  /// A branch, a tag or a commit.
  public let revision: String

  /// What the command line writes before it.
  public static let prefix = "hf:"

  /// - Throws: `usage` when the text is not of that form.
  public init(_ text: String) throws(ParlanceError) {
    guard text.hasPrefix(Self.prefix) else {
      throw ParlanceError(.usage, "expected hf:owner/name, found `\(text)`")
    }
    let parts = text.dropFirst(Self.prefix.count).split(
      separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let pieces = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(pieces.count), pieces.allSatisfy(Self.isName) else {
      throw ParlanceError(
        .usage, "expected hf:owner/name of letters, digits, `-`, `_` and `.`, found `\(text)`")
    }
    revision = parts.count == 2 ? String(parts[1]) : "main"
    guard Self.isRevision(revision) else {
      throw ParlanceError(.usage, "`\(revision)` is not the name of a revision, in `\(text)`")
    }
    repository = String(parts[0])
  }

  private static func isName(_ piece: Substring) -> Bool {
    !piece.isEmpty && piece.utf8.count <= 96 && piece != "." && !piece.contains("..") && !piece.contains("--")
      && piece.utf8.allSatisfy {
        isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: ".")
      }
  }

  /// Branches may have slashes (`refs/pr/3`); nothing may climb out of the folder of references.
  private static func isRevision(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isName)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether the revision names a commit, which never changes.
  public var isCommit: Bool {
    revision.utf8.count == 40 && revision.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
  }

  public var description: String {
    Self.prefix + repository + (revision == "main" ? "" : "@" + revision)
  }
}
