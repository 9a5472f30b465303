import Diagnostics
import SparseEncoder
import SparseVectors
import TensorEngine

/// Adds the gradients of batches to those of the student: the passes forward and back, and between them the objective and
/// the penalties.
///
/// Lives on its student's engine thread.
struct BatchGradients {
  private let student: StudentModel
  private let vectors: VectorsFile
  private let teachers: [TeacherFile]
  private let dropout: Double
  private let precision: TensorEngine.Precision
  private let objective: Objective
  private var scorer: PassageScorer
  /// With what it remembers between steps.
  var regulariser: Regulariser

  init(_ student: StudentModel, recipe: Recipe, vectors: VectorsFile, teachers: [TeacherFile]) {
    self.student = student
    self.vectors = vectors
    self.teachers = teachers
    dropout = recipe.optimisation.dropout
    precision = recipe.optimisation.precision
    objective = Objective(recipe.objective)
    scorer = PassageScorer(vocabularySize: student.model.vocabularySize)
    regulariser = Regulariser(recipe.regularisation, vocabularySize: student.model.vocabularySize)
  }

  /// What a batch came to.
  struct Outcome {
    /// The loss and its parts, by their names in the log.
    var figures: [(name: String, value: Double)]
    var queries: Int
    /// Active terms of all queries together.
    var terms: Int
  }

  /// Adds the gradients of one batch.
  ///
  /// - Parameters:
  ///   - share: of the batch in its step.
  ///   - step: counted from 1.
  /// - Returns: `nil` where what the student makes of a query is no number.
  mutating func add(_ batch: BatchDrawing.Batch, share: Float, step: Int) throws(ParlanceError) -> Outcome? {
    try student.engine.seed(batch.readingSeed)
    let forward: StudentModel.Forward
    do throws(ParlanceError) {
      forward = try student.forward(batch.readings, dropout: dropout, precision: precision)
    } catch {
      // The engine's word for hidden states that are no numbers.
      guard error.code == .badInput else { throw error }
      return nil
    }
    let learned = try student.passages.map { encoder throws(ParlanceError) in
      try encoder.forward(
        batch.sampled.passages, dropout: dropout, precision: precision, seed: batch.passageSeed)
    }
    var passages = learned?.vectors ?? []
    if learned == nil {
      for passage in batch.sampled.passages { passages.append(try vectors.vector(at: Int(passage))) }
    }
    let queries = forward.queries
    let (figures, gradients) = try differentiate(queries, of: batch, passages, areLearned: learned != nil, step: step)
    try student.backward(forward, gradients.queries.map { Float($0) * share })
    if let learned { try student.passages?.backward(learned, gradients.passages.map { Float($0) * share }) }
    return Outcome(figures: figures, queries: queries.count, terms: queries.terms.count)
  }

  /// The loss of a batch, part by part, and its derivative with respect to each weight.
  private mutating func differentiate(
    _ queries: SparseRows, of batch: BatchDrawing.Batch, _ passages: [SparseVector], areLearned: Bool, step: Int
  ) throws(ParlanceError) -> (figures: [(name: String, value: Double)], gradients: WeightGradients) {
    let sampled = batch.sampled
    let scores = scorer.scores(of: queries, with: passages, in: sampled, cross: objective.usesCrossScores)
    var (parts, byScores) = objective.loss(of: scores, on: sampled)
    var gradients = scorer.gradients(
      from: byScores, of: queries, with: passages, in: sampled, byPassages: areLearned)
    let (penalties, byWeights) = regulariser.penalty(
      of: queries, turns: batch.examples.map(\.turn), passages: passages, step: step, byPassages: areLearned)
    gradients += byWeights
    if objective.usesTeacherVectors {
      var targets: [SparseVector] = []
      for example in batch.examples {
        // Teachers without vectors were refused when the data were read.
        targets.append(try teachers[example.set].queryVector(at: example.list) ?? .empty)
      }
      gradients += objective.termError(of: queries, from: targets, weights: sampled.weights, adding: &parts)
    }
    var figures = parts.named + penalties.named + [("loss", parts.total + penalties.total)]
    if areLearned {
      let terms = passages.reduce(0) { $0 + $1.count }
      figures.append(("passage_terms", Double(terms) / Double(max(1, passages.count))))
    }
    return (figures, gradients)
  }
}
