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
    if let fault = command.significance.fault(hasBaseline: baseline != nil) { throw ParlanceError(.usage, fault) }
    let request = request(qrels)
    if let fault = request.fault { throw ParlanceError(.usage, fault) }
    let task = EvaluationTask(request)
    // Without a baseline there are no wins and losses.
    var inputs = try task.read(keepsTurns: command.shown > 0 && baseline != nil)
    let base = inputs.baseline.map { inputs.runs[$0].run.name }
    // One unit has no test, and is no reason to show nothing.
    if command.baseline == nil, !isTestable(inputs) { inputs.baseline = nil }
    let runs = inputs.runs
    let figures = try task.report(on: inputs)
    var report = ExperimentReport(
      title: command.title ?? runs.map(\.run.name).joined(separator: ", "),
      sets: [.init(name: "runs", report: figures)])
    if let leftOut = try LeftOutTurns(command.leaveOut) {
      guard let part = try leftOut.part(of: figures, request.significance) else { throw leftOut.unknown }
      leftOut.tellUnknown(in: [figures])
      report.sets.append(.init(name: "runs, \(part.words)", report: part.report, isPart: true))
    }
    report.cases = try cases(figures, base, inputs)
    (report.training, report.recipes) = try trained(runs)
    report.commands = [command.line]
    report.data = try data(runs.map(\.file) + [qrels])
    report.program = "parlance \(ParlanceCommand.version)"
    return report
  }

  private func request(_ qrels: String) -> EvaluationRequest {
    let hasConversations = command.conversations != nil
    var request = EvaluationRequest(
      runs: command.inputs, qrels: qrels, measures: command.measures ?? "nDCG@3 RR R@10 R@100", baseline: baseline,
      conversations: command.conversations, isByTurn: hasConversations, costs: command.costs, intervals: true,
      significance: command.significance.configuration(hasConversations: hasConversations))
    // Without queries indexes are there for their texts.
    guard !command.queries.isEmpty else { return request }
    (request.queries, request.vectors) = (command.queries, command.vectors)
    if command.vectors == nil { request.indexes = command.index }
    return request
  }

  /// As it is named on the command line: a file, or a run's name.
  private var baseline: String? { command.baseline ?? (command.inputs.count > 1 ? command.inputs[0] : nil) }

  /// Whether there are two units or more.
  private func isTestable(_ inputs: EvaluationInputs) -> Bool {
    let queries = inputs.qrels.queries()
    guard queries.count > 1, let places = inputs.places, command.significance.unit != .query else {
      return queries.count > 1
    }
    return places.groups(queries).groups.count > 1
  }

  /// - Parameter base: the baseline, tested against or not.
  private func cases(
    _ figures: EvaluationReport, _ base: String?, _ inputs: EvaluationInputs
  ) throws(ParlanceError) -> ExperimentReport.Cases? {
    guard let pair = try CasePair(figures, baseline: base, asked: command.cases), command.shown > 0 else { return nil }
    let runs = inputs.runs
    let files = try RunCosts.assigned(command.queries, to: runs, option: "--queries")
    func trace(_ name: String) throws(ParlanceError) -> SystemTrace {
      let run = runs.first { $0.run.name == name }
      let vectors = files.first { $0.run.run.name == name }?.paths ?? []
      return SystemTrace(
        name: name, rankings: run?.run.rankings ?? [:],
        vectors: try vectors.map { path throws(ParlanceError) in try VectorsFile(path: path) })
    }
    return try CaseFinder(
      baseline: trace(pair.baseline.name), other: trace(pair.other.name), qrels: inputs.qrels, turns: inputs.turns,
      texts: PassageLookup(indexes: command.index, files: command.passages, interruption: interruption),
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
  private func data(_ paths: [String]) throws(ParlanceError) -> Table {
    var table = Table(columns: [.label("file"), .label("SHA-256")])
    for path in paths + [command.conversations].compactMap(\.self) where FileNames.isOrdinaryFile(path) {
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
