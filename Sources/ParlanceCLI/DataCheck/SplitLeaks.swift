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
  private var lastQuestions: [Side: [TextDigest: [ExternalID]]] = [:]
  private var sides: [ExternalID: Side] = [:]
  private var gold: [ExternalID: Set<ExternalID>] = [:]

  var hasBothSides: Bool { lastQuestions[.train] != nil && lastQuestions[.test] != nil }

  mutating func add(_ turn: Turn, _ side: Side) -> Leak? {
    sides[turn.id] = side
    let question = turn.messages.last?.content ?? ""
    let isTelling = question.split(whereSeparator: \.isWhitespace).count >= Self.tellingWords
    if isTelling {
      lastQuestions[side, default: [:]][TextDigest(wordsOf: question), default: []].append(turn.id)
    } else {
      lastQuestions[side] = lastQuestions[side] ?? [:]
    }
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

  /// What both sides have and what need not make figures worthless, for whoever wants to leave it out.
  struct Shared: Encodable {
    /// A question of five words or more.
    struct Question: Encodable {
      var test: [String]
      var train: [String]
    }

    /// A passage that is relevant for turns of both.
    struct Passage: Encodable {
      var passage: String
      var test: [String]
      var train: [String]
    }

    var questions: [Question]
    var passages: [Passage]

    /// How many turns to measure on have a relevant passage that a turn to train on has, too.
    var turnsWithTrainedPassages: Int { Set(passages.flatMap(\.test)).count }
  }

  /// By the first turn to measure on, and by the passage.
  var shared: Shared {
    let train = lastQuestions[.train] ?? [:]
    let questions = (lastQuestions[.test] ?? [:]).compactMap { question, turns in
      train[question].map { (test: turns, train: $0) }
    }
    let passages = gold.compactMap { passage, turns in
      let sides = Dictionary(grouping: turns.sorted()) { self.sides[$0] }
      return sides[.train].flatMap { train in sides[.test].map { (passage: passage, test: $0, train: train) } }
    }
    return Shared(
      questions: questions.sorted { $0.test[0] < $1.test[0] }.map {
        .init(test: $0.test.map(\.string), train: $0.train.map(\.string))
      },
      passages: passages.sorted { $0.passage < $1.passage }.map {
        .init(passage: $0.passage.string, test: $0.test.map(\.string), train: $0.train.map(\.string))
      })
  }
}
