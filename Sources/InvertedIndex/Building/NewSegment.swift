import BinaryFiles
import Conversations
import Diagnostics

/// Passages that are to become a segment: looked through and found fit, nothing written yet.
struct NewSegment<Vectors: PassageVectors> {
  let vectors: Vectors
  let configuration: IndexConfiguration
  private(set) var statistics: CollectionStatistics
  private let ids: IDTable?
  private let scratch: BuildScratch
  private let journal: BuildJournal?
  private var merged: MergedPassages?

  /// - Parameters:
  ///   - folder: the folder of the index, in which a file without a name may take up what memory does not hold.
  ///   - journal: where is noted what was done, so that it can be gone on with; what it says already is not done again.
  /// - Throws: `badInput` for vectors that cannot be indexed and for an id that is given twice; `interrupted`.
  init(
    of vectors: Vectors, vocabularySize: Int, configuration: IndexConfiguration, folder: String,
    journal: BuildJournal? = nil, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    guard vectors.count <= UInt32.max else {
      throw ParlanceError(.badInput, "expected at most \(UInt32.max) passages, found \(vectors.count)")
    }
    self.vectors = vectors
    self.configuration = configuration
    self.journal = journal
    scratch = BuildScratch(memory: configuration.memory, folder: folder)
    if let known = journal?.statistics {
      statistics = known
      ids = journal?.passagesBytes == nil ? try IDTable(of: vectors, scratch: scratch, interruption: interruption) : nil
    } else {
      statistics = try CollectionStatistics(
        of: vectors, vocabularySize: vocabularySize, weights: configuration.weights,
        memory: configuration.memory / 2, progress: progress, interruption: interruption)
      ids = try IDTable(of: vectors, scratch: scratch, interruption: interruption)
      try journal?.write(statistics)
    }
  }

  /// Keeps the greatest weights of the segments that this one is made of, and of their ranges, so that what was rounded by them is
  /// not rounded again where it need not be.
  mutating func keepGreatest(of merged: MergedPassages) throws(ParlanceError) {
    self.merged = merged
    for segment in merged.segments { try statistics.raiseGreatest(to: segment.postings) }
  }

  /// - Parameter textBytes: how many bytes the texts take at most, where that is known.
  /// - Throws: `cannotWrite` when there is no room for what is to be written.
  func checkRoom(in folder: IndexFolder, _ generation: Int, textBytes: Int = 0) throws(ParlanceError) {
    let estimate = BuildEstimate(
      passages: vectors.count, postings: statistics.postings, vocabularySize: statistics.terms.count,
      textBytes: textBytes, configuration)
    try FreeSpace.check(
      estimate.disk + estimate.temporaryDisk - folder.bytes(of: generation), for: IndexManifest.path(in: folder.path))
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
    let passagesBytes: Int
    if let ids {
      passagesBytes = try DocumentStoreWriter(
        path: folder.path + "/" + passagesName, configuration: configuration, ids: ids, scratch: scratch
      ).write(vectors, texts: texts, progress: progress, interruption: interruption)
    } else {
      passagesBytes = journal?.passagesBytes ?? 0
    }
    let postingsBytes = try PostingsWriter(
      path: folder.path + "/" + postingsName, configuration: configuration, statistics: statistics,
      memory: configuration.memory / 2, journal: journal, merged: merged
    ).write(vectors, progress: progress, interruption: interruption)
    return IndexManifest.Segment(
      postingsFile: .init(name: postingsName, bytes: postingsBytes),
      passagesFile: .init(name: passagesName, bytes: passagesBytes), passages: vectors.count,
      postings: statistics.postings, hasTexts: texts != nil)
  }
}
