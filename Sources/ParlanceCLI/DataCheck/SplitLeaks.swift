import Conversations
import Identifiers

/// What the turns of one side share with those of another, as turns to train on with turns to measure on.
struct SplitLeaks {
  /// What a turn shares with one of another side that makes figures worthless.
  enum Leak {
    /// The conversation.
    case conversation(with: SplitSide)
    /// Every question so far, under another conversation's id.
    case questions(of: ExternalID, with: SplitSide)
  }

  /// Questions of fewer words, such as "why is that?", are asked in many conversations.
  private static let tellingWords = 5

  private var conversations: [ExternalID: SplitSide] = [:]
  private var questions: [TextDigest: (side: SplitSide, turn: ExternalID)] = [:]
  private var lastQuestions: [SplitSide: [TextDigest: [ExternalID]]] = [:]
  private var sides: [ExternalID: SplitSide] = [:]
  private var gold: [ExternalID: Set<ExternalID>] = [:]

  mutating func add(_ turn: Turn, _ side: SplitSide) -> Leak? {
    sides[turn.id] = side
    let question = turn.messages.last?.content ?? ""
    let isTelling = TextDigest.words(of: question).count >= Self.tellingWords
    if isTelling {
      lastQuestions[side, default: [:]][TextDigest(wordsOf: question), default: []].append(turn.id)
    } else {
      lastQuestions[side] = lastQuestions[side] ?? [:]
    }
    if let first = conversations[turn.conversation] {
      if first != side { return .conversation(with: first) }
    } else {
      conversations[turn.conversation] = side
    }
    guard isTelling || turn.number > 1 else { return nil }
    let asked = TextDigest(wordsOf: turn.messages.filter { $0.role == .user }.map(\.content).joined(separator: " "))
    guard let other = questions[asked] else {
      questions[asked] = (side, turn.id)
      return nil
    }
    return other.side == side ? nil : .questions(of: other.turn, with: other.side)
  }

  /// Takes in that the passage is relevant for the turn.
  mutating func add(relevant passage: ExternalID, for turn: ExternalID) {
    if sides[turn] != nil { gold[passage, default: []].insert(turn) }
  }

  /// What each two sides share without its being a leak, in the order of the sides.
  var shared: [SharedTurns] {
    let sides = lastQuestions.keys.sorted()
    let passages = sharedPassages
    var pairs: [SharedTurns] = []
    for (place, first) in sides.enumerated() {
      for second in sides[(place + 1)...] {
        var pair = SharedTurns(first: first, second: second)
        pair.questions = sharedQuestions(first, second)
        pair.passages = passages[[first, second]] ?? []
        pairs.append(pair)
      }
    }
    return pairs
  }

  private func sharedQuestions(_ first: SplitSide, _ second: SplitSide) -> [SharedTurns.Item] {
    let known = lastQuestions[first] ?? [:]
    var items: [SharedTurns.Item] = []
    for (question, turns) in lastQuestions[second] ?? [:] {
      if let earlier = known[question] { items.append(.init(first: earlier, second: turns)) }
    }
    return items.sorted { $0.second[0] < $1.second[0] }
  }

  /// By two sides, in their order.
  private var sharedPassages: [[SplitSide]: [SharedTurns.Item]] {
    var items: [[SplitSide]: [SharedTurns.Item]] = [:]
    for passage in gold.keys.sorted() {
      var turns: [SplitSide: [ExternalID]] = [:]
      for turn in (gold[passage] ?? []).sorted() {
        if let side = sides[turn] { turns[side, default: []].append(turn) }
      }
      let found = turns.sorted { $0.key < $1.key }
      for (place, first) in found.enumerated() {
        for second in found[(place + 1)...] {
          items[[first.key, second.key], default: []].append(
            .init(passage: passage, first: first.value, second: second.value))
        }
      }
    }
    return items
  }
}
