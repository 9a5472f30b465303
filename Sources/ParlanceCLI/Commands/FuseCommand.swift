public import ArgumentParser
import Diagnostics
public import Evaluation
import RankedResults
import Reports

/// `parlance fuse`: several runs into one.
struct FuseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuse",
    abstract: "Combine runs by ranks or by scores.",
    discussion: """
      By reciprocal ranks: score(d) = sum over runs of weight / (k + rank of d). Only ranks count, so runs whose scores \
      mean different things can be combined. By scores: the weighted sum (sum), the same times the number of runs that \
      have the passage (mnz), or the greatest (max), of scores that were first brought to one scale within each ranking. \
      A query of any of the runs is a query of the result. The result is a baseline, and a teacher: `teach --run`.

      Examples:
        parlance fuse bm25.trec splade.trec > fused.trec
        parlance fuse bm25.trec splade.trec --weights 1,2 --depth 100 \\
          --run fused.trec.gz --name bm25+splade
        parlance fuse bm25.trec splade.trec --method sum --normalise z-score
      """)

  /// A way of fusion, by its name on the command line.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case rrf
    case sum
    case mnz
    case max
  }

  @Argument(help: ArgumentHelp("Two or more runs in TREC's form; may be gzip-compressed.", valueName: "run"))
  var runs: [String]

  @Option(help: "What is summed: reciprocal ranks (rrf), or scores (sum, mnz, max).")
  var method = Method.rrf

  @Option(help: "The k of rrf, which dampens the weight of the first ranks; 60 if not given.")
  var k: Double?

  @Option(help: "How scores are brought to one scale: none, min-max, max, sum, z-score; min-max if not given.")
  var normalise: ScoreNormalisation?

  @Option(
    help: "What a passage that a run lacks scores there by sum and mnz: lowest (of that ranking; the default) or zero.")
  var missing: ScoreFusion.Missing?

  @Option(help: "Passages kept for each query.")
  var depth = 1000

  @Option(help: ArgumentHelp("One weight for each run, separated by commas.", valueName: "w,w,..."))
  var weights: String?

  @Option(name: .customLong("run"), help: ArgumentHelp("Where the run goes; - is standard output.", valueName: "file"))
  var output = "-"

  @Option(help: "The name of the run, its last column; the method's if not given.")
  var name: String?

  @Flag(help: "Print what was fused as one JSON document.")
  var json = false

  func validate() throws {
    if method == .rrf {
      guard normalise == nil else { throw ValidationError("rrf looks at no scores and takes no --normalise") }
      guard missing == nil else { throw ValidationError("rrf looks at no scores and takes no --missing") }
    } else {
      guard k == nil else { throw ValidationError("--k belongs to --method rrf") }
      guard method != .max || missing == nil else {
        throw ValidationError("max takes the best score that there is, and no --missing")
      }
      guard method != .mnz || normalise != .zScore else {
        throw ValidationError("mnz multiplies scores, which z-scores below zero do not bear; use --normalise min-max")
      }
    }
    guard !json || output != "-" else {
      throw ValidationError("--json and --run - both write to standard output; choose one")
    }
  }

  func run() throws {
    let interruption = Console.standard.interruption
    let weights = try weights.map(FuseCommand.numbers)
    try OutputPath.check(output, isNoneOf: runs)
    let inputs = try NamedRun.all(readingFrom: runs, interruption: interruption)
    let fused = try fuse(inputs.map(\.run), weights: weights)
    let writer = try RunWriter(path: output, tag: fused.name)
    for (query, ranking) in fused.rankings.sorted(by: { $0.key < $1.key }) {
      try interruption.check()
      try writer.write(query, ranking)
    }
    try writer.finish()
    if json {
      try Console.standard.print(
        json: [
          "run": .string(output), "name": .string(fused.name), "method": .string(method.rawValue),
          "fused": .array(inputs.map { .string($0.file) }), "queries": .integer(fused.rankings.count),
          "passages": .integer(fused.rankings.values.reduce(0) { $0 + $1.count }),
        ] as OrderedJSON)
    }
  }

  private func fuse(_ runs: [RankedRun], weights: [Double]?) throws(ParlanceError) -> RankedRun {
    let name = name ?? method.rawValue
    guard let combination = ScoreFusion.Combination(rawValue: method.rawValue) else {
      return try ReciprocalRankFusion(k: k ?? 60, depth: depth).fuse(runs, weights: weights, name: name)
    }
    let fusion = ScoreFusion(
      combination, normalisation: normalise ?? .minMax, missing: missing ?? .lowest, depth: depth)
    return try fusion.fuse(runs, weights: weights, name: name)
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

extension ScoreNormalisation: ExpressibleByArgument {}
extension ScoreFusion.Missing: ExpressibleByArgument {}
