import Diagnostics

/// Which turns and rewrites teach less than others, or not at all.
///
///     job.selection.filters = [.worseTurns, .disagreement]
///     job.selection.filteredWeight = 0.5
///
/// Where turns weigh differently, the `.teacher` file has a weight for each, and training counts a turn's losses by it.
public struct TeachingSelection: Sendable, Hashable, Codable {
  /// What is wrong with a turn or a rewrite.
  public enum Filter: String, Sendable, CaseIterable, Codable {
    /// Rewrites that retrieve worse than the baseline are not taught by; the other rewrites of the turn are.
    case worseRewrites = "worse-rewrites"
    /// Turns for which all teachers together retrieve worse than the baseline.
    case worseTurns = "worse-turns"
    /// Turns on which the teachers agree less than `leastAgreement`.
    case disagreement
  }

  /// What agreement says of a weight.
  public enum Consensus: String, Sendable, CaseIterable, Codable {
    /// In each turn a teacher's weight is multiplied by its mean overlap with the others.
    case teachers
    /// A turn weighs what its teachers agree, a turn with one teacher what the others do on average.
    case turns
  }

  public var filters: Set<Filter> = []
  public var consensus: Set<Consensus> = []
  /// How many passages of a list are compared, the best ones.
  public var depth = 100
  /// The least mean overlap of a turn that `disagreement` lets pass.
  public var leastAgreement = 0.2
  /// What a filtered turn weighs in training, at least `leastWeight`; 0 leaves it out.
  public var filteredWeight = 0.0
  /// Weights below are as good as none, and the file could not tell the smallest from 0.
  public static let leastWeight = 1e-6

  public init() {}

  /// Sets are written in one order, so that the same choice is the same bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(filters.sorted { $0.rawValue < $1.rawValue }, forKey: .filters)
    try container.encode(consensus.sorted { $0.rawValue < $1.rawValue }, forKey: .consensus)
    try container.encode(depth, forKey: .depth)
    try container.encode(leastAgreement, forKey: .leastAgreement)
    try container.encode(filteredWeight, forKey: .filteredWeight)
  }

  /// Whether all teach alike.
  public var isNeutral: Bool { filters.isEmpty && consensus.isEmpty }

  /// Whether the `.teacher` file has weights of turns.
  var weighsTurns: Bool { consensus.contains(.turns) || (!filters.isEmpty && filteredWeight > 0) }

  /// Whether something is compared with the baseline.
  public var needsBaseline: Bool { filters.contains(.worseRewrites) || filters.contains(.worseTurns) }

  /// Whether something depends on how far teachers agree, of which there have to be several.
  public var needsSeveralTeachers: Bool { filters.contains(.disagreement) || !consensus.isEmpty }

  /// Whether filtered turns can weigh so much.
  public static func isWeight(_ weight: Double) -> Bool { weight == 0 || (leastWeight...1).contains(weight) }

  /// - Throws: `usage` for numbers out of their range.
  func check() throws(ParlanceError) {
    guard depth >= 1 else { throw ParlanceError(.usage, "expected to compare at least 1 passage, not \(depth)") }
    guard (0...1).contains(leastAgreement) else {
      throw ParlanceError(.usage, "expected a least agreement from 0 to 1, found \(leastAgreement)")
    }
    guard Self.isWeight(filteredWeight) else {
      throw ParlanceError(
        .usage, "expected a weight of 0, or from \(Self.leastWeight) to 1, for filtered turns, found \(filteredWeight)")
    }
  }
}
