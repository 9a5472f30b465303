import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import Evaluation
import Experiments
import Identifiers
import RankedResults
import Reports
import SparseVectors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The report of runs that were made by hand.
struct RunsReport {
  let command: ReportCommand
  private let interruption = Console.standard.interruption

  init(command: ReportCommand) { self.command = command }

  func report() throws -> ExperimentReport {
    guard let qrels = command.qrels else {
      throw ParlanceError(
        .usage, "expected --qrels FILE for the runs, or the folder of a sweep with its sweep.yaml",
        at: command.inputs.first.map { .init(file: $0) })
    }
    let runs = try NamedRun.all(readingFrom: command.inputs, interruption: interruption)
    let judgments = try Qrels(readingFrom: qrels, interruption: interruption)
    let figures = try evaluate(qrels, judgments)
    var report = ExperimentReport(
      title: command.title ?? runs.map(\.run.name).joined(separator: ", "),
      sets: [.init(name: "runs", report: figures)])
    if let leftOut = try LeftOutTurns(command.leaveOut) {
      let configuration = command.significance.configuration(hasConversations: command.conversations != nil)
      guard let part = try leftOut.part(of: figures, configuration) else { throw leftOut.unknown }
      leftOut.tellUnknown(in: [figures])
      report.sets.append(.init(name: "runs, \(part.words)", report: part.report, isPart: true))
    }
    report.cases = try cases(figures, judgments, runs)
    (report.training, report.recipes) = try trained(runs)
    report.commands = [command.line]
    report.data = try data(qrels)
    report.program = "parlance \(ParlanceCommand.version)"
    return report
  }

  /// As `parlance evaluate` does, with intervals.
  private func evaluate(_ qrels: String, _ judgments: Qrels) throws -> EvaluationReport {
    var arguments = command.inputs + ["--qrels", qrels, "--intervals"]
    arguments += ["--measures", command.measures ?? "nDCG@3 RR R@10 R@100"]
    if let baseline, try canTest(judgments) { arguments += ["--baseline", baseline] }
    if let conversations = command.conversations {
      arguments += ["--conversations", conversations, "--by", "turn"]
    }
    if !command.queries.isEmpty {
      arguments += ["--queries"] + command.queries
      if let vectors = command.vectors {
        arguments += ["--vectors", vectors]
      } else if !command.index.isEmpty {
        arguments += ["--index"] + command.index
      }
    }
    if !command.costs.isEmpty { arguments += ["--costs"] + command.costs }
    var parsed = try EvaluateCommand.parse(arguments)
    parsed.significance = command.significance
    return try EvaluationTask(parsed).report()
  }

  /// As it is named on the command line: a file, or a run's name.
  private var baseline: String? { command.baseline ?? (command.inputs.count > 1 ? command.inputs[0] : nil) }

  /// One unit has no test, and is no reason to show nothing.
  private func canTest(_ judgments: Qrels) throws(ParlanceError) -> Bool {
    if command.baseline != nil { return true }
    let queries = judgments.queries()
    guard queries.count > 1, let path = command.conversations, command.significance.unit != .query else {
      return queries.count > 1
    }
    let places = try ConversationPlaces(readingFrom: path, interruption: interruption)
    return places.groups(queries).groups.count > 1
  }

  private func cases(
    _ figures: EvaluationReport, _ qrels: Qrels, _ runs: [NamedRun]
  ) throws(ParlanceError) -> ExperimentReport.Cases? {
    let base = runs.first { $0.file == baseline || $0.run.name == baseline }?.run.name
    guard let pair = try CasePair(figures, baseline: base, asked: command.cases), command.shown > 0 else { return nil }
    let files = try RunCosts.assigned(command.queries, to: runs, option: "--queries")
    func trace(_ name: String) throws(ParlanceError) -> SystemTrace {
      let run = runs.first { $0.run.name == name }
      let vectors = files.first { $0.run.run.name == name }?.paths ?? []
      return SystemTrace(
        name: name, rankings: run?.run.rankings ?? [:],
        vectors: try vectors.map { path throws(ParlanceError) in try VectorsFile(path: path) })
    }
    var turns: [ExternalID: Turn] = [:]
    if let path = command.conversations {
      for turn in try TurnReader.all(path, interruption: interruption) { turns[turn.id] = turn }
    }
    return try CaseFinder(
      baseline: trace(pair.baseline.name), other: trace(pair.other.name), qrels: qrels, turns: turns,
      texts: PassageTexts(indexes: command.index, files: command.passages, interruption: interruption),
      shown: command.shown
    ).cases(pair.baseline, pair.other, measure: 0)
  }

