import ArgumentParser
import Diagnostics
import Interchange

/// How weights become whole numbers.
struct ImpactOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "ciff, anserini: what the greatest weight becomes. (default: 255, or weights as they are where all are whole)",
      valueName: "n"))
  var greatestImpact: Int?

  @Option(
    help: ArgumentHelp(
      "ciff, anserini: multiply weights with this instead before they are rounded.", valueName: "factor"))
  var scale: Double?

  func validate() throws {
    if greatestImpact != nil, scale != nil {
      throw ValidationError("--scale and --greatest-impact say the same thing; give one of them")
    }
  }

  /// Refuses what means nothing to a format that keeps weights as they are.
  ///
  /// - Parameter isWhole: whether the format has whole numbers.
  func check(for format: String, isWhole: Bool) throws {
    guard !isWhole, greatestImpact != nil || scale != nil else { return }
    throw ValidationError(
      "\(scale == nil ? "--greatest-impact" : "--scale") is for formats of whole numbers; --to \(format) keeps weights as they are"
    )
  }

  func scale(for survey: VectorSurvey) throws(ParlanceError) -> ImpactScale {
    if let scale { return try ImpactScale(factor: scale) }
    return try ImpactScale(fitting: survey, greatest: greatestImpact)
  }
}
