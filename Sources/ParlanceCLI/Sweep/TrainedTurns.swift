import Experiments
import Reports

/// Says of turns that they were measured by a student which was trained on their conversations, as `train` says it of validation,
/// or chosen by them.
struct TrainedTurns {
  private let console = Console.standard
  private var told: Set<String> = []

  /// - Returns: `nil` where there are none.
  static func words(_ count: Int, of all: Int, on set: String) -> String? {
    guard count > 0 else { return nil }
    return
      "\(FixedDecimal.grouped(count)) of \(FixedDecimal.grouped(all)) turns of \(set) are of conversations that are "
      + "trained on; the figures are too high"
  }

  /// Of turns that decided which step's student is measured on them.
  static func chosen(on set: String) -> String {
    "`validation.keep: best` chooses students by turns of \(set) that they are measured on; the figures are too high"
  }

  /// Warns of a run's figures, once of what is the same in many.
  mutating func warn(of result: RunResult) {
    for set in result.measured {
      guard let words = Self.words(set.turnsTrainedOn ?? 0, of: set.queries.count, on: set.name),
        told.insert(words).inserted
      else { continue }
      console.warn(words)
    }
  }

  /// The sentences below a table: what is true of all its rows by itself, what is true of some with their names.
  static func notes(_ rows: [(name: String, words: String?)]) -> [String] {
    var names: [String: [String]] = [:]
    var order: [String] = []
    for (name, words) in rows {
      guard let words else { continue }
      if names[words] == nil { order.append(words) }
      names[words, default: []].append(name)
    }
    return order.map { words in
      let own = names[words] ?? []
      guard own.count < rows.count else { return words + "." }
      let shown = own.prefix(3).joined(separator: "; ") + (own.count > 3 ? " and \(own.count - 3) more" : "")
      return "\(shown): \(words)."
    }
  }
}