  /// What the folders of trainings hold.
  private func trained(
    _ runs: [NamedRun]
  ) throws(ParlanceError) -> ([ExperimentReport.Training], [(name: String, text: String)]) {
    var curves: [(name: String, curves: [TrainingCurve])] = []
    var recipes: [(name: String, text: String)] = []
    for (run, folders) in try RunCosts.assigned(command.training, to: runs, option: "--training") {
      for folder in folders {
        let name = folders.count > 1 ? "\(run.run.name), \(folder)" : run.run.name
        curves.append((name, try TrainingCurve.all(readingFrom: folder + "/metrics.jsonl")))
        let recipe = try MappedFile(path: folder + "/recipe.yaml")
        recipes.append((name, String(decoding: recipe.bytes.array(), as: UTF8.self)))
      }
    }
    return (TrainingDrawings(curves).training, recipes)
  }

  /// The files and what is in them, so that it can be seen whether they are still the same.
  private func data(_ qrels: String) throws(ParlanceError) -> Table {
    var table = Table(columns: [.label("file"), .label("SHA-256")])
    for path in command.inputs + [qrels] + [command.conversations].compactMap(\.self)
    where FileNames.isOrdinaryFile(path) {
      let file = try MappedFile(path: path)
      table.rows.append([Table.Cell(path), Table.Cell(SHA256.digest(of: file.bytes).hexadecimal)])
    }
    return table
  }
}

/// The two systems whose wins and losses are shown: the baseline, and the one that was asked for or is best.
struct CasePair {
  var baseline: Evaluation
  var other: Evaluation

  /// - Returns: `nil` where there is nothing to compare with.
  /// - Throws: `usage` for a name that no run has.
  init?(_ report: EvaluationReport, baseline: String? = nil, asked: String?) throws(ParlanceError) {
    guard let name = report.comparison?.baseline ?? baseline,
      let baseline = report.evaluations.first(where: { $0.name == name })
    else { return nil }
    let others = report.evaluations.filter { $0.name != name }
    if let asked {
      guard let other = others.first(where: { $0.name == asked }) else {
        throw ParlanceError(
          .usage,
          "no run but the baseline is called '\(asked)'; there are \(others.map(\.name).joined(separator: "; "))")
      }
      self.init(baseline: baseline, other: other)
      return
    }
    guard let best = others.max(by: { $0.means[0] < $1.means[0] }) else { return nil }
    self.init(baseline: baseline, other: best)
  }

  private init(baseline: Evaluation, other: Evaluation) { (self.baseline, self.other) = (baseline, other) }
}

/// The curves of training that say most, run by run.
struct TrainingDrawings {
  let training: [ExperimentReport.Training]

  /// - Parameter runs: in the order in which they are drawn; beyond the first seven nothing is.
  init(_ runs: [(name: String, curves: [TrainingCurve])]) {
    var names: [(name: String, title: String)] = [("loss", "loss"), ("query_terms", "terms of a query in training")]
    let validated = runs.flatMap(\.curves).map(\.name).filter { $0.hasPrefix("validation ") }
    for name in validated where name != "validation query_terms" && !names.contains(where: { $0.name == name }) {
      names.append((name, name))
    }
    training = names.prefix(4).compactMap { name, title in
      let series = runs.compactMap { run in
        run.curves.first { $0.name == name && $0.points.count > 1 }.map { curve in
          Chart.Series(name: run.name, points: curve.points.map { .init(x: Double($0.step), y: $0.value) })
        }
      }
      return series.isEmpty
        ? nil : ExperimentReport.Training(title: "\(title) by step", figure: title, series: series)
    }
  }
}
