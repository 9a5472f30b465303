import Identifiers

/// What the teachers could say, told at the end.
public struct TeachingSummary: Sendable, Hashable {
  /// What one teacher knew.
  public struct Coverage: Sendable, Hashable {
    public var name: String
    /// How many of the queries it knew.
    public var queries: Int
    /// Queries that it knew and nobody asked for.
    public var unasked: Int
  }

  /// How many of the relevant passages the lists have.
  public struct Gold: Sendable, Hashable {
    /// Queries with a relevant passage.
    public var queries = 0
    /// Relevant passages, over these queries.
    public var passages = 0
    /// How many of them the collection does not have.
    public var unknown = 0
    /// The ranks, from 1, of those that are in a list; ascending.
    public var ranks: [Int] = []

    /// How many are in a list at `rank` or better.
    public func found(within rank: Int) -> Int { ranks.count { $0 <= rank } }
  }

  /// Lists written.
  public var queries = 0
  /// Queries that no teacher knew; they are not in the file.
  public var untaught = 0
  /// Queries that a filter left out; they are not in the file.
  public var leftOut = 0
  /// Queries that a filter caught and that are taught with less weight.
  public var weighedDown = 0
  /// Queries that all teachers together answer worse than the baseline.
  public var worse = 0
  /// How far the teachers agree; `nil` when that was not asked for.
  public var agreement: TeacherAgreement?
  /// Passages over all lists.
  public var passages = 0
  /// Lists that have fewer passages than asked for, the empty ones included.
  public var short = 0
  public var empty = 0
  /// Queries for which every teacher that knew them had a vector without a term.
  public var withoutTerms = 0
  public var teachers: [Coverage] = []
  /// `nil` when no judgments were given.
  public var gold: Gold?

  init(gold: GoldPassages?) {
    self.gold = gold == nil ? nil : Gold()
  }

  /// - Parameter list: `nil` when no teacher knew the query.
  mutating func add(_ query: ExternalID, _ list: TeacherList?, depth: Int, gold known: GoldPassages?) {
    if let list {
      queries += 1
      passages += list.count
      if list.count < depth { short += 1 }
      if list.count == 0 { empty += 1 }
    } else {
      untaught += 1
    }
    guard let relevant = known?.queries[query] else { return }
    gold?.queries += 1
    gold?.passages += relevant.positions.count + relevant.unknown
    gold?.unknown += relevant.unknown
    for (place, passage) in (list?.passages ?? []).enumerated() where relevant.positions.contains(passage) {
      gold?.ranks.append(place + 1)
    }
  }

  mutating func add(_ agreement: TurnAgreement) {
    if agreement.isWorse { worse += 1 }
    guard agreement.isFiltered else { return }
    if agreement.weight == 0 { leftOut += 1 } else { weighedDown += 1 }
  }

  mutating func finish() {
    gold?.ranks.sort()
  }
}
