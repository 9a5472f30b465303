import Evaluation
import Identifiers

/// How far several teachers agree, over all turns: for whoever has to choose among them.
public struct TeacherAgreement: Sendable, Hashable {
  /// One teacher among the others.
  public struct Figures: Sendable, Hashable {
    public var name: String
    /// Turns for which it found something.
    public var queries = 0
    /// Its mean overlap with the other teachers; `nil` where it stands alone.
    public var support: Double?
    /// Its mean overlap with the baseline.
    public var baseline: Double?
    /// Mean nDCG over the turns with gold.
    public var gold: Double?
    /// Turns with gold that the baseline knows as well, and those of them for which it retrieves worse.
    public var judged = 0
    public var worseJudged = 0
    /// Turns without gold that could be compared by agreement, and those of them for which it seems worse.
    public var compared = 0
    public var worseCompared = 0
  }

  /// Two teachers.
  public struct Pair: Sendable, Hashable {
    public var first: String
    public var second: String
    /// Turns for which both found something.
    public var queries: Int
    public var overlap: Double
  }

  /// The passages of a list that were compared.
  public let depth: Int
  /// What the baseline is called; `nil` where there was none.
  public let baseline: String?
  public let teachers: [Figures]
  public let pairs: [Pair]
  /// All turns that a teacher knows, in their order.
  public let turns: [TurnAgreement]

  init(_ turns: [TurnAgreement], names: [String], baseline: String?, depth: Int) {
    self.turns = turns
    self.baseline = baseline
    self.depth = depth
    var (figures, supports, bases, golds) = (names.map { Figures(name: $0) }, Means(names), Means(names), Means(names))
    var pairs = [[Mean]](repeating: [Mean](repeating: Mean(), count: names.count), count: names.count)
    for turn in turns {
      let places = Array(turn.teachers.indices)
      for (place, teacher) in turn.teachers.enumerated() {
        figures[teacher].queries += 1
        if let support = turn.support(of: place, among: places) { supports[teacher].add(support) }
        if let baseline = turn.baseline { bases[teacher].add(baseline[place]) }
        if let gold = turn.gold { golds[teacher].add(gold.teachers[place]) }
        let isWorse = turn.worse.contains(teacher) ? 1 : 0
        if turn.gold?.baseline != nil {
          figures[teacher].judged += 1
          figures[teacher].worseJudged += isWorse
        } else if turn.baseline != nil, places.count > 1 {
          figures[teacher].compared += 1
          figures[teacher].worseCompared += isWorse
        }
        for other in places.dropFirst(place + 1) {
          pairs[teacher][turn.teachers[other]].add(turn.overlaps[place][other])
        }
      }
    }
    for teacher in names.indices {
      (figures[teacher].support, figures[teacher].baseline) = (supports[teacher].value, bases[teacher].value)
      figures[teacher].gold = golds[teacher].value
    }
    teachers = figures
    self.pairs = names.indices.flatMap { first in
      names.indices.dropFirst(first + 1).compactMap { second in
        pairs[first][second].value.map {
          Pair(first: names[first], second: names[second], queries: pairs[first][second].count, overlap: $0)
        }
      }
    }
  }

  /// The mean over the turns with more than one teacher; `nil` when there is none.
  public var agreement: Double? {
    var mean = Mean()
    for turn in turns { turn.agreement.map { mean.add($0) } }
    return mean.value
  }

  /// The agreement that a share of the turns with more than one teacher does not exceed.
  public func agreement(ofShare share: Double) -> Double? {
    turns.compactMap(\.agreement).percentile(share)
  }

  /// The turns on which the teachers differ most, those first.
  public func leastAlike(_ count: Int) -> [TurnAgreement] {
    let compared = turns.compactMap { turn in turn.agreement.map { (turn: turn, agreement: $0) } }
    return compared.sorted { ($0.agreement, $0.turn.query) < ($1.agreement, $1.turn.query) }.prefix(count).map(\.turn)
  }

  /// Mean nDCG of all teachers together, and of the baseline, over the turns with gold that both know.
  public var gold: (combined: Double, baseline: Double, queries: Int)? {
    var (combined, baseline) = (Mean(), Mean())
    for turn in turns {
      guard let gold = turn.gold, let base = gold.baseline else { continue }
      combined.add(gold.combined)
      baseline.add(base)
    }
    guard let mean = combined.value, let base = baseline.value else { return nil }
    return (mean, base, combined.count)
  }

  /// A running mean.
  private struct Mean {
    private(set) var count = 0
    private var sum = 0.0

    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }

    var value: Double? { count > 0 ? sum / Double(count) : nil }
  }

  /// One running mean for each teacher.
  private struct Means {
    private var means: [Mean]

    init(_ names: [String]) { means = names.map { _ in Mean() } }

    subscript(teacher: Int) -> Mean {
      get { means[teacher] }
      set { means[teacher] = newValue }
    }
  }
}
