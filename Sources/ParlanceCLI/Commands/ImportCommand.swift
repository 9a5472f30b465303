public import ArgumentParser
public import Datasets
import Diagnostics
import Reports

/// `parlance import`: a public set, or chat logs, into conversations, rewrites, judgments and passages.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Bring public conversational sets, or your chat logs, into this program's files.",
    discussion: """
      Reads the files as their publishers ship them: plain, gzip, or zip archives, which are not unpacked first. Which \
      file is what is seen from its name and first row. Writes conversations*.jsonl, rewrites/NAME.jsonl, \
      passages.jsonl and qrels*.txt, as far as the files have something for them, and says what was left out and why.

      Sets, and how their importers were checked:
      \(ConversationSet.allCases.map { "  \($0.rawValue): \($0.evidence)" }.joined(separator: "\n"))
      (openai: JSON lines of messages with role and content; sharegpt: conversations with from and value; disco: \
      TopiOCQA's files with ids by row, as DiSCo's rewrites and runs have them.)

      Licences, sizes and traps of each set are in Documentation/DATA.md.

      Examples:
        parlance import qrecc --from qrecc_data.zip --out qrecc
        parlance import cast --from treccastweb/2022 --out cast22 --prefix cast22_
        parlance import topiocqa --from train.json dev.json full_wiki_segments.tsv \\
          --out topiocqa
        parlance import openai --from logs.jsonl.gz --out logs --keep-going --json
      """)

  @Argument(help: ArgumentHelp("The set, or the kind of chat log.", valueName: "set"))
  var set: ConversationSet

  @Option(
    name: .customLong("from"), parsing: .upToNextOption,
    help: ArgumentHelp("Files, folders and zip archives of the set.", valueName: "path"))
  var paths: [String]

  @Option(
    name: [.short, .long], help: ArgumentHelp("The folder for the files; made if it is not there.", valueName: "dir"))
  var out: String

  @Option(help: ArgumentHelp("Put this before each id of a turn and a conversation.", valueName: "text"))
  var prefix = ""

  @Flag(help: "Count and list malformed rows instead of ending at the first.")
  var keepGoing = false

  @Flag(help: "Print what was imported as one JSON document.")
  var json = false

  func validate() throws {
    guard !paths.isEmpty else { throw ValidationError("--from names no file") }
  }

  func run() throws {
    let console = Console.standard
    let bar = ProgressBar(console)
    defer { bar.finish() }
    let job = DatasetImport(
      set, prefix: prefix, keepsGoing: keepGoing, progress: bar.handler, interruption: console.interruption)
    let summary = try job.run(from: paths, to: out)
    bar.finish()
    if json {
      try console.print(json: Self.document(summary))
    } else {
      for line in Self.lines(summary) { try console.print(line) }
    }
  }

  private static let unusedShown = 10

  static func lines(_ summary: ImportSummary) -> [String] {
    var lines = summary.files.map { "\($0.path): \($0.role)" }
    if !summary.unused.isEmpty {
      lines.append("\(FixedDecimal.counted(summary.unused.count, "file")) not of the set:")
      lines += summary.unused.prefix(unusedShown).map { "  " + $0 }
      if summary.unused.count > unusedShown {
        lines.append("  and \(FixedDecimal.grouped(summary.unused.count - unusedShown)) more; --json names all")
      }
    }
    lines.append(FixedDecimal.counted(summary.conversations, "conversation"))
    for (name, count) in summary.written.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name)  \(FixedDecimal.grouped(count)) lines")
    }
    for (reason, count) in summary.skipped.sorted(by: { $0.key < $1.key }) {
      lines.append("left out: \(FixedDecimal.grouped(count)) \(reason)")
    }
    if summary.malformedCount > 0 {
      lines.append("left out: \(FixedDecimal.counted(summary.malformedCount, "malformed row"))")
      lines += summary.malformed.map { "  " + $0 }
      let untold = summary.malformedCount - summary.malformed.count
      if untold > 0 { lines.append("  and \(FixedDecimal.grouped(untold)) more") }
    }
    return lines
  }

  static func document(_ summary: ImportSummary) -> OrderedJSON {
    func counts(_ counts: [String: Int]) -> OrderedJSON {
      .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
    }
    return [
      "files": .array(summary.files.map { ["path": .string($0.path), "role": .string($0.role)] }),
      "unused": .array(summary.unused.map { .string($0) }), "conversations": .integer(summary.conversations),
      "written": counts(summary.written), "skipped": counts(summary.skipped),
      "malformed": .integer(summary.malformedCount), "malformed_rows": .array(summary.malformed.map { .string($0) }),
    ]
  }
}

extension ConversationSet: ExpressibleByArgument {}
