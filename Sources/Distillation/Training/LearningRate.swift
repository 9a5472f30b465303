/// Linear warm-up from 0, then linear decay to 0, as transformers' linear schedule has it; but a single step does not warm up,
/// since it would learn nothing at a rate of 0.
struct LearningRate: Sendable {
  var peak: Double
  var warmupSteps: Int
  var totalSteps: Int

  init(peak: Double, warmupRatio: Double, totalSteps: Int) {
    self.peak = peak
    self.totalSteps = totalSteps
    warmupSteps = totalSteps == 1 ? 0 : Int((warmupRatio * Double(totalSteps)).rounded(.up))
  }

  /// The rate of a step, counted from 1.
  func callAsFunction(_ step: Int) -> Double { callAsFunction(step, peak: peak) }

  /// The rate of a step on the same schedule with another peak.
  func callAsFunction(_ step: Int, peak: Double) -> Double {
    // The schedule counts the steps that were taken before this one.
    let taken = step - 1
    if taken < warmupSteps { return peak * Double(taken) / Double(max(1, warmupSteps)) }
    return peak * max(0, Double(totalSteps - taken) / Double(max(1, totalSteps - warmupSteps)))
  }
}
