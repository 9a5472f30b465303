import BinaryFiles
import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The cache of one repository, laid out as the Python library lays it out:
/// `blobs/ETAG` holds contents, `snapshots/COMMIT/PATH` are links to them, `refs/REVISION` says which commit a name means, and
/// an empty `.no_exist/COMMIT/PATH` that a commit has no such file.
struct HubCache: Sendable {
  /// The folder of all repositories.
  let root: String
  /// `models--owner--name`
  let folderName: String

  init(root: String, repository: String) {
    self.root = root
    folderName = "models--" + repository.split(separator: "/").joined(separator: "--")
  }

  var folder: String { root + "/" + folderName }

  func snapshot(_ commit: String) -> String { folder + "/snapshots/" + commit }
  func blob(_ etag: String) -> String { folder + "/blobs/" + etag }
  func lock(_ etag: String) -> String { root + "/.locks/" + folderName + "/" + etag + ".lock" }

  /// The commit that a revision meant when it was last asked for.
  func commit(of revision: String) -> String? {
    guard let data = FileManager.default.contents(atPath: folder + "/refs/" + revision) else { return nil }
    let commit = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
    return Self.isPlainName(commit) ? commit : nil
  }

  /// The folder of a snapshot, whole or not.
  func existingSnapshot(of revision: String) -> String? {
    [commit(of: revision), Self.isPlainName(revision) ? revision : nil].lazy.compactMap { $0 }.map(snapshot)
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  func has(_ path: String, commit: String) -> Bool {
    FileManager.default.fileExists(atPath: snapshot(commit) + "/" + path)
  }

  /// Where the Python library notes that a commit has no such file.
  private func absence(_ path: String, _ commit: String) -> String {
    folder + "/.no_exist/" + commit + "/" + path
  }

  /// Whether the commit is known to have no such file.
  func isAbsent(_ path: String, commit: String) -> Bool {
    FileManager.default.fileExists(atPath: absence(path, commit))
  }

  /// Spares the next start the question. Nothing fails for its sake: a cache that cannot be written to is asked about again.
  func noteAbsence(of path: String, commit: String) {
    let note = absence(path, commit)
    if FileManager.default.fileExists(atPath: note) { return }
    try? Self.makeFolder(of: note)
    try? AtomicFile.write([], to: note)
  }

  func setCommit(_ commit: String, of revision: String) throws(ParlanceError) {
    if self.commit(of: revision) == commit { return }
    let path = folder + "/refs/" + revision
    try Self.makeFolder(of: path)
    try AtomicFile.write(Array(commit.utf8), to: path)
  }

  /// Makes `snapshots/COMMIT/PATH` a relative link to the blob.
  func link(_ path: String, commit: String, to etag: String) throws(ParlanceError) {
    let link = snapshot(commit) + "/" + path
    try Self.makeFolder(of: link)
    let up = String(repeating: "../", count: path.split(separator: "/").count + 1)
    if FileManager.default.fileExists(atPath: link) { return }
    // A link to a blob that somebody removed is in the way.
    try? FileManager.default.removeItem(atPath: link)
    do {
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: up + "blobs/" + etag)
    } catch {
      // Somebody else may have made it in between.
      if FileManager.default.fileExists(atPath: link) { return }
      throw ParlanceError(.cannotWrite, "the link into the cache cannot be made", at: .init(file: link))
    }
  }

  static func makeFolder(of path: String) throws(ParlanceError) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try FileNames.makeFolder(folder)
  }

  /// Whether a name from the network may be a file's name.
  static func isPlainName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200
      && text.utf8.allSatisfy { byte in
        let character = Character(Unicode.Scalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber || character == "-" || character == "_")
      }
  }
}
