/// How many examples a second the steps take, the latest ones counting most.
struct Pace: Sendable {
  private var examples = 0.0
  private var seconds = 0.0

  /// How much of what was before a step still counts after it: about the last twenty steps are seen.
  private static let memory = 0.95

  mutating func add(_ count: Int, in time: Double) {
    examples = Self.memory * examples + Double(count)
    seconds = Self.memory * seconds + max(0, time)
  }

  /// `nil` before the first step.
  var perSecond: Double? { seconds > 0 ? examples / seconds : nil }
}
