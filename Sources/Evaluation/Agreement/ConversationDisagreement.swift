public import Identifiers

/// Where systems disagree, conversation by conversation: what a person looks at who has no judgments.
public struct ConversationDisagreement: Sendable, Equatable {
  /// A turn and how alike the systems' answers to it are.
  public struct Turn: Sendable, Equatable {
    public let id: ExternalID
    /// Rank-biased overlap, the mean over the pairs of systems that both answered.
    public let rankBiasedOverlap: Double
  }

  /// The turn itself for queries whose conversation is not known.
  public let conversation: ExternalID
  /// In the order of the conversation.
  public let turns: [Turn]

  public var rankBiasedOverlap: Double { turns.map(\.rankBiasedOverlap).mean }

  /// All conversations, those that the systems agree on least first.
  ///
  /// - Parameter places: where each query stands; others are conversations of their own.
  public static func ordered(
    _ agreements: [RunAgreement], places: ConversationPlaces = ConversationPlaces()
  ) -> [ConversationDisagreement] {
    var overlaps: [ExternalID: [Double]] = [:]
    for query in agreements.flatMap(\.queries) { overlaps[query.id, default: []].append(query.rankBiasedOverlap) }
    var turns: [ExternalID: [Turn]] = [:]
    for (id, values) in overlaps {
      turns[places.places[id]?.conversation ?? id, default: []].append(Turn(id: id, rankBiasedOverlap: values.mean))
    }
    let number = { (turn: Turn) in places.places[turn.id]?.turn ?? 0 }
    return turns.map { conversation, turns in
      ConversationDisagreement(
        conversation: conversation,
        turns: turns.sorted { (number($0), $0.id) < (number($1), $1.id) })
    }
    .sorted { ($0.rankBiasedOverlap, $0.conversation) < ($1.rankBiasedOverlap, $1.conversation) }
  }
}
