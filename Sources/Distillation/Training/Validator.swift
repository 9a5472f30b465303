import BinaryFiles
import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import SparseEncoder
import SparseVectors

/// How good the student is on conversations that it does not learn from: exact search over the frozen vectors, judged.
struct Validator: Sendable {
  /// A held-out query, as the student reads it.
  struct Query: Sendable {
    var id: ExternalID
    var reading: TrainingExample.Reading
  }

  let queries: [Query]
  let measures: [Measure]
  private let qrels: Qrels
  private let index: InvertedIndex

  /// What came out.
  struct Outcome {
    /// In the order of `measures`.
    var means: [Double]
    /// Active terms of a query, on average.
    var terms: Double
  }

  /// Builds an index of the collection beside the student, with the exact weights.
  ///
  /// - Throws: `badInput` when none of the held-out turns has a relevant passage.
  init(
    queries: [Query], qrels: Qrels, measure: String, vectors: String, at folder: String,
    progress: ProgressHandler?, interruption: Interruption?
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
    let files = try VectorsFiles(paths: [vectors])
    // One that a killed run left half is built anew.
    if (try? InvertedIndex(path: folder)) == nil {
      var configuration = IndexConfiguration()
      configuration.weights = .f32
      try IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary, configuration: configuration)
        .build(files, at: folder, progress: progress, interruption: interruption)
    }
    index = try InvertedIndex(path: folder)
  }

  /// - Parameter vectors: of `queries`, in their order.
  func score(_ vectors: [SparseVector]) throws(ParlanceError) -> Outcome {
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
