public import Diagnostics
import StrictJSON

/// The files of a repository at one commit, as the hub's answer tells them.
@_spi(Fuzzing) public struct HubListing: Sendable {
  /// The commit's name.
  public let commit: String
  /// Every path of the repository, as the hub writes it: nothing says that it stays inside a folder.
  public let paths: [String]

  /// - Parameter url: where the answer came from.
  /// - Throws: `unavailable` when it is no listing.
  public init(parsing answer: [UInt8], from url: String) throws(ParlanceError) {
    let model = try? JSONValue(parsing: answer, file: url)
    guard let commit = model?["sha"]?.string, HubCache.isPlainName(commit), let files = model?["siblings"]?.array else {
      throw ParlanceError(.unavailable, "\(url) did not answer with a list of files; is HF_ENDPOINT a hub?")
    }
    self.commit = commit
    paths = files.compactMap { $0["rfilename"]?.string }
  }

  /// The paths that are brought, small files first.
  public var needed: [String] { NeededFiles.select(from: paths) }
}
