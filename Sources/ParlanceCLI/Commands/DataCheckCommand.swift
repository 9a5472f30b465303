import ArgumentParser
import Diagnostics
import ModelHub
import WordPiece

/// `parlance data check`.
struct DataCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the files of a folder, each by itself and against each other.",
    discussion: """
      The folder's layout: conversations*.jsonl, or the part-1.jsonl and so on of data split (all of them, with \
      turns) and their part-1.qrels.txt, rewrites/NAME.jsonl, passages*.jsonl, qrels*.txt, each of which may be missing or gzip-compressed. \
      Every line is read. Faults are lines that are malformed; ids that are there twice; rewrites and judgments of \
      turns, and judged passages, that are not there; and where the names of files say train, dev, valid, eval or \
      test, and among parts, conversations and runs of questions that two of these have. Told without being faults: \
      empty and repeated texts, turns out of order, rewrites that change nothing, questions and relevant passages \
      that two of these share, with the ids of the turns (--json names all), and how long conversations are. Of \
      questions words are compared, not the punctuation around them and case. Ends with exit code 65 when there are \
      faults.

      Examples:
        parlance data check Examples
        parlance data check Examples --model .deps/models/splade-tiny
        parlance data check halves
        parlance data check my-collection --json
      """)

  @Argument(help: "The folder.")
  var folder: String

  @Option(help: "How many faults, and things that train and test or parts share, are told of each kind.")
  var limit = 10

  @Option(
    help: ArgumentHelp(
      "Count the tokens of this model, a folder or hf:owner/name, to say which turns do not fit.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The tokens that a query may have.", valueName: "n"))
  var maxLength = 256

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("expected --limit of 0 or more, found \(limit)") }
    guard maxLength >= 3 else { throw ValidationError("expected --max-length of at least 3, found \(maxLength)") }
  }

  func run() async throws {
    let console = Console.standard
    let tokenizer = try await tokenizer(console.interruption)
    let bar = ProgressBar()
    let check = try DataCheck(
      folder: folder, limit: limit, tokenizer: tokenizer, maxLength: maxLength, progress: bar.handler,
      interruption: console.interruption)
    bar.finish()
    if json {
      try console.print(json: check)
    } else {
      for file in check.files { try console.print("\(file.name)  \(file.count) \(file.unit)") }
      for line in check.findings { try console.print(line) }
      for line in check.sharedLines { try console.print(line) }
      try console.print(check.faultCount == 0 ? "No faults." : "\(check.faultCount) faults:")
      for fault in check.faults { try console.print("  " + fault) }
      if check.faultCount > check.faults.count {
        try console.print("  and \(check.faultCount - check.faults.count) more (--limit)")
      }
    }
    try console.flush()
    if check.faultCount > 0 { throw ExitCode(ParlanceError.Code.badInput.rawValue) }
  }

  private func tokenizer(_ interruption: Interruption) async throws -> WordPieceTokenizer? {
    guard let model else { return nil }
    let found = try await ModelHub().resolve(model, interruption: interruption)
    for line in found.notes { Console.standard.note(line) }
    return try WordPieceTokenizer(folder: found.folder)
  }
}
