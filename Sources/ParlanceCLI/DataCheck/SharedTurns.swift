import Identifiers

/// What two sides share and what need not make figures worthless, for whoever wants to leave it out.
struct SharedTurns {
  /// A question of five words or more, or a passage that is relevant for turns of both.
  struct Item {
    var passage: ExternalID?
    /// The turns of the side that comes first.
    var first: [ExternalID]
    var second: [ExternalID]
  }

  let first: SplitSide
  let second: SplitSide
  /// By the first turn of the second side.
  var questions: [Item] = []
  /// By the passage.
  var passages: [Item] = []

  /// How many turns of the second side have a relevant passage that a turn of the first has, too.
  var turnsWithKnownPassages: Int { Set(passages.flatMap(\.second)).count }
}

extension SharedTurns {
  /// What turns to measure on share with those to train on: what `--leave-out` reads.
  struct OfTrain: Encodable {
    struct Question: Encodable {
      var test: [String]
      var train: [String]
    }

    struct Passage: Encodable {
      var passage: String
      var test: [String]
      var train: [String]
    }

    var questions: [Question] = []
    var passages: [Passage] = []

    /// - Parameter pairs: train's with each other side.
    init(_ pairs: [SharedTurns]) {
      for pair in pairs {
        for item in pair.questions {
          questions.append(Question(test: item.second.map(\.string), train: item.first.map(\.string)))
        }
        for item in pair.passages {
          guard let passage = item.passage else { continue }
          passages.append(
            Passage(passage: passage.string, test: item.second.map(\.string), train: item.first.map(\.string)))
        }
      }
    }
  }

  /// What two other sides share, the turns by the side.
  struct OfOthers: Encodable {
    struct Item: Encodable {
      var passage: String?
      var turns: [String: [String]]
    }

    var sides: [String]
    var questions: [Item]
    var passages: [Item]

    init(_ pair: SharedTurns) {
      let names = (first: pair.first.name, second: pair.second.name)
      func item(_ item: SharedTurns.Item) -> Item {
        Item(
          passage: item.passage?.string,
          turns: [names.first: item.first.map(\.string), names.second: item.second.map(\.string)])
      }
      sides = [names.first, names.second]
      questions = pair.questions.map(item)
      passages = pair.passages.map(item)
    }
  }
}
