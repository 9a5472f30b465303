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
///
/// Where `inputs` says what the vectors and texts come from, a build that was killed or interrupted is gone on with by the next
/// one of the same inputs and settings, which gives the same bytes as one that was not. The passages file is kept where it was
/// whole and so is every range of postings that was written; what else was begun is done again.
public struct IndexBuilder: Sendable {
  public var configuration: IndexConfiguration
  /// The encoder that made the vectors.
  public var passageSpace: EncoderIdentity
  /// What the vectors' terms are.
  public var vocabulary: Vocabulary
  /// How many terms of each passage were kept, which the index tells; all of them when `nil`.
  public var keptTerms: Int?
  /// Where vectors and texts come from; `nil` for a build that cannot be gone on with.
  public var inputs: BuildInputs?
  /// Whether what a build of the same inputs left is thrown away.
  public var restarts = false
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
    let folder = try IndexFolder(path: path, sparing: inputs == nil ? .none : .all)
    try build(vectors, texts: texts, in: folder, progress: progress, interruption: interruption)
  }

  func build(
    _ vectors: some PassageVectors, texts: PassageSource?, in folder: IndexFolder, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) {
    let journal = try journal(of: vectors.count, hasTexts: texts != nil, in: folder)
    if let done = folder.current, done.generation == journal?.generation {
      return folder.end(done.generation, with: done)
    }
    try build(
      vectors, texts: texts, in: folder, journal?.generation ?? folder.begin(), journal: journal, progress: progress,
      interruption: interruption)
  }

  /// - Parameter isEncoding: whether the vectors are made by the build itself and kept in its folder.
  /// - Returns: `nil` for a build that cannot be gone on with.
  func journal(
    of passages: Int, hasTexts: Bool, isEncoding: Bool = false, in folder: IndexFolder
  ) throws(ParlanceError) -> BuildJournal? {
    guard let inputs else { return nil }
    let digest = inputs.digest(of: self, passages: passages, hasTexts: hasTexts)
    let vectors = isEncoding ? inputs.vectorsDigest(of: self) : nil
    if let found = try folder.resume(restarts ? nil : digest, vectors: restarts ? nil : vectors) { return found }
    return digest.map { BuildJournal(folder.begin(), digest: $0, vectors: vectors, in: folder.path) }
  }

  func build(
    _ vectors: some PassageVectors, texts: PassageSource?, in folder: IndexFolder, _ generation: Int,
    journal: BuildJournal? = nil, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    do {
      let segment = try NewSegment(
        of: vectors, vocabularySize: vocabulary.count, configuration: configuration, folder: folder.path,
        journal: journal, progress: progress, interruption: interruption)
      try segment.checkRoom(in: folder, generation, textBytes: texts == nil ? 0 : inputs?.textBytes ?? 0)
      let manifest = try write(
        segment, texts, to: folder, generation, progress: progress, interruption: interruption)
      folder.end(generation, with: manifest)
    } catch {
      // What is wrong with the inputs stays wrong.
      if journal == nil || error.code == .badInput { folder.removeFiles(of: generation) }
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
    try manifest.write(to: folder.path)
    return manifest
  }
}
