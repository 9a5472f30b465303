import BinaryFiles
public import Conversations
public import Diagnostics
import Identifiers
public import SparseVectors

/// Builds an index of BM25 weights from texts: the classic baseline, through the same files and the same search.
///
///     var builder = BM25IndexBuilder()
///     try builder.build(at: "bm25") { () throws(ParlanceError) in try PassageSource(files: ["passages.jsonl"]) }
public struct BM25IndexBuilder: Sendable {
  /// How words are found and weighed.
  public var bm25: BM25Configuration
  /// How the index is kept. Weights are kept as they are unless chosen otherwise.
  public var configuration: IndexConfiguration
  /// The files of the passages; `nil` for a build that cannot be gone on with, as `IndexBuilder` has it. Words are counted again.
  public var inputs: BuildInputs?
  /// Whether what a build of the same inputs left is thrown away.
  public var restarts = false

  public init(_ bm25: BM25Configuration = BM25Configuration()) {
    self.bm25 = bm25
    configuration = IndexConfiguration()
    configuration.weights = .f32
  }

  /// - Parameter passages: opens the passages; called twice, once to count words and once to store the texts.
  /// - Throws: as `IndexBuilder.build`; `usage` for settings out of their range.
  public func build(
    at path: String, progress: ProgressHandler? = nil, interruption: Interruption? = nil,
    passages: () throws(ParlanceError) -> PassageSource
  ) throws(ParlanceError) {
    try bm25.check()
    try configuration.check()
    let folder = try IndexFolder(path: path, sparing: inputs == nil ? .none : .all)
    let scratch = BuildScratch(memory: configuration.memory, folder: folder.path)
    let words = try WordCounts(
      of: try passages(), analyzer: bm25.analyzer, scratch: scratch, progress: progress, interruption: interruption)
    let vocabulary = try Vocabulary(pieces: words.words)
    var builder = IndexBuilder(
      passageSpace: passageSpace(vocabulary), vocabulary: vocabulary, configuration: configuration)
    builder.bm25 = bm25
    builder.inputs = inputs
    builder.restarts = restarts
    try builder.build(
      BM25Vectors(words, configuration: bm25), texts: try passages(), in: folder, progress: progress,
      interruption: interruption)
  }

  /// BM25 over these words with these settings.
  private func passageSpace(_ vocabulary: Vocabulary) -> EncoderIdentity {
    var hash = SHA256()
    hash.update(
      "bm25 k1=\(bm25.k1) b=\(bm25.b) \(bm25.analyzer.stopWords) \(bm25.analyzer.stemmer) \(vocabulary.digest)")
    return EncoderIdentity(digest: hash.finish().hexadecimal, name: "bm25")
  }
}

extension InvertedIndex {
  /// The vector of a question for an index of BM25 weights: each of its words that the collection has, weighed by how often
  /// the question has it.
  ///
  /// - Throws: `usage` for an index of an encoder's vectors; `badInput` for a damaged index.
  public func bm25Query(_ text: String) throws(ParlanceError) -> SparseVector {
    guard let bm25 else {
      throw ParlanceError(
        .usage, "expected an index of BM25 weights, this one holds vectors of \(passageSpace)", at: .init(file: path))
    }
    let vocabulary = try vocabulary()
    var counts: [TermID: Float] = [:]
    for word in bm25.analyzer.words(of: text) {
      if let term = vocabulary.term(of: ExternalID(word)) { counts[term, default: 0] += 1 }
    }
    let terms = counts.keys.sorted()
    return SparseVector(unchecked: terms, terms.compactMap { counts[$0] })
  }
}
