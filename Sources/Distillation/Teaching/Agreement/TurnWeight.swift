/// What one turn that is taught weighs in training.
struct TurnWeight {
  /// 1, or what the selection says of a turn that it caught.
  private var filtered: Double
  /// How far the teachers agree that it is taught by; `nil` for one alone.
  private var agreement: Double?

  /// So that a turn whose teachers have nothing in common still weighs something: to leave it out there is a filter.
  private static let leastAgreement = 0.01

  init(_ turn: TurnAgreement) {
    filtered = turn.weight
    agreement = turn.taughtAgreement
  }

  /// The weights of all turns, for the file.
  static func weights(_ turns: [TurnWeight], _ selection: TeachingSelection) -> [Float] {
    guard selection.consensus.contains(.turns) else { return turns.map { Float($0.filtered) } }
    let known = turns.compactMap(\.agreement)
    let mean = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
    return turns.map { Float($0.filtered * max($0.agreement ?? mean, leastAgreement)) }
  }
}
