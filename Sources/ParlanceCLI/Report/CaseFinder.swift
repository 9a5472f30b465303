import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Reports
import SparseVectors

/// What one system did for turns: rankings and, where they were kept, query vectors.
struct SystemTrace {
  var name: String
  var rankings: [ExternalID: [RankedPassage]]
  var vectors: [VectorsFile]
  /// The one of several seeds that they are of, and what it has for each turn.
  var seed: (seed: UInt64, count: Int, values: [ExternalID: Double])?

  /// What the seed has for a turn; `nil` where there is but one.
  func seed(on id: ExternalID) -> ExperimentReport.Case.Seed? {
    seed.flatMap { seed in seed.values[id].map { .init(seed: seed.seed, count: seed.count, value: $0) } }
  }

  /// The query of a turn with its vocabulary, where it was kept.
  func vector(of id: ExternalID) throws(ParlanceError) -> (SparseVector, Vocabulary)? {
    for file in vectors {
      if let position = try file.position(of: id) {
        return (try file.vector(at: position), file.description.vocabulary)
      }
    }
    return nil
  }
}

/// Finds the turns on which two systems differ most, and all that a person needs to judge them.
struct CaseFinder {
  let baseline: SystemTrace
  let other: SystemTrace
  let qrels: Qrels
  let turns: [ExternalID: Turn]
  let texts: PassageLookup
  /// Turns that are won, and that are lost.
  let shown: Int

  private static let depth = 5
  private static let terms = 16
  private static let excerptLength = 280
  private static let messageLength = 1200

  func cases(
    _ first: Evaluation, _ second: Evaluation, measure: Int
  ) throws(ParlanceError) -> ExperimentReport.Cases {
    let differences = zip(second.values[measure], first.values[measure]).map {
      PairedComparison.difference($0, from: $1)
    }
    let order = first.queries.indices.sorted { (differences[$1], $0) < (differences[$0], $1) }
    let wins = order.prefix(shown).filter { differences[$0] > 0 }
    let losses = order.reversed().prefix(shown).filter { differences[$0] < 0 }
    let needed = (wins + losses).flatMap { top(baseline, first.queries[$0]) + top(other, first.queries[$0]) }
    let passages = try texts.texts(of: Set(needed.map(\.passage)))
    func entries(_ places: [Int]) throws(ParlanceError) -> [ExperimentReport.Case] {
      try places.map { place throws(ParlanceError) in
        try entry(
          first.queries[place], (first.values[measure][place], second.values[measure][place]), passages)
      }
    }
    return ExperimentReport.Cases(
      baseline: baseline.name, other: other.name, measure: first.measures[measure].description,
      counts: (
        differences.count { $0 > 0 }, differences.count { $0 < 0 }, differences.count { $0 == 0 }
      ), wins: try entries(wins), losses: try entries(losses))
  }

  private func top(_ system: SystemTrace, _ query: ExternalID) -> [RankedPassage] {
    let ranking = (system.rankings[query] ?? []).inEvaluationOrder
    return ranking.prefix(Self.depth).map { RankedPassage(passage: $0, score: 0) }
  }

  private func entry(
    _ query: ExternalID, _ values: (baseline: Double, other: Double), _ passages: [ExternalID: Passage]
  ) throws(ParlanceError) -> ExperimentReport.Case {
    let rankings = [baseline, other].map { top($0, query).map(\.passage) }
    let shared = Set(rankings[0]).intersection(rankings[1])
    let columns = zip([baseline, other], rankings).map { system, ranking in
      ComparisonPage.Column(
        system: system.name,
        passages: ranking.map { id in
          ComparisonPage.Passage(
            id: id.string, title: passages[id]?.title ?? "",
            excerpt: (passages[id]?.text ?? "").excerpt(Self.excerptLength), isShared: shared.contains(id),
            isRelevant: (qrels.grades[query]?[id] ?? 0) > 0)
        })
    }
    let turn = turns[query]
    let messages = turn?.messages ?? []
    return ExperimentReport.Case(
      id: query.string, turn: turn?.number ?? 0, question: messages.last?.content.excerpt(400) ?? "",
      history: messages.dropLast().map { ($0.role.rawValue, $0.content.excerpt(Self.messageLength)) },
      values: values, seeds: (baseline.seed(on: query), other.seed(on: query)), columns: columns,
      terms: try [baseline, other].map { system throws(ParlanceError) in (system.name, try terms(system, query)) })
  }

  /// The queries of the turns on the way to a turn, and its own.
  private func terms(
    _ system: SystemTrace, _ query: ExternalID
  ) throws(ParlanceError) -> [ExperimentReport.Case.Terms] {
    guard let last = turns[query] else {
      return try terms(system, query, turn: 0, question: "", before: nil).map { [$0.shown] } ?? []
    }
    var found: [ExperimentReport.Case.Terms] = []
    var before: Set<TermID>?
    for turn in Self.way(to: last, among: turns.values) {
      guard
        let next = try terms(
          system, turn.id, turn: turn.number, question: turn.messages.last?.content.excerpt(160) ?? "", before: before
        )
      else { continue }
      found.append(next.shown)
      before = next.all
    }
    return found
  }

  /// The turns of a conversation up to one of them, this one included; where it branches, those that lead to it.
  ///
  /// A turn leads to those whose questions begin with its own. That tells nothing where histories are cut to the last few,
  /// are left out, or hold other words than were asked. Then no turn has the questions before the last one, and all turns of
  /// the conversation that have as many questions or fewer are taken.
  static func way(to last: Turn, among turns: some Sequence<Turn>) -> [Turn] {
    let conversation = turns.filter { $0.conversation == last.conversation }
    let asked = Self.asked(last)
    let isWhole =
      asked.count > 1
      ? conversation.contains { Self.asked($0).elementsEqual(asked.dropLast()) }
      : conversation.contains { $0.number > 1 }
    return conversation.filter { turn in
      if turn.id == last.id { return true }
      guard isWhole else { return turn.number <= last.number }
      return turn.number < last.number && asked.starts(with: Self.asked(turn))
    }.sorted { ($0.number, $0.id) < ($1.number, $1.id) }
  }

  /// What the user said up to a turn.
  private static func asked(_ turn: Turn) -> [String] { turn.messages.filter { $0.role == .user }.map(\.content) }

  private func terms(
    _ system: SystemTrace, _ query: ExternalID, turn: Int, question: String, before: Set<TermID>?
  ) throws(ParlanceError) -> (shown: ExperimentReport.Case.Terms, all: Set<TermID>)? {
    guard let (vector, vocabulary) = try system.vector(of: query) else { return nil }
    let order = vector.terms.indices.sorted { (vector.weights[$1], $0) < (vector.weights[$0], $1) }
    let shown = order.prefix(Self.terms).map { place in
      (
        piece: vocabulary.piece(of: vector.terms[place]).string, weight: Double(vector.weights[place]),
        isNew: before.map { !$0.contains(vector.terms[place]) } ?? false
      )
    }
    return (
      ExperimentReport.Case.Terms(turn: turn, question: question, terms: shown, count: vector.count), Set(vector.terms)
    )
  }
}
