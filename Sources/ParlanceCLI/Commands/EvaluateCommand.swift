public import ArgumentParser
import Diagnostics
public import Evaluation
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
    if let fault = request.fault { throw ValidationError(fault) }
    if let fault = significance.fault(hasBaseline: baseline != nil) { throw ValidationError(fault) }
  }

  private var request: EvaluationRequest {
    EvaluationRequest(
      runs: runs, qrels: qrels, measures: measures, baseline: baseline, conversations: conversations,
      isByTurn: by == .turn, queries: queries, indexes: index, vectors: vectors, costs: costs, intervals: intervals,
      digits: digits, significance: significance.configuration(hasConversations: conversations != nil))
  }

  func run() throws {
    let task = EvaluationTask(request)
    try print(task.report(on: task.read()))
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
  @Option(help: "The test. (default: randomisation)")
  var test: SignificanceTest?

  @Option(help: "What is independent: query, or conversation (default where conversations are known).")
  var unit: SamplingUnit?

  @Option(help: "How p values are adjusted for the number of comparisons. (default: holm)")
  var correction: Correction?

  @Option(help: "The level of significance. (default: 0.05)")
  var alpha: Double?

  @Option(
    help: "Sign assignments drawn by the randomisation test where there are too many to count. (default: 100000)")
  var permutations: Int?

  @Option(help: "Resamples of the confidence intervals. (default: 10000)")
  var resamples: Int?

  @Option(help: "The seed of what is drawn. (default: 20260604)")
  var seed: UInt64?

  private static let defaults = BaselineComparison.Configuration()

  func validate() throws {
    guard (alpha ?? Self.defaults.alpha) > 0, (alpha ?? Self.defaults.alpha) < 1 else {
      throw ValidationError("--alpha lies between 0 and 1")
    }
    guard permutations ?? 1 >= 1 else { throw ValidationError("--permutations is 1 or more") }
    guard (1...Bootstrap.mostResamples).contains(resamples ?? 1) else {
      throw ValidationError("--resamples is between 1 and \(Bootstrap.mostResamples)")
    }
  }

  /// What is wrong with an option of tests that was given where there are none. What intervals are made by as well may be given
  /// anywhere: scripts do so always.
  ///
  /// - Parameter need: what there would have to be.
  func fault(hasBaseline: Bool, need: String = "--baseline RUN") -> String? {
    let ofTests = [
      ("--test", test != nil), ("--correction", correction != nil), ("--permutations", permutations != nil),
    ]
    guard !hasBaseline, let (option, _) = ofTests.first(where: { $0.1 }) else { return nil }
    return "\(option) is of the tests against a baseline, and needs \(need)"
  }

  func configuration(hasConversations: Bool) -> BaselineComparison.Configuration {
    var configuration = Self.defaults
    configuration.test = test ?? configuration.test
    configuration.unit = unit ?? (hasConversations ? .conversation : .query)
    configuration.correction = correction ?? configuration.correction
    configuration.alpha = alpha ?? configuration.alpha
    configuration.permutations = permutations ?? configuration.permutations
    configuration.resamples = resamples ?? configuration.resamples
    configuration.seed = seed ?? configuration.seed
    return configuration
  }
}

extension SignificanceTest: ExpressibleByArgument {}
extension SamplingUnit: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}
