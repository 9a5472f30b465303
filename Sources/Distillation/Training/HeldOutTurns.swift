import Conversations
import Diagnostics
import Identifiers
import RankedResults

/// The turns that training sets hold out for validation, and what the sets' judgments say of them. A ranking and its judgments
/// know a turn by its id alone, so here an id is one turn with one set of judgments.
struct HeldOutTurns {
  private(set) var turns: [Turn] = []
  private(set) var qrels = Qrels()
  private var places: [ExternalID: Int] = [:]

  /// Takes a turn once, in however many sets it is: two teachers of one file are two sets.
  ///
  /// - Throws: `badInput` for the id of a turn with other words.
  mutating func add(_ turn: Turn, from file: String) throws(ParlanceError) {
    guard let place = places[turn.id] else {
      places[turn.id] = turns.count
      turns.append(turn)
      return
    }
    guard turns[place].messages == turn.messages else { throw Self.fault(turn.id, "words", file) }
  }

  /// Takes what a set's judgments say of a turn, where they say something.
  ///
  /// - Throws: `badInput` where another set's say something else.
  mutating func judge(_ id: ExternalID, by judgments: Qrels?, from file: String?) throws(ParlanceError) {
    guard let grades = judgments?.grades[id], !grades.isEmpty else { return }
    guard qrels.grades[id] ?? grades == grades else { throw Self.fault(id, "judgments", file) }
    qrels.grades[id] = grades
  }

  private static func fault(_ id: ExternalID, _ what: String, _ file: String?) -> ParlanceError {
    ParlanceError(
      .badInput,
      "the turn \(id) has other \(what) in another training set, and validation tells turns by their ids: expected ids of its own "
        + "for each", at: file.map { .init(file: $0) })
  }
}
