import Conversations
import Diagnostics
import Evaluation
import Identifiers
import RankedResults
import Reports

/// What figures of runs rest on. All that looks at them is handed these, since a pipe can be read but once.
struct EvaluationInputs {
  var measures: [Measure]
  /// Each with a name of its own; a baseline that is not among those asked for comes first.
  var runs: [NamedRun]
  /// Which of them the others are tested against.
  var baseline: Int?
  var qrels: Qrels
  /// Where the queries stand, where there are conversations.
  var places: ConversationPlaces?
  /// The turns with their messages, where they were asked for.
  var turns: [ExternalID: Turn] = [:]
}

/// Reads what figures rest on and computes them; everything is read before anything is printed.
struct EvaluationTask {
  let request: EvaluationRequest
  private let interruption = Console.standard.interruption

  init(_ request: EvaluationRequest) {
    self.request = request
  }

  /// Reads runs, judgments and conversations, each file once.
  ///
  /// - Parameter keepsTurns: whether messages are shown as well; they take memory.
  func read(keepsTurns: Bool = false) throws(ParlanceError) -> EvaluationInputs {
    let measures = try Measure.list(parsing: request.measures)
    if request.significance.unit == .conversation, request.conversations == nil {
      throw ParlanceError(
        .usage, "--unit conversation needs --conversations FILE, which says which turns belong together")
    }
    let (runs, baseline) = try NamedRun.all(
      readingFrom: request.runs, baseline: request.baseline, interruption: interruption)
    let qrels = try Qrels(readingFrom: request.qrels, interruption: interruption)
    guard !qrels.queries().isEmpty else {
      throw ParlanceError(
        .badInput, "the judgments hold no passage with a grade of 1 or more, so there is nothing to find",
        at: .init(file: request.qrels))
    }
    var inputs = EvaluationInputs(measures: measures, runs: runs, baseline: baseline, qrels: qrels)
    guard let path = request.conversations else { return inputs }
    var turns: [ExternalID: Turn] = [:]
    inputs.places = try ConversationPlaces(readingFrom: path, interruption: interruption) { turn in
      if keepsTurns { turns[turn.id] = turn }
    }
    inputs.turns = turns
    return inputs
  }

  func report(on inputs: EvaluationInputs) throws(ParlanceError) -> EvaluationReport {
    let runs = inputs.runs
    let costs =
      request.queries.isEmpty
      ? [:]
      : try RunCosts(
        queries: request.queries, indexes: request.indexes, vectors: request.vectors, runs: runs,
        interruption: interruption
      ).costs()
    var efforts = costs.mapValues(\.byQuery)
    for (run, measured) in try RunCosts.measured(request.costs, runs: runs, interruption: interruption) {
      efforts[run, default: [:]].merge(measured) { $0.merging($1) }
    }
    var evaluations: [Evaluation] = []
    for named in runs {
      evaluations.append(try named.evaluation(inputs.qrels, inputs.measures, interruption: interruption))
    }

    var report = EvaluationReport(evaluations: evaluations)
    report.files = runs.map(\.file)
    report.judgments = request.qrels
    report.digits = request.digits
    report.costs = costs.mapValues(\.mean)
    report.costQueries = costs.mapValues { Set($0.byQuery.keys) }
    report.efforts = efforts
    let queries = evaluations[0].queries
    for measure in inputs.measures where measure.minimumGrade > 1 {
      report.unreachable[measure] = Set(queries).subtracting(
        inputs.qrels.queries(withGradeFrom: measure.minimumGrade))
    }
    if let places = inputs.places {
      do {
        try places.check(queries)
      } catch {
        throw request.conversations.map { error.located(in: $0) } ?? error
      }
      report.places = request.isByTurn ? places : nil
    }
    let groups = inputs.places?.groups(queries)
    if request.intervals { try report.addIntervals(by: request.significance, groups: groups) }
    if let baseline = inputs.baseline {
      guard evaluations.count > 1 else {
        throw ParlanceError(.usage, "--baseline is the only run; name another one to compare it with")
      }
      report.comparison = try BaselineComparison(
        evaluations.indices.filter { $0 != baseline }.map { evaluations[$0] }, with: evaluations[baseline],
        groups: groups, configuration: request.significance, interruption: interruption)
    }
    return report
  }
}
