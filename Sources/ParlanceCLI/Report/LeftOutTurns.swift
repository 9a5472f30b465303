import ArgumentParser
import Diagnostics
import Evaluation
import Identifiers
import LineFiles
import Reports
import StrictJSON

/// Turns and conversations that figures are told without, once more: those that training has a share in, as a rule.
struct LeftOutTurns {
  let file: String
  let ids: Set<ExternalID>

  static let help = ArgumentHelp(
    "Tell figures without these turns as well: ids of turns or conversations, or what data check --json printed.",
    valueName: "file")

  /// - Returns: `nil` for none: without a file, or where `data check` found nothing shared, which is said.
  init?(_ path: String?) throws(ParlanceError) {
    guard let path else { return nil }
    try self.init(readingFrom: path, interruption: Console.standard.interruption)
    if ids.isEmpty {
      Console.standard.note("\(path) names no turns, so there is nothing to leave out")
      return nil
    }
  }

  /// - Parameter path: an id a line, or what `data check --json` printed: the turns to measure on that share a question or a
  ///   relevant passage with turns to train on.
  /// - Throws: `badInput` for another document; as `LineReader`.
  init(readingFrom path: String, interruption: Interruption) throws(ParlanceError) {
    file = path
    let reader = try LineReader(path: path, interruption: interruption)
    var lines: [String] = []
    while let line = try reader.nextString() {
      if !line.allSatisfy(\.isWhitespace) { lines.append(line) }
    }
    if lines.first?.first == "{" {
      let json = try JSONValue(parsing: Array(lines.joined(separator: "\n").utf8), file: path)
      guard let shared = json["shared"], shared.object != nil else {
        throw ParlanceError(
          .badInput, "expected `shared`, which data check --json prints of a folder with turns to train and to test on",
          at: .init(file: path))
      }
      let items = ["questions", "passages"].flatMap { shared[$0]?.array ?? [] }
      ids = Set(items.flatMap { $0["test"]?.array ?? [] }.compactMap(\.string).map { ExternalID($0) })
    } else {
      ids = Set(lines.map { ExternalID($0) })
    }
  }

  /// The figures without them, and in words which those are; `nil` where the set has none of them.
  func part(
    of report: EvaluationReport, _ configuration: BaselineComparison.Configuration
  ) throws(ParlanceError) -> (words: String, report: EvaluationReport)? {
    do {
      guard let part = try report.leavingOut(ids, configuration: configuration) else { return nil }
      let all = report.evaluations[0].queries.count
      return ("without \(all - part.evaluations[0].queries.count) of \(all) turns", part)
    } catch {
      throw error.located(in: file)
    }
  }

  /// Says of ids that no figures are of, such as mistyped ones and those of turns without a judgment.
  func tellUnknown(in reports: [EvaluationReport]) {
    let unknown = reports.reduce(ids) { $0.subtracting($1.known(of: $0)) }
    guard let first = unknown.min() else { return }
    Console.standard.note(
      "\(unknown.count) of the \(FixedDecimal.counted(ids.count, "id")) in \(file) are of no turn or conversation that is measured, \(first) among them"
    )
  }

  /// What is said where no set has any of them.
  var unknown: ParlanceError {
    ParlanceError(
      .badInput, "none of its \(ids.count) ids is a turn or a conversation that is measured", at: .init(file: file))
  }
}
