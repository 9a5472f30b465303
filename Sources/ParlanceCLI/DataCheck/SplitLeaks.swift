import Conversations
import Identifiers

/// What turns to train on share with turns to measure on.
///
/// A file of conversations belongs to a side by a word of its name: `train` to the one, `test`, `dev`, `valid`,
/// `validation` or `eval` to the other; a file with none of them to neither.
struct SplitLeaks {
  enum Side: String {
    case train
    case test

    init?(fileName: String) {
      let words = Set(fileName.lowercased().split { !$0.isLetter }.map(String.init))
      if words.contains("train") || words.contains("training") {
        self = .train
      } else if !words.isDisjoint(with: ["test", "dev", "valid", "validation", "eval"]) {
        self = .test
      } else {
        return nil
      }
    }

    var other: Side { self == .train ? .test : .train }
  }

  /// What a turn shares with one of the other side that makes figures worthless.
  enum Leak {
    /// The conversation.
    case conversation
    /// Every question so far, under another conversation's id.
    case questions(of: ExternalID)
  }

  /// Questions of fewer words, such as "why is that?", are asked in many conversations.
  private static let tellingWords = 5

  private var conversations: [ExternalID: Side] = [:]
  private var questions: [TextDigest: (side: Side, turn: ExternalID)] = [:]
  private var lastQuestions: [Side: Set<TextDigest>] = [:]
  private var sides: [ExternalID: Side] = [:]
  private var gold: [ExternalID: Set<ExternalID>] = [:]

  var hasBothSides: Bool { lastQuestions[.train] != nil && lastQuestions[.test] != nil }
  /// How many questions of five words or more both sides ask.
  var sharedQuestions: Int {
    (lastQuestions[.train] ?? []).intersection(lastQuestions[.test] ?? []).count
  }

  mutating func add(_ turn: Turn, _ side: Side) -> Leak? {
    sides[turn.id] = side
    let question = turn.messages.last?.content ?? ""
    let isTelling = question.split(whereSeparator: \.isWhitespace).count >= Self.tellingWords
    lastQuestions[side, default: []].formUnion(isTelling ? [TextDigest(wordsOf: question)] : [])
    if let first = conversations[turn.conversation] {
      if first != side { return .conversation }
    } else {
      conversations[turn.conversation] = side
    }
    guard isTelling || turn.number > 1 else { return nil }
    let asked = TextDigest(wordsOf: turn.messages.filter { $0.role == .user }.map(\.content).joined(separator: " "))
    guard let other = questions[asked] else {
      questions[asked] = (side, turn.id)
      return nil
    }
    return other.side == side ? nil : .questions(of: other.turn)
  }

  /// Takes in that the passage is relevant for the turn.
  mutating func add(relevant passage: ExternalID, for turn: ExternalID) {
    if sides[turn] != nil { gold[passage, default: []].insert(turn) }
  }

  /// How many turns to measure on have a relevant passage that is relevant for a turn to train on, too.
  var turnsWithTrainedPassages: Int {
    var turns: Set<ExternalID> = []
    for group in gold.values where group.contains(where: { sides[$0] == .train }) {
      turns.formUnion(group.filter { sides[$0] == .test })
    }
    return turns.count
  }
}
