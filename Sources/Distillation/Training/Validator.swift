import BinaryFiles
import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import SparseEncoder
import SparseVectors

/// How good the student is on conversations that it does not learn from: exact search over the passages' vectors, judged.
struct Validator: Sendable {
  /// A held-out query, as the student reads it.
  struct Query: Sendable {
    var id: ExternalID
    var reading: TrainingExample.Reading
  }

  let queries: [Query]
  let measures: [Measure]
  private let qrels: Qrels
  /// Of the frozen vectors; `nil` where the passages' vectors change.
  private let index: InvertedIndex?
  private let folder: String

  /// What came out.
  struct Outcome {
    /// In the order of `measures`.
    var means: [Double]
    /// Active terms of a query, on average.
    var terms: Double
  }

  /// Builds an index of the collection beside the student, with the exact weights.
  ///
  /// - Parameters:
  ///   - vectors: the frozen vectors; `nil` where the passage encoder learns too.
  ///   - folder: of the index.
  ///   - shared: an index of the frozen vectors that is there already, in place of a new one.
  /// - Throws: `badInput` when none of the held-out turns has a relevant passage.
  init(
    queries: [Query], qrels: Qrels, measure: String, vectors: String?, at folder: String,
    shared: InvertedIndex? = nil, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    let counted = Set(qrels.queries())
    let judged = queries.filter { counted.contains($0.id) }
    guard !judged.isEmpty else {
      throw ParlanceError(
        .badInput, "none of the \(queries.count) turns held out for validation has a relevant passage in the judgments")
    }
    self.queries = judged
    let known = Set(judged.map(\.id))
    self.qrels = Qrels(grades: qrels.grades.filter { known.contains($0.key) })
    var measures = try Measure.list(parsing: measure)
    for more in try Measure.list(parsing: "nDCG@3 R@10 R@100") where !measures.contains(more) { measures.append(more) }
    self.measures = measures
    self.folder = folder
    index = try vectors.map { vectors throws(ParlanceError) in
      if let shared { return shared }
      if let index = try? InvertedIndex(path: folder) { return index }
      // What a killed run left half built, or half removed, is built anew.
      FileNames.removeTree(folder)
      try Self.build(vectors, at: folder, progress, interruption)
      return try InvertedIndex(path: folder)
    }
  }

  private static func build(
    _ vectors: String, at folder: String, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) throws(ParlanceError) {
    let files = try VectorsFiles(paths: [vectors])
    var configuration = IndexConfiguration()
    configuration.weights = .f32
    try IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary, configuration: configuration)
      .build(files, at: folder, progress: progress, interruption: interruption)
  }

  /// An index of other vectors of the collection, in place of the one before.
  func index(of vectors: String) throws(ParlanceError) -> InvertedIndex {
    FileNames.removeTree(folder)
    try Self.build(vectors, at: folder, nil, nil)
    return try InvertedIndex(path: folder)
  }

  /// - Parameters:
  ///   - vectors: of `queries`, in their order.
  ///   - other: of vectors that have changed; the one of the frozen vectors when `nil`.
  func score(_ vectors: [SparseVector], in other: InvertedIndex? = nil) throws(ParlanceError) -> Outcome {
    guard let index = other ?? index else {
      throw ParlanceError(.internalFault, "a validation has no index to search")
    }
    // A measure without a cut-off looks at a thousand, as runs have them.
    let depth = measures.map { $0.cutoff ?? 1000 }.max() ?? 1000
    var run = RankedRun(name: "student")
    for (query, vector) in zip(queries, vectors) {
      let hits = try index.search(vector, k: depth).hits
      var ranking: [RankedPassage] = []
      for hit in hits {
        ranking.append(RankedPassage(passage: try index.id(of: hit.document), score: Double(hit.score)))
      }
      run.rankings[query.id] = ranking
    }
    let terms = Double(vectors.reduce(0) { $0 + $1.count }) / Double(vectors.count)
    // A student whose queries are all empty is worth nothing, which is no error here.
    if run.rankings.values.allSatisfy(\.isEmpty) {
      return Outcome(means: measures.map { _ in 0 }, terms: terms)
    }
    return Outcome(
      means: try evaluate(run, qrels: qrels, measures: measures).means, terms: terms)
  }
}
