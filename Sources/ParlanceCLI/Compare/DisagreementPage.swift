import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Reports

/// Fills a page with the conversations on which systems disagree most.
struct DisagreementPage {
  let systems: [ComparedSystem]
  /// The conversations' words, where they are at hand.
  let turns: [ExternalID: Turn]
  /// Passages shown of each system.
  let depth: Int
  private static let excerptLength = 240
  private static let messageLength = 1000

  func page(
    _ disagreements: [ConversationDisagreement], first count: Int, tables: [Table], passages path: String?,
    interruption: Interruption
  ) throws(ParlanceError) -> ComparisonPage {
    let shown = Array(disagreements.prefix(count))
    let texts = try texts(of: shown, path, interruption)
    let title = systems.map(\.run.name).joined(separator: ", ")
    return ComparisonPage(
      title: title, tables: tables,
      conversations: shown.map { disagreement in
        .init(
          id: disagreement.conversation.string, overlap: disagreement.rankBiasedOverlap,
          turns: disagreement.turns.map { turn($0, texts) })
      }, count: disagreements.count)
  }

  private func turn(_ turn: ConversationDisagreement.Turn, _ texts: [ExternalID: Passage]) -> ComparisonPage.Turn {
    let rankings = systems.map { top(of: $0, turn.id) }
    let answers = zip(systems, rankings).filter { $0.0.run.rankings[turn.id] != nil }.map(\.1)
    let shared =
      answers.count < 2 ? [] : answers.dropFirst().reduce(Set(answers.first ?? [])) { $0.intersection($1) }
    let columns = zip(systems, rankings).map { system, ranking in
      ComparisonPage.Column(
        system: system.run.name,
        passages: system.run.rankings[turn.id] == nil
          ? nil
          : ranking.map { id in
            ComparisonPage.Passage(
              id: id.string, title: texts[id]?.title ?? "",
              excerpt: (texts[id]?.text ?? "").excerpt(Self.excerptLength), isShared: shared.contains(id))
          })
    }
    let messages = turns[turn.id]?.messages ?? []
    return ComparisonPage.Turn(
      id: turn.id.string, question: messages.last?.content ?? "",
      history: messages.dropLast().map { ($0.role.rawValue, $0.content.excerpt(Self.messageLength)) },
      overlap: turn.rankBiasedOverlap, columns: columns)
  }

  private func top(of system: ComparedSystem, _ query: ExternalID) -> [ExternalID] {
    Array((system.run.rankings[query] ?? []).inEvaluationOrder.prefix(depth))
  }

  /// The texts of the passages that are shown: from the systems' indexes, the others from a file of passages.
  private func texts(
    of disagreements: [ConversationDisagreement], _ path: String?, _ interruption: Interruption
  ) throws(ParlanceError) -> [ExternalID: Passage] {
    var texts: [ExternalID: Passage] = [:]
    var missing: Set<ExternalID> = []
    for turn in disagreements.flatMap(\.turns) {
      for id in systems.flatMap({ top(of: $0, turn.id) }) where texts[id] == nil {
        for index in systems.compactMap(\.index) where texts[id] == nil {
          if let document = try index.document(for: id) { texts[id] = try index.passage(of: document) }
        }
        if texts[id] == nil { missing.insert(id) }
      }
    }
    guard let path, !missing.isEmpty else { return texts }
    let reader = try PassageReader(path: path, refusingDuplicates: false, interruption: interruption)
    while !missing.isEmpty, let passage = try reader.next() {
      if missing.remove(passage.id) != nil { texts[passage.id] = passage }
    }
    return texts
  }
}
