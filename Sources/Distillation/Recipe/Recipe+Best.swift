public import Diagnostics

extension Recipe {
  /// The choices that were best by validation so far, those of `Recipes/best.yaml`, over the model, vectors and sets that
  /// `settings` name.
  ///
  /// - Parameter settings: as those of ``init(reading:settings:)``; `student.model`, `vectors`, `data.0.conversations` and
  ///   `data.0.teacher` have to be among them.
  /// - Throws: `badInput` that names the key that is missing or wrong; `usage` for a setting that is none.
  public static func best(settings: [String]) throws(ParlanceError) -> Recipe {
    try Recipe(yaml: bestChoices, file: "the best recipe", settings: settings)
  }

  /// Why each: `Recipes/best.yaml`, and EXPERIMENTS.md.
  private static let bestChoices = """
    student:
      form: conversation
      start_share: 0.3
      least_importance: 0.8
      residual: {gate: scalar, final: 1.1, factors: {}}
    sampling:
      strategy: uniform
      window: [1, 1000]
      negatives: 128
    objective:
      contrastive: {weight: 0.1}
    optimisation:
      learning_rate: 3.0e-4
      epochs: 1.5
    """
}
