public import ArgumentParser
import Conversations
import Diagnostics
public import Evaluation
import Identifiers
import RankedResults
import Reports

/// `parlance evaluate`: what runs are worth by judgments.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure runs by relevance judgments, as trec_eval does.",
    discussion: """
      Measures are written as ir_measures writes them: nDCG@3, R@100, RR (MRR), RR@10, AP (MAP), AP@1000, P@5, \
      Success@1, Judged@10, Rprec, Bpref, infAP, SetP, SetR, SetF; R(rel=2)@100 takes grade 2 and more for relevant, \
      nDCG(judged_only=True)@10 leaves unjudged passages out of the ranking.

      Means are over the queries with at least one passage of grade 1 or more; one that a run lacks counts 0. Scores \
      are compared as 32-bit floats, ties go to the greater passage id.

      With --baseline, marks say which runs differ significantly from it. Turns of one conversation are not \
      independent: give --conversations, and the tests take conversations for their units.

      With --queries and --index, the table tells what searching costs: L0, the terms of a query, and FLOPS, the terms \
      that a query and a passage are expected to share. A file of query vectors belongs to the run of its name, or to \
      the one named before a =. FLOPS by definition counts the passages' float vectors: --vectors in place of --index. \
      What each query took, as search --costs wrote it, is told by --costs; with --by turn all of it by turn depth.

      Examples:
        parlance evaluate --qrels qrels.txt bm25.trec splade.trec
        parlance evaluate --qrels qrels.txt --measures "nDCG@3 RR R@100" \\
          --baseline bm25.trec splade.trec --conversations conversations.jsonl
        parlance evaluate --qrels qrels.txt splade.trec --by turn \\
          --conversations conversations.jsonl
        parlance evaluate --qrels qrels.txt splade.trec \\
          --per-query --json > figures.json
        parlance evaluate --qrels qrels.txt bm25.trec student.trec \\
          --queries bm25.vectors student=queries.vectors --index bm25 index
        parlance evaluate --qrels qrels.txt student.trec --by turn \\
          --conversations conversations.jsonl --queries student.vectors \\
          --vectors passages.vectors --costs student.costs.jsonl
      """)

  enum Breakdown: String, CaseIterable, ExpressibleByArgument {
    case turn
  }

  @Argument(help: ArgumentHelp("Runs in TREC's form; may be gzip-compressed.", valueName: "run"))
  var runs: [String]

  @Option(help: ArgumentHelp("The judgments in TREC's form.", valueName: "file"))
  var qrels: String

  @Option(help: "What to measure, separated by spaces or commas.")
  var measures = Measure.standard.map(\.description).joined(separator: " ")

  @Option(
    help: ArgumentHelp("Test the runs against this one: a file, or the name of one of the runs.", valueName: "run"))
  var baseline: String?

  @Option(help: "Break the figures down by turn depth; needs --conversations.")
  var by: Breakdown?

  @Option(
    help: ArgumentHelp("The turns that the queries are, for --by turn and tests by conversation.", valueName: "file"))
  var conversations: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The vectors of runs' queries, for columns L0 and FLOPS.", valueName: "[run=]file"))
  var queries: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The indexes that these were searched in.", valueName: "dir"))
  var index: [String] = []

  @Option(help: ArgumentHelp("The vectors of all passages, in place of --index.", valueName: "file"))
  var vectors: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What each query of a run took, as search --costs wrote it.", valueName: "[run=]file"))
  var costs: [String] = []

  @Flag(help: "Show each query's values.")
  var perQuery = false

  @Flag(help: "Add confidence intervals of the means (to --json, and as a table).")
  var intervals = false

  @OptionGroup(title: "Significance")
  var significance: SignificanceOptions

  @Option(help: "Digits after the point.")
  var digits = 3

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard (1...10).contains(digits) else { throw ValidationError("--digits is between 1 and 10") }
    guard index.isEmpty || vectors == nil else { throw ValidationError("expected one of --index and --vectors") }
    guard queries.isEmpty == (index.isEmpty && vectors == nil) else {
      throw ValidationError("--queries FILE... and --index DIR... go together: the cost of queries is that of an index")
    }
    guard by == nil || conversations != nil else {
      throw ValidationError("--by turn needs --conversations FILE, which says what turn each query is")
    }
  }

  func run() throws {
    let report = try EvaluationTask(self).report()
    try print(report)
  }

  private func print(_ report: EvaluationReport) throws {
    let console = Console.standard
    if json {
      try console.print(json: report.json(perQuery: perQuery))
      return
    }
    var tables = [report.measuresTable()]
    tables += [report.intervalTable(), report.comparisonTable()].compactMap { $0 }
    tables += [report.effortTable()].compactMap { $0 }
    if by == .turn { tables += report.turnTables() + report.effortTurnTables() }
    if perQuery { tables += report.queryTables() }
    try console.print(tables: tables)
  }
}

