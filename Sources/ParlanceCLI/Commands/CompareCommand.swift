import ArgumentParser
import Conversations
import Diagnostics
import Evaluation
import Identifiers
import LineFiles
import RankedResults
import Reports

/// `parlance compare`: how alike systems are, without judgments, and where they differ.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say how alike systems are, and where they disagree, without judgments.",
    discussion: """
      A system is a run in TREC's form, or one that is run here over --conversations: \
      name=NAME,index=DIR,model=DIR,form=FORM,rewrites=FILE, where BM25 indexes take no model, the form is conversation \
      (rewrite, where there are rewrites) and the name the form's unless given.

      For each two, over the queries that both have: overlap@k, the share of the first k passages that both have; RBO, the \
      rank-biased overlap (Webber, Moffat and Zobel 2010), which looks at the first 1/(1-p) ranks most; and Kendall's tau \
      over the passages that both have, 1 for the same order, -1 for the opposite one. Systems that are run are timed. \
      --html shows the conversations on which they disagree most side by side, in one file.

      Examples:
        parlance compare teacher.trec student.trec --depths "3 10 1000" --p 0.7
        parlance compare bm25.trec splade.trec --least 10
        parlance compare name=student,index=index,model=run/student \\
          name=bm25,index=bm25,form=last-turn rewriter.trec \\
          --conversations logs.jsonl --html compare.html
      """)

  @Argument(
    help: ArgumentHelp("Two or more runs (may be gzip-compressed), or systems to run.", valueName: "system"))
  var systems: [String]

  @Option(
    help: ArgumentHelp("The conversations that systems are run over, and whose words --html shows.", valueName: "file"))
  var conversations: String?

  @Option(help: "Passages that a system which is run finds for each turn.")
  var k = 100

  @Option(help: "The depths k of overlap@k, separated by spaces or commas.")
  var depths = "10 100"

  @Option(name: .customLong("p"), help: "The persistence of RBO, between 0 and 1.")
  var persistence = 0.9

  @Option(help: ArgumentHelp("Show the n queries that agree least by RBO.", valueName: "n"))
  var least: Int?

  @Option(help: ArgumentHelp("Write a page about the conversations that agree least.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("How many conversations --html shows.", valueName: "n"))
  var shown = 20

  @Option(help: ArgumentHelp("Passages whose texts --html shows, where no index has them.", valueName: "file"))
  var passages: String?

  @Flag(help: "Add each query's figures to --json.")
  var perQuery = false

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup
  var encoding: EncodingOptions

  func validate() throws {
    guard systems.count >= 2 else { throw ValidationError("two systems or more are compared") }
    guard persistence > 0, persistence < 1 else { throw ValidationError("--p lies between 0 and 1") }
    guard least ?? 1 >= 1 else { throw ValidationError("--least is 1 or more") }
    guard k >= 1 else { throw ValidationError("--k is 1 or more") }
    guard shown >= 1 else { throw ValidationError("--shown is 1 or more") }
    guard passages == nil || html != nil else { throw ValidationError("--passages belongs to --html") }
    guard html != "-" else { throw ValidationError("--html takes a file") }
  }

  func run() async throws {
    let console = Console.standard
    let depths = try CompareCommand.ranks(depths)
    if let html { try OutputPath.check(html, isNoneOf: systems + [conversations, passages]) }
    let turns = try conversations.map { path throws(ParlanceError) in
      try TurnReader.all(path, interruption: console.interruption)
    }
    let compared = try await compared(turns)
    var pairs: [AgreementReport.Pair] = []
    for (position, second) in compared.enumerated() {
      for first in compared[..<position] {
        try console.interruption.check()
        let agreement = try RunAgreement(first.run, second.run, depths: depths, persistence: persistence)
        pairs.append(.init(first: first.run.name, second: second.run.name, agreement: agreement))
      }
    }
    let report = AgreementReport(pairs: pairs, persistence: persistence)
    let tables = [report.table()] + (ComparedSystem.latencyTable(compared).map { [$0] } ?? [])
    if let html {
      let places = ConversationPlaces(
        places: Dictionary(
          uniqueKeysWithValues: (turns ?? []).map { ($0.id, .init(conversation: $0.conversation, turn: $0.number)) }))
      let page = DisagreementPage(
        systems: compared, turns: Dictionary(uniqueKeysWithValues: (turns ?? []).map { ($0.id, $0) }), depth: 5)
      let disagreements = ConversationDisagreement.ordered(pairs.map(\.agreement), places: places)
      let writer = try LineWriter(path: html)
      try writer.write(
        line: page.page(
          disagreements, first: shown, tables: tables, passages: passages, interruption: console.interruption
        ).html)
      try writer.finish()
    }
    if json {
      try console.print(json: report.json(perQuery: perQuery, systems: compared.map(\.json)))
    } else {
      try console.print(tables: tables + (least.map(report.leastAlike) ?? []))
    }
  }

  /// Reads the runs and runs the others, in the order of the command line.
  private func compared(_ turns: [Turn]?) async throws -> [ComparedSystem] {
    let console = Console.standard
    let specifications = try systems.map { text throws(ParlanceError) in try SystemSpecification(text) }
    var files: [String] = []
    for case .run(let file) in specifications { files.append(file) }
    // Without a query there is nothing in which two can agree.
    var runs = try NamedRun.all(readingFrom: files, allowingEmpty: false, interruption: console.interruption)[...]
    let bar = ProgressBar(console)
    defer { bar.finish() }
    var compared: [ComparedSystem] = []
    for specification in specifications {
      switch specification {
      case .run: if let run = runs.popFirst() { compared.append(ComparedSystem(run: run.run)) }
      case .searched(let system):
        guard let turns, !turns.isEmpty else {
          throw ParlanceError(.usage, "the system \(system.name) is run over --conversations, which are missing")
        }
        compared.append(
          try await ComparedSystem(
            system, over: turns, k: k, encoding: encoding, bar: bar, interruption: console.interruption))
      }
    }
    let names = compared.map(\.run.name)
    if let twice = names.first(where: { name in names.count(where: { $0 == name }) > 1 }) {
      throw ParlanceError(.usage, "two systems are called '\(twice)'; name= names them")
    }
    return compared
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
