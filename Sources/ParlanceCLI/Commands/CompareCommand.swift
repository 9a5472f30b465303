import ArgumentParser
import Diagnostics
import Evaluation
import Identifiers
import RankedResults
import Reports

/// `parlance compare`: how alike runs are, without judgments.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say how alike runs are, without judgments.",
    discussion: """
      For each two runs, over the queries that both have: overlap@k, the share of the first k passages that both have; \
      RBO, the rank-biased overlap (Webber, Moffat and Zobel 2010), which looks at the first 1/(1-p) ranks most; and \
      Kendall's tau over the passages that both have, 1 for the same order, -1 for the opposite one.

      Examples:
        parlance compare bm25.trec splade.trec
        parlance compare teacher.trec student.trec --depths "3 10 1000" --p 0.7
        parlance compare teacher.trec student.trec --least 10
      """)

  @Argument(help: ArgumentHelp("Two or more runs in TREC's form; may be gzip-compressed.", valueName: "run"))
  var runs: [String]

  @Option(help: "The depths k of overlap@k, separated by spaces or commas.")
  var depths = "10 100"

  @Option(name: .customLong("p"), help: "The persistence of RBO, between 0 and 1.")
  var persistence = 0.9

  @Option(help: ArgumentHelp("Show the n queries that agree least by RBO.", valueName: "n"))
  var least: Int?

  @Flag(help: "Add each query's figures to --json.")
  var perQuery = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard runs.count >= 2 else { throw ValidationError("two runs or more are compared") }
    guard persistence > 0, persistence < 1 else { throw ValidationError("--p lies between 0 and 1") }
    guard least ?? 1 >= 1 else { throw ValidationError("--least is 1 or more") }
  }

  func run() throws {
    let console = Console.standard
    let depths = try CompareCommand.ranks(depths)
    let inputs = try NamedRun.all(readingFrom: runs, interruption: console.interruption)
    var pairs: [AgreementReport.Pair] = []
    for (position, second) in inputs.enumerated() {
      for first in inputs[..<position] {
        try console.interruption.check()
        let agreement = try RunAgreement(first.run, second.run, depths: depths, persistence: persistence)
        pairs.append(.init(first: first.run.name, second: second.run.name, agreement: agreement))
      }
    }
    let report = AgreementReport(pairs: pairs, persistence: persistence)
    if json {
      try console.print(json: report.json(perQuery: perQuery))
    } else {
      try console.print(tables: [report.table()] + (least.map(report.leastAlike) ?? []))
    }
  }

  private static func ranks(_ text: String) throws(ParlanceError) -> [Int] {
    var ranks: [Int] = []
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      guard let rank = Int(part), rank >= 1 else {
        throw ParlanceError(.usage, "--depths are ranks of 1 or more, not '\(part)'")
      }
      if !ranks.contains(rank) { ranks.append(rank) }
    }
    guard !ranks.isEmpty else { throw ParlanceError(.usage, "--depths names no rank") }
    return ranks
  }
}
