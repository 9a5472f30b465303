import BinaryFiles
public import Diagnostics

/// A damaged part of an index.
public struct IndexDamage: Codable, Sendable, Hashable, CustomStringConvertible {
  /// The file, within the index's folder.
  public var file: String
  /// The section and block, where it is one.
  public var component: String?
  public var message: String

  public var description: String {
    "\(file)\(component.map { " (\($0))" } ?? ""): \(message)"
  }
}

extension InvertedIndex {
  /// Reads every byte of an index and checks it: checksums first, then that what they protect makes sense.
  ///
  /// - Returns: for each damaged file the first damage; nothing for an index that is whole.
  /// - Throws: `noInput` when there is no index or the manifest cannot be read; `badInput` when the manifest itself is
  ///   damaged, since nothing else can be judged then; `interrupted`.
  public static func verify(
    path: String, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> [IndexDamage] {
    let manifest = try IndexManifest.read(from: path).manifest
    let verification = IndexVerification(
      folder: path, manifest: manifest, progress: progress, interruption: interruption)
    return try verification.run()
  }
}

/// One pass over the files of an index.
struct IndexVerification {
  let folder: String
  let manifest: IndexManifest
  let progress: ProgressHandler?
  let interruption: Interruption?

  func run() throws(ParlanceError) -> [IndexDamage] {
    var damages: [IndexDamage] = []
    func check(_ file: IndexManifest.File, _ body: (String) throws(ParlanceError) -> Void) throws(ParlanceError) {
      do {
        try body(folder + "/" + file.name)
      } catch {
        guard error.code != .interrupted else { throw error }
        damages.append(
          IndexDamage(file: file.name, component: error.location?.component, message: error.message))
      }
    }
    try check(manifest.vocabularyFile) { path throws(ParlanceError) in
      let file = try SectionedFile(path: path, format: IndexVocabulary.format)
      try file.verify(progress: progress, interruption: interruption)
      _ = try IndexVocabulary.read(file, expecting: manifest)
    }
    for segment in manifest.segments {
      try check(segment.passagesFile) { path throws(ParlanceError) in
        let documents = try DocumentStore(path: path)
        try documents.file.verify(progress: progress, interruption: interruption)
        try documents.check(segment)
        try documents.verifyContents(interruption: interruption)
      }
      try check(segment.postingsFile) { path throws(ParlanceError) in
        let postings = try SegmentPostings(path: path)
        try postings.file.verify(progress: progress, interruption: interruption)
        try postings.check(segment, of: manifest)
        try postings.verifyContents(interruption: interruption)
      }
    }
    return damages
  }
}
