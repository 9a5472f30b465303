import BinaryFiles
import Conversations
import Diagnostics

/// Passages that are to become a segment: looked through and found fit, nothing written yet.
struct NewSegment<Vectors: PassageVectors> {
  let vectors: Vectors
  let configuration: IndexConfiguration
  private(set) var statistics: CollectionStatistics
  private let ids: IDTable

  /// - Throws: `badInput` for vectors that cannot be indexed and for an id that is given twice; `interrupted`.
  init(
    of vectors: Vectors, vocabularySize: Int, configuration: IndexConfiguration, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) {
    guard vectors.count <= UInt32.max else {
      throw ParlanceError(.badInput, "expected at most \(UInt32.max) passages, found \(vectors.count)")
    }
    self.vectors = vectors
    self.configuration = configuration
    statistics = try CollectionStatistics(
      of: vectors, vocabularySize: vocabularySize, weights: configuration.weights, progress: progress,
      interruption: interruption)
    ids = try IDTable(of: vectors, interruption: interruption)
  }

  /// Keeps the greatest weights of the segments that this one is made of, so that what was rounded by them is not rounded
  /// again.
  mutating func keepGreatest(of segments: [IndexSegment]) throws(ParlanceError) {
    for segment in segments { try statistics.raiseGreatest(to: segment.postings) }
  }

  /// - Throws: `cannotWrite` when there is no room for the postings and ids. How small texts become nobody knows before.
  func checkRoom(in folder: IndexFolder) throws(ParlanceError) {
    try FreeSpace.check(
      statistics.postings * (2 + configuration.weights.bytesPerWeight) + 40 * vectors.count,
      for: IndexManifest.path(in: folder.path))
  }

  /// Writes the files of the segment.
  ///
  /// - Parameter texts: gives the text of each passage once, in any order; `nil` for a segment without texts.
  func write(
    texts: PassageSource?, to folder: IndexFolder, _ generation: Int, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) -> IndexManifest.Segment {
    let passagesName = IndexFolder.name("passages", generation)
    let postingsName = IndexFolder.name("postings", generation)
    let passagesBytes = try DocumentStoreWriter(
      path: folder.path + "/" + passagesName, configuration: configuration, ids: ids
    ).write(vectors, texts: texts, progress: progress, interruption: interruption)
    let postingsBytes = try PostingsWriter(
      path: folder.path + "/" + postingsName, weights: configuration.weights,
      passagesPerRange: configuration.passagesPerRange, statistics: statistics
    ).write(vectors, progress: progress, interruption: interruption)
    return IndexManifest.Segment(
      postingsFile: .init(name: postingsName, bytes: postingsBytes),
      passagesFile: .init(name: passagesName, bytes: passagesBytes), passages: vectors.count,
      postings: statistics.postings, hasTexts: texts != nil)
  }
}
