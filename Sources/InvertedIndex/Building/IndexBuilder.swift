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
    func open() throws(ParlanceError) -> (IndexFolder, Int) {
      let folder = try IndexFolder(path: path)
      return (folder, folder.begin())
    }
    try build(vectors, texts: texts, in: open, progress: progress, interruption: interruption)
  }

  /// - Parameter open: gives the folder and the number for its new files, once the vectors are found fit.
  func build(
    _ vectors: some PassageVectors, texts: PassageSource?, in open: () throws(ParlanceError) -> (IndexFolder, Int),
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    let segment = try NewSegment(
      of: vectors, vocabularySize: vocabulary.count, configuration: configuration, progress: progress,
      interruption: interruption)
    let (folder, generation) = try open()
    do {
      try segment.checkRoom(in: folder)
      let manifest = try write(
        segment, texts, to: folder, generation, progress: progress, interruption: interruption)
      folder.end(generation, with: manifest)
    } catch {
      folder.removeFiles(of: generation)
      throw error
    }
  }

  private func write(
    _ segment: NewSegment<some PassageVectors>, _ texts: PassageSource?, to folder: IndexFolder, _ generation: Int,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> IndexManifest {
    let vocabularyName = IndexFolder.name("vocabulary", generation)
    let vocabularyBytes = try IndexVocabulary.write(vocabulary, to: folder.path + "/" + vocabularyName)
    let written = try segment.write(
      texts: texts, to: folder, generation, progress: progress, interruption: interruption)
    let manifest = IndexManifest(
      generation: generation, weights: configuration.weights, passageSpace: passageSpace,
      vocabularyFile: .init(name: vocabularyName, bytes: vocabularyBytes),
      vocabularyDigest: vocabulary.digest, vocabularySize: vocabulary.count, segments: [written], bm25: bm25,
      keptTerms: keptTerms)
    try interruption?.check()
    try manifest.write(to: folder.path)
    return manifest
  }
}
