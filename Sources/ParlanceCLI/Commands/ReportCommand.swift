import ArgumentParser
import BinaryFiles
import Diagnostics
import Reports

/// `parlance report`: an experiment to look at, to print, to put into a paper.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draw what a sweep or runs came to: one HTML file, or Markdown, LaTeX, CSV, SVG.",
    discussion: """
      The page has the figures with their intervals and marks of significance, effectiveness against FLOPS and latency, \
      curves by turn depth and of training, the turns that were won and lost most with their conversations, and what it \
      takes to make it again. It fetches nothing and runs no scripts.

      A sweep is named by its folder. Runs take --qrels, and what else is known of them: --conversations for tests by \
      conversation and curves by turn, --queries with --index or --vectors for FLOPS and activated terms, --costs for \
      latency, --training for curves and recipes. The first run is the baseline unless --baseline names another.

      --leave-out tells all figures and tests once more without some turns: those that share questions or relevant \
      passages with training, as data check --json names them, or those whose ids a file lists.

      Examples:
        parlance report runs/a --out a.html --passages data/mtrag/passages.jsonl
        parlance report bm25.trec student.trec --qrels qrels.txt \\
          --conversations conversations.jsonl --index index --out report.html
        parlance report runs/a --out tables.tex
        parlance report runs/a --format svg --out drawings
        parlance report runs/test --leave-out leaks.json --out test.html
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case html, markdown, latex, csv, svg

    /// The endings of files that are of this form.
    var endings: [String] {
      switch self {
      case .html: ["html", "htm"]
      case .markdown: ["md", "markdown"]
      case .latex: ["tex"]
      case .csv: ["csv"]
      case .svg: ["svg"]
      }
    }
  }

  @Argument(help: ArgumentHelp("The folder of a sweep, or runs in TREC's form.", valueName: "sweep|run"))
  var inputs: [String]

  @Option(help: ArgumentHelp("Where it goes; a folder for SVG.", valueName: "file"))
  var out: String

  @Option(help: "What is written: html, markdown, latex, csv or svg. (default: after the name)")
  var format: Format?

  @Option(help: "What the report is called.")
  var title: String?

  @Option(help: ArgumentHelp("The judgments of runs.", valueName: "file"))
  var qrels: String?

  @Option(help: ArgumentHelp("The turns that the queries of runs are.", valueName: "file"))
  var conversations: String?

  @Option(help: "What to measure of runs, separated by spaces or commas. (default: nDCG@3 RR R@10 R@100)")
  var measures: String?

  @Option(help: "The run or the arm that the others are compared with.")
  var baseline: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The vectors of runs' queries.", valueName: "[run=]file"))
  var queries: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Indexes: what queries cost there, and the words of passages.", valueName: "dir"))
  var index: [String] = []

  @Option(help: ArgumentHelp("The vectors of all passages, for FLOPS, in place of indexes.", valueName: "file"))
  var vectors: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What each query took, as search --costs wrote it.", valueName: "[run=]file"))
  var costs: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The folders that runs' students were trained in.", valueName: "[run=]dir"))
  var training: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Passages, for their words where no index has them.", valueName: "file"))
  var passages: [String] = []

  @Option(help: LeftOutTurns.help)
  var leaveOut: String?

  @Option(help: "Whose wins and losses against the baseline are shown. (default: the best by the first measure)")
  var cases: String?

  @Option(help: ArgumentHelp("So many turns won and so many lost are shown.", valueName: "n"))
  var shown = 5

  @OptionGroup(title: "Significance")
  var significance: SignificanceOptions

  func validate() throws {
    guard vectors == nil || !queries.isEmpty else {
      throw ValidationError("--vectors is what runs' queries cost there, and needs --queries")
    }
    guard shown >= 0 else { throw ValidationError("--shown is 0 or more") }
    guard out != "-" || chosenFormat != .svg else { throw ValidationError("SVG goes into a folder") }
    guard format != nil || Self.formatOf(out) != nil || !Self.foreignEndings.contains(Self.ending(of: out)) else {
      throw ValidationError(
        "no report is of the form .\(Self.ending(of: out)); there are \(Format.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
  }

  /// What somebody who gives a file such a name expects, and does not get.
  private static let foreignEndings: Set<String> = ["pdf", "txt", "json", "docx", "png", "jpg", "xlsx", "tsv", "ps"]

  private static func ending(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
  }

  private static func formatOf(_ path: String) -> Format? {
    Format.allCases.first { $0.endings.contains(ending(of: path)) }
  }

  private var chosenFormat: Format { format ?? Self.formatOf(out) ?? .html }

  func run() async throws {
    let console = Console.standard
    try OutputPath.check(out, isNoneOf: inputs + passages + [qrels, baseline, conversations, vectors, leaveOut])
    let report = try makeReport()
    try ReportOutput(report: report, format: chosenFormat, path: out).write()
    if out != "-" { console.note("the report is in \(out)") }
  }

  private func makeReport() throws -> ExperimentReport {
    if inputs.count == 1, FileNames.exists(inputs[0] + "/sweep.yaml") {
      guard qrels == nil, conversations == nil, queries.isEmpty, costs.isEmpty, training.isEmpty, measures == nil else {
        throw ParlanceError(
          .usage, "a sweep knows its judgments, turns and measures; leave them out", at: .init(file: inputs[0]))
      }
      #if Storage
        return try SweepReport(command: self, folder: inputs[0]).report()
      #else
        throw ParlanceError.withoutStorage
      #endif
    }
    if inputs.count == 1, qrels == nil {
      guard FileNames.exists(inputs[0]) else {
        throw ParlanceError(.noInput, "there is no such sweep or run", at: .init(file: inputs[0]))
      }
    }
    return try RunsReport(command: self).report()
  }

  /// The words of the command line, as they can be typed again.
  var line: String {
    "parlance " + CommandLine.arguments.dropFirst().map(TourSteps.quoted).joined(separator: " ")
  }
}
