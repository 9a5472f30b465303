import ArgumentParser
import Diagnostics

/// `parlance data`: what concerns a folder of conversations, rewrites, passages and judgments as a whole.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Check a folder of conversations, rewrites, passages and judgments; split conversations.",
    subcommands: [DataCheckCommand.self, DataSplitCommand.self])
}

/// `parlance data check`.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the files of a folder, each by itself and against each other.",
    discussion: """
      The folder's layout: conversations*.jsonl, rewrites/NAME.jsonl, passages*.jsonl, qrels*.txt, each of which may be
      missing or gzip-compressed. Every line is read; rewrites and judgments must name turns that are there, judgments
      passages that are there. Ends with exit code 65 when there are faults.

      Examples:
        parlance data check Examples/demo
        parlance data check my-collection --json
      """)

  @Argument(help: "The folder.")
  var folder: String

  @Option(help: "How many faults are told of each kind.")
  var limit = 10

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let console = Console.standard
    let bar = ProgressBar()
    let check = try DataCheck(folder: folder, limit: limit, progress: bar.handler, interruption: console.interruption)
    bar.finish()
    if json {
      try console.print(json: check)
    } else {
      for file in check.files { try console.print("\(file.name)  \(file.count) \(file.unit)") }
      for line in check.findings { try console.print(line) }
      try console.print(check.faultCount == 0 ? "No faults." : "\(check.faultCount) faults:")
      for fault in check.faults { try console.print("  " + fault) }
      if check.faultCount > check.faults.count {
        try console.print("  and \(check.faultCount - check.faults.count) more (--limit)")
      }
    }
    try console.flush()
    if check.faultCount > 0 { throw ExitCode(ParlanceError.Code.badInput.rawValue) }
  }
}
