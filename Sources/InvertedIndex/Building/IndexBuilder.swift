import BinaryFiles
public import Conversations
public import Diagnostics
public import SparseVectors

/// Builds an index from vectors, and from texts where there are some.
///
///     let builder = IndexBuilder(passageSpace: identity, vocabulary: vocabulary)
///     try builder.build(vectors, texts: PassageSource(files: ["passages.jsonl"]), at: "index")
///
/// Everything is checked that can be checked before anything is written, room on the disk for the postings and ids included;
/// how small texts become nobody knows before. The index takes effect in one step at the end:
/// until then, and after a failure, the folder holds the index that was there before, or none.
public struct IndexBuilder: Sendable {
  public var configuration: IndexConfiguration
  /// The encoder that made the vectors.
  public var passageSpace: EncoderIdentity
  /// What the vectors' terms are.
  public var vocabulary: Vocabulary
  /// How many terms of each passage were kept, which the index tells; all of them when `nil`.
  public var keptTerms: Int?
  /// Said in the manifest when the vectors are BM25's.
  var bm25: BM25Configuration?

  public init(
    passageSpace: EncoderIdentity, vocabulary: Vocabulary, configuration: IndexConfiguration = IndexConfiguration()
  ) {
    self.passageSpace = passageSpace
    self.vocabulary = vocabulary
    self.configuration = configuration
  }

  /// - Parameters:
  ///   - vectors: the passages in the order that the index will have.
  ///   - texts: gives the text of each of them once, in any order; `nil` for an index without texts.
  ///   - path: the folder of the index. An index that is there is replaced.
  /// - Throws: `badInput` for vectors or texts that cannot be indexed, `cannotWrite`, `tryAgain` while somebody else writes
  ///   there, `interrupted`.
  public func build(
    _ vectors: some PassageVectors, texts: PassageSource? = nil, at path: String, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try configuration.check()
    try build(
      vectors, texts: texts, in: { () throws(ParlanceError) in try IndexFolder(path: path) }, progress: progress,
      interruption: interruption)
  }

  /// - Parameter open: gives the folder, once the vectors are found fit.
  func build(
    _ vectors: some PassageVectors, texts: PassageSource?, in open: () throws(ParlanceError) -> IndexFolder,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    guard vectors.count <= UInt32.max else {
      throw ParlanceError(.badInput, "expected at most \(UInt32.max) passages, found \(vectors.count)")
    }
    let statistics = try CollectionStatistics(
      of: vectors, vocabularySize: vocabulary.count, weights: configuration.weights, progress: progress,
      interruption: interruption)
    let ids = try IDTable(of: vectors, interruption: interruption)

    let folder = try open()
    do {
      try FreeSpace.check(
        statistics.postings * (2 + configuration.weights.bytesPerWeight) + 40 * vectors.count,
        for: IndexManifest.path(in: folder.path))
      let manifest = try write(
        vectors, statistics, ids, texts, to: folder, progress: progress, interruption: interruption)
      folder.removeAll(but: manifest)
    } catch {
      folder.removeNewFiles()
      throw error
    }
  }

  private func write(
    _ vectors: some PassageVectors, _ statistics: CollectionStatistics, _ ids: IDTable, _ texts: PassageSource?,
    to folder: IndexFolder, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> IndexManifest {
    func path(_ name: String) -> String { folder.path + "/" + name }
    let vocabularyName = folder.name("vocabulary")
    let passagesName = folder.name("passages")
    let postingsName = folder.name("postings")

    let vocabularyBytes = try IndexVocabulary.write(vocabulary, to: path(vocabularyName))
    let passagesBytes = try DocumentStoreWriter(path: path(passagesName), configuration: configuration, ids: ids)
      .write(vectors, texts: texts, progress: progress, interruption: interruption)
    let postingsBytes = try PostingsWriter(
      path: path(postingsName), weights: configuration.weights, passagesPerRange: configuration.passagesPerRange,
      statistics: statistics
    ).write(vectors, progress: progress, interruption: interruption)

    let manifest = IndexManifest(
      generation: folder.generation, weights: configuration.weights, passageSpace: passageSpace,
      vocabularyFile: .init(name: vocabularyName, bytes: vocabularyBytes),
      vocabularyDigest: vocabulary.digest, vocabularySize: vocabulary.count,
      segments: [
        .init(
          postingsFile: .init(name: postingsName, bytes: postingsBytes),
          passagesFile: .init(name: passagesName, bytes: passagesBytes), passages: vectors.count,
          postings: statistics.postings, hasTexts: texts != nil)
      ],
      bm25: bm25, keptTerms: keptTerms)
    try interruption?.check()
    try manifest.write(to: folder.path)
    return manifest
  }
}
