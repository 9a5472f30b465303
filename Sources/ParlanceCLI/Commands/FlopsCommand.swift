import ArgumentParser
import Diagnostics
import Evaluation
import Identifiers
import Reports
import SparseVectors

/// `parlance flops`: the expected cost of searching.
struct FlopsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flops",
    abstract: "Count what searching with sparse vectors is expected to cost.",
    discussion: """
      FLOPS = sum over terms of P(active in a query) * P(active in a passage): the terms that a query and a passage are \
      expected to share. L0 is the number of active terms of a vector.

      Examples:
        parlance flops --queries queries.vectors --vectors passages.vectors
        parlance flops --queries queries.vectors --vectors passages.vectors --json
        parlance flops --queries queries.vectors --vectors passages.vectors \\
          --conversations conversations.jsonl
      """)

  @Option(help: ArgumentHelp("The vectors of the queries.", valueName: "file"))
  var queries: String

  @Option(help: ArgumentHelp("The vectors of the passages.", valueName: "file"))
  var vectors: String

  @Option(help: ArgumentHelp("The turns that the queries are: adds a table by turn depth.", valueName: "file"))
  var conversations: String?

  @Flag(help: "Count also where the queries were made for another encoder's passages.")
  var trustModel = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let console = Console.standard
    let queryFile = try VectorsFile(path: queries)
    let passageFile = try VectorsFile(path: vectors)
    try check(queryFile.description, passageFile.description, console)
    let bar = ProgressBar()
    let report = CostReport(
      queries: try ActivationFrequencies(
        queryFile, progress: bar.handler, interruption: console.interruption),
      passages: try ActivationFrequencies(
        passageFile, progress: bar.handler, interruption: console.interruption))
    bar.finish()
    let turns = try turns(of: queryFile, report.passages, console)
    if json {
      try console.print(json: report.json(turns: turns))
    } else {
      let rows = EffortTable(turns.map { ("\($0.turn)", $0.summary) })
      try console.print(
        tables: [report.table()] + (turns.isEmpty ? [] : [rows.table(title: "By turn", head: .figure("turn"))]))
    }
  }

  /// - Throws: `badInput` when none of the queries is a turn.
  private func turns(
    of queries: VectorsFile, _ passages: ActivationFrequencies, _ console: Console
  ) throws(ParlanceError) -> [(turn: Int, summary: EffortSummary)] {
    guard let conversations else { return [] }
    let places = try ConversationPlaces(readingFrom: conversations, interruption: console.interruption)
    var efforts: [ExternalID: QueryEffort] = [:]
    for position in 0..<queries.count {
      efforts[try queries.id(at: position)] = QueryEffort(try queries.vector(at: position), passages: passages)
    }
    let turns = EffortSummary.byTurn(efforts, places: places)
    guard !turns.isEmpty else {
      throw ParlanceError(.badInput, "none of its turns is one of the queries", at: .init(file: conversations))
    }
    return turns
  }

  /// - Throws: `ParlanceError` with code `badInput` when the terms or the passage spaces of the files are not the same.
  private func check(
    _ queryFile: VectorsDescription, _ passageFile: VectorsDescription, _ console: Console
  ) throws(ParlanceError) {
    guard queryFile.vocabulary == passageFile.vocabulary else {
      throw ParlanceError(
        .badInput, "its terms are of another vocabulary than those of \(vectors)", at: .init(file: queries))
    }
    guard queryFile.passageSpace != passageFile.passageSpace else { return }
    let difference =
      "it is made for passages by \(queryFile.passageSpace), but \(vectors) is by \(passageFile.passageSpace)"
    guard trustModel else {
      throw ParlanceError(.badInput, difference + "; --trust-model counts all the same", at: .init(file: queries))
    }
    console.warn("\(queries): \(difference)")
  }
}
