import ArgumentParser
import Diagnostics
import Evaluation
import RankedResults

/// `parlance fuse`: several runs into one.
struct FuseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuse",
    abstract: "Combine runs by reciprocal rank fusion.",
    discussion: """
      score(d) = sum over runs of weight / (k + rank of d). Only ranks count, so runs whose scores mean different \
      things can be combined. A query of any of the runs is a query of the result.

      Examples:
        parlance fuse bm25.trec splade.trec > fused.trec
        parlance fuse bm25.trec splade.trec --weights 1,2 --depth 100 \\
          --run fused.trec.gz --name bm25+splade
      """)

  @Argument(help: ArgumentHelp("Two or more runs in TREC's form; may be gzip-compressed.", valueName: "run"))
  var runs: [String]

  @Option(help: "Dampens the weight of the first ranks.")
  var k = 60.0

  @Option(help: "Passages kept for each query.")
  var depth = 1000

  @Option(help: ArgumentHelp("One weight for each run, separated by commas.", valueName: "w,w,..."))
  var weights: String?

  @Option(name: .customLong("run"), help: ArgumentHelp("Where the run goes; - is standard output.", valueName: "file"))
  var output = "-"

  @Option(help: "The name of the run, its last column.")
  var name = "rrf"

  func run() throws {
    let interruption = Console.standard.interruption
    let weights = try weights.map(FuseCommand.numbers)
    try OutputPath.check(output, isNoneOf: runs)
    let inputs = try NamedRun.all(readingFrom: runs, interruption: interruption)
    let fused = try ReciprocalRankFusion(k: k, depth: depth).fuse(inputs.map(\.run), weights: weights, name: name)
    let writer = try RunWriter(path: output, tag: name)
    for (query, ranking) in fused.rankings.sorted(by: { $0.key < $1.key }) {
      try interruption.check()
      try writer.write(query, ranking)
    }
    try writer.finish()
  }

  private static func numbers(_ text: String) throws(ParlanceError) -> [Double] {
    var numbers: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Double(part), number > 0, number.isFinite else {
        throw ParlanceError(.usage, "--weights are numbers above 0 separated by commas, not '\(text)'")
      }
      numbers.append(number)
    }
    return numbers
  }
}
