import ArgumentParser
import Diagnostics
import Evaluation
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
      """)

  @Option(help: ArgumentHelp("The vectors of the queries.", valueName: "file"))
  var queries: String

  @Option(help: ArgumentHelp("The vectors of the passages.", valueName: "file"))
  var vectors: String

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
    if json {
      try console.print(json: report.json())
    } else {
      try console.print(tables: [report.table()])
    }
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
