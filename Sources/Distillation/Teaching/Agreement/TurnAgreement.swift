import Evaluation
public import Identifiers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How far the teachers of one turn agree, and which of them retrieve worse than the baseline.
///
/// Without judgments a rewrite is worse when the other rewrites agree more with the baseline than with it, and a turn when its
/// teachers agree more with the baseline than with each other.
public struct TurnAgreement: Sendable, Hashable {
  /// What the judgments say: nDCG, each relevant passage alike, over the ranks that are compared.
  public struct Gold: Sendable, Hashable {
    /// Of each teacher, in the order of `teachers`.
    public var teachers: [Double]
    /// Of all teachers together, as they are combined.
    public var combined = 0.0
    public var baseline: Double?
  }

  public let query: ExternalID
  /// The teachers that found something, as places among all; ascending.
  public let teachers: [Int]
  /// The overlap of each with each, 1 with itself.
  public let overlaps: [[Double]]
  /// The overlap of each with the baseline; `nil` where that does not know the query.
  public let baseline: [Double]?
  public internal(set) var gold: Gold?
  /// The teachers that retrieve worse than the baseline.
  public let worse: [Int]
  /// The mean overlap of the teachers whose rewrites were not thrown out; `nil` for one alone.
  public internal(set) var taughtAgreement: Double?
  /// Whether all teachers together do.
  public internal(set) var isWorse = false
  /// Whether a filter caught the turn.
  public internal(set) var isFiltered = false
  /// What the turn weighs; 0 when it was left out.
  public internal(set) var weight = 1.0

  /// - Parameters:
  ///   - lists: what each teacher found, best first.
  ///   - baseline: what the baseline found; `nil` where it does not know the query.
  ///   - gold: the relevant passages of the collection; empty where none is known.
  init(
    _ query: ExternalID, _ lists: [(teacher: Int, passages: [UInt32])], baseline: [UInt32]?, gold: Set<UInt32>,
    depth: Int
  ) {
    let prefixes = lists.map { Array($0.passages.prefix(depth)) }
    let base = baseline.map { Array($0.prefix(depth)) }
    self.query = query
    teachers = lists.map(\.teacher)
    var overlaps = prefixes.map { _ in [Double](repeating: 1, count: prefixes.count) }
    for first in prefixes.indices {
      for second in prefixes.indices.dropFirst(first + 1) {
        let overlap = RankAgreement.overlap(prefixes[first], prefixes[second], at: depth)
        (overlaps[first][second], overlaps[second][first]) = (overlap, overlap)
      }
    }
    let withBaseline = base.map { base in prefixes.map { RankAgreement.overlap($0, base, at: depth) } }
    self.overlaps = overlaps
    self.baseline = withBaseline
    if !gold.isEmpty {
      self.gold = Gold(
        teachers: prefixes.map { Self.gain(of: $0, gold, depth: depth) },
        baseline: base.map { Self.gain(of: $0, gold, depth: depth) })
    }
    let judged = self.gold
    worse = zip(lists.indices, lists).compactMap { place, list in
      guard let withBaseline else { return nil }
      if let judged, let least = judged.baseline { return judged.teachers[place] < least ? list.teacher : nil }
      let others = lists.indices.filter { $0 != place }
      guard !others.isEmpty else { return nil }
      let support = others.map { overlaps[place][$0] }.mean
      return support < others.map { withBaseline[$0] }.mean ? list.teacher : nil
    }
    taughtAgreement = agreement
  }

  /// The mean overlap of all pairs of teachers; `nil` for one alone.
  public var agreement: Double? { agreement(of: Array(teachers.indices)) }

  /// - Parameter places: places in `teachers`.
  func agreement(of places: [Int]) -> Double? {
    places.count < 2 ? nil : places.compactMap { support(of: $0, among: places) }.mean
  }

  /// A teacher's mean overlap with others; `nil` where there is none.
  func support(of place: Int, among places: [Int]) -> Double? {
    let others = places.filter { $0 != place }
    return others.isEmpty ? nil : others.map { overlaps[place][$0] }.mean
  }

  /// Says what the combined list is worth, and whether the turn is worse than the baseline.
  ///
  /// - Parameter places: those in `teachers` whose rewrites were not thrown out.
  mutating func judge(_ combined: [UInt32], gold relevant: Set<UInt32>, among places: [Int], depth: Int) {
    taughtAgreement = agreement(of: places)
    if gold != nil { gold?.combined = Self.gain(of: Array(combined.prefix(depth)), relevant, depth: depth) }
    if let gold, let least = gold.baseline {
      isWorse = gold.combined < least
    } else if let baseline, let taughtAgreement {
      isWorse = taughtAgreement < places.map { baseline[$0] }.mean
    }
  }

  /// nDCG with a gain of 1 for each relevant passage.
  private static func gain(of passages: [UInt32], _ gold: Set<UInt32>, depth: Int) -> Double {
    let discount = { (place: Int) in 1 / log2(Double(place) + 2) }
    let found = passages.indices.filter { gold.contains(passages[$0]) }.reduce(0) { $0 + discount($1) }
    return found / (0..<min(gold.count, depth)).reduce(0) { $0 + discount($1) }
  }
}

extension [Double] {
  /// The arithmetic mean; 0 of nothing.
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
