import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors

/// Fits a student's factors to what it makes of the turns that it was trained on.
///
/// A function of the student's weights and of the data alone, so nothing of it has to be in the training state.
struct FactorFitting {
  private let settings: Recipe.Factors
  private let data: TrainingData
  /// The turns that are looked at.
  private let examples: [Int]
  private let interruption: Interruption?

  /// - Parameter order: its first epoch has the turns, those of each set as often as its share says.
  init?(_ recipe: Recipe, data: TrainingData, order: ExampleOrder, interruption: Interruption? = nil) {
    guard let settings = recipe.student.residual?.factors else { return nil }
    self.settings = settings
    self.data = data
    self.interruption = interruption
    examples = order.epoch(0).prefix(settings.turns).map(\.example)
  }

  /// - Precondition: the student has no factors, and the engine records no gradients.
  /// - Throws: `interrupted`, and what the engine and the teachers throw.
  func callAsFunction(_ student: StudentModel) throws(ParlanceError) -> TermFactors {
    var fit = FactorFit()
    let batch = 16
    for start in stride(from: 0, to: examples.count, by: batch) {
      try interruption?.check()
      let part = examples[start..<min(examples.count, start + batch)].map { data.examples[$0] }
      let forward = try student.forward(part.map(\.query), dropout: 0)
      for (example, sum) in zip(part, forward.sums) {
        guard let spoken = example.query.spoken else { continue }
        let teacher = try data.teachers[example.set].queryVector(at: example.list) ?? .empty
        fit.add(sum, said: spoken.places, teacher: teacher)
      }
    }
    return fit.factors(ridge: settings.ridge)
  }
}
