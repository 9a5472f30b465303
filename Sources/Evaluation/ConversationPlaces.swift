public import Diagnostics
public import Identifiers

/// Where each query stands in its conversation: what a breakdown by turn and a test by conversation need.
public struct ConversationPlaces: Sendable {
  public struct Place: Sendable, Equatable {
    public let conversation: ExternalID
    /// How many questions the user has asked so far, this one included.
    public let turn: Int

    public init(conversation: ExternalID, turn: Int) {
      self.conversation = conversation
      self.turn = turn
    }
  }

  public var places: [ExternalID: Place]

  public init(places: [ExternalID: Place] = [:]) {
    self.places = places
  }

  /// - Throws: `ParlanceError` with code `badInput` when one of the queries is not a known turn.
  public func check(_ queries: [ExternalID]) throws(ParlanceError) {
    let unknown = queries.filter { places[$0] == nil }
    guard let first = unknown.first else { return }
    throw ParlanceError(
      .badInput,
      "\(unknown.count) of the \(queries.count) judged queries are not among the turns, the first is '\(first)'")
  }

  /// Which of the queries belong to one conversation.
  public func groups(_ queries: [ExternalID]) -> QueryGroups {
    QueryGroups(queries: queries, conversation: places.mapValues(\.conversation))
  }
}

extension Evaluation {
  /// The same evaluation over the queries at these positions only, ascending.
  public func restricted(to positions: [Int]) -> Evaluation {
    let kept = positions.map { queries[$0] }
    let known = Set(kept)
    return Evaluation(
      name: name, measures: measures, queries: kept, values: values.map { values in positions.map { values[$0] } },
      missing: missing.filter { known.contains($0) }, ignoredQueries: 0)
  }

  /// The evaluation of each turn depth that has a counted query, ascending; queries without a place are left out.
  public func byTurn(_ places: ConversationPlaces) -> [(turn: Int, evaluation: Evaluation)] {
    var positions: [Int: [Int]] = [:]
    for (position, query) in queries.enumerated() {
      if let place = places.places[query] { positions[place.turn, default: []].append(position) }
    }
    return positions.sorted { $0.key < $1.key }.map { ($0.key, restricted(to: $0.value)) }
  }
}