/// How the tests against the baseline are made.
struct SignificanceOptions: ParsableArguments {
  @Option(help: "The test: randomisation or t-test.")
  var test: SignificanceTest = .randomisation

  @Option(help: "What is independent: query, or conversation (default where conversations are known).")
  var unit: SamplingUnit?

  @Option(help: "How p values are adjusted for the number of comparisons: holm, bonferroni or none.")
  var correction: Correction = .holm

  @Option(help: "The level of significance.")
  var alpha = 0.05

  @Option(help: "Sign assignments drawn by the randomisation test where there are too many to count.")
  var permutations = 100_000

  @Option(help: "Resamples of the confidence intervals.")
  var resamples = 10_000

  @Option(help: "The seed of what is drawn.")
  var seed: UInt64 = 20_260_604

  func validate() throws {
    guard alpha > 0, alpha < 1 else { throw ValidationError("--alpha lies between 0 and 1") }
    guard permutations >= 1, resamples >= 1 else {
      throw ValidationError("--permutations and --resamples are 1 or more")
    }
  }

  func configuration(hasConversations: Bool) -> BaselineComparison.Configuration {
    var configuration = BaselineComparison.Configuration()
    configuration.test = test
    configuration.unit = unit ?? (hasConversations ? .conversation : .query)
    configuration.correction = correction
    configuration.alpha = alpha
    configuration.permutations = permutations
    configuration.resamples = resamples
    configuration.seed = seed
    return configuration
  }
}

extension SignificanceTest: ExpressibleByArgument {}
extension SamplingUnit: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}

/// Reads what `evaluate` was given and computes what it prints; everything is read before anything is printed.
struct EvaluationTask {
  let command: EvaluateCommand
  let interruption = Console.standard.interruption

  init(_ command: EvaluateCommand) {
    self.command = command
  }

  func report() throws(ParlanceError) -> EvaluationReport {
    let measures = try Measure.list(parsing: command.measures)
    if command.significance.unit == .conversation, command.conversations == nil {
      throw ParlanceError(
        .usage, "--unit conversation needs --conversations FILE, which says which turns belong together")
    }
    let (runs, baseline) = try readRuns()
    let costs =
      command.queries.isEmpty
      ? [:]
      : try RunCosts(
        queries: command.queries, indexes: command.index, vectors: command.vectors, runs: runs,
        interruption: interruption
      ).costs()
    var efforts = costs.mapValues(\.byQuery)
    for (run, measured) in try RunCosts.measured(command.costs, runs: runs, interruption: interruption) {
      efforts[run, default: [:]].merge(measured) { $0.merging($1) }
    }
    let qrels = try Qrels(readingFrom: command.qrels, interruption: interruption)
    var evaluations: [Evaluation] = []
    guard !qrels.queries().isEmpty else {
      throw ParlanceError(
        .badInput, "the judgments hold no passage with a grade of 1 or more, so there is nothing to find",
        at: .init(file: command.qrels))
    }
    for named in runs {
      do {
        evaluations.append(try evaluate(named.run, qrels: qrels, measures: measures, interruption: interruption))
      } catch {
        throw error.located(in: named.file)
      }
    }

    var report = EvaluationReport(evaluations: evaluations)
    report.files = runs.map(\.file)
    report.judgments = command.qrels
    report.digits = command.digits
    report.costs = costs.mapValues(\.mean)
    report.efforts = efforts
    for measure in measures where measure.minimumGrade > 1 {
      report.unreachable[measure] =
        evaluations[0].queries.count - qrels.queries(withGradeFrom: measure.minimumGrade).count
    }
    var groups: QueryGroups?
    if let path = command.conversations {
      let places = try ConversationPlaces(readingFrom: path, interruption: interruption)
      do {
        try places.check(evaluations[0].queries)
      } catch {
        throw error.located(in: path)
      }
      report.places = command.by == .turn ? places : nil
      groups = places.groups(evaluations[0].queries)
    }
    let configuration = command.significance.configuration(hasConversations: groups != nil)
    if command.intervals { report.addIntervals(by: configuration, groups: groups) }
    if let baseline {
      guard evaluations.count > 1 else {
        throw ParlanceError(.usage, "--baseline is the only run; name another one to compare it with")
      }
      report.comparison = try BaselineComparison(
        evaluations.indices.filter { $0 != baseline }.map { evaluations[$0] }, with: evaluations[baseline],
        groups: groups, configuration: configuration, interruption: interruption)
    }
    return report
  }

  /// The runs in the order given, each with a name of its own; a baseline that is not among them comes first.
  private func readRuns() throws(ParlanceError) -> (runs: [NamedRun], baseline: Int?) {
    let given = try NamedRun.all(readingFrom: command.runs, interruption: interruption)
    guard let baseline = command.baseline else { return (given, nil) }
    if let position = given.firstIndex(where: { $0.file == baseline || $0.run.name == baseline }) {
      return (given, position)
    }
    return (try NamedRun.all(readingFrom: [baseline] + command.runs, interruption: interruption), 0)
  }
}
