import ArgumentParser
import Conversations
import Datasets
import Diagnostics
import Reports

struct PassagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passages",
    abstract: "Cut text, Markdown and HTML documents into passages.",
    discussion: """
      Reads every .html, .htm, .xhtml, .md, .markdown, .mkd, .txt and .text file below the folders, gzip-compressed or not. \
      Scripts, navigation and tables of contents are left out. A passage never crosses a heading; a sentence is cut only \
      where it alone is longer than the maximum. An id is the document's path below the folder, # and the section, / and \
      the term in a definition list, and .2, .3 … for further parts; with several folders the path begins with the \
      folder's name. Passages with the text of an earlier one are left out, and so are documents that stand beside the \
      same one in HTML. Links are not followed.

      Examples:
        parlance passages docs --out passages.jsonl
        parlance passages /usr/share/doc/git-doc \\
          --words 100 --max-words 200 --out passages.jsonl.gz
        parlance passages docs --out - | head
      """)

  @Argument(help: "Folders of documents, or single documents, which may have any name.")
  var documents: [String]

  @Option(name: [.short, .long], help: "Where the passages go; - is standard output, .gz is compressed.")
  var out: String

  @Option(help: "The words that a passage should have.")
  var words = 60

  @Option(help: "The words that a passage never exceeds; twice --words if not given.")
  var maxWords: Int?

  @Flag(help: "Print the summary as one JSON document.")
  var json = false

  func validate() throws {
    guard words >= 1 else { throw ValidationError("--words must be at least 1, not \(words)") }
    if let maxWords, maxWords < words {
      throw ValidationError("--max-words must be at least --words (\(words)), not \(maxWords)")
    }
    guard !(json && out == "-") else {
      throw ValidationError("--json and --out - both write to standard output; choose one")
    }
  }

  func run() async throws {
    let console = Console.standard
    let bar = ProgressBar(console)
    try OutputPath.check(out, isNoneOf: documents)
    let writer = try PassageWriter(path: out)
    let splitter = PassageSplitter(targetWords: words, maximumWords: maxWords ?? 2 * words)
    let summary: CorpusSummary
    do {
      summary = try splitter.split(folders: documents, progress: bar.handler, interruption: console.interruption) {
        (passage: Passage) throws(ParlanceError) in try writer.write(passage)
      }
    } catch {
      bar.finish()
      throw error
    }
    bar.finish()
    try writer.finish()
    if json {
      try console.print(json: Report(summary))
    } else {
      for line in PassagesCommand.lines(summary) { console.note(line) }
    }
  }

  static func lines(_ summary: CorpusSummary) -> [String] {
    let number = FixedDecimal.grouped
    var lines = ["\(number(summary.filesRead)) of \(number(summary.files)) files read"]
    for reason in CorpusSummary.SkipReason.allCases {
      if let count = summary.skipped[reason] { lines.append("  \(number(count)) skipped: \(reason.rawValue)") }
    }
    for failure in summary.failures.prefix(shownAtMost) {
      lines.append("  not read: \(failure.path) (\(failure.reason.rawValue))")
    }
    for path in summary.guessedEncodings.prefix(shownAtMost) {
      lines.append("  \(path) is not UTF-8 and names no encoding; read as Latin 1")
    }
    let hidden = [summary.failures.count, summary.guessedEncodings.count].map { max(0, $0 - shownAtMost) }.reduce(0, +)
    if hidden > 0 { lines.append("  and \(number(hidden)) more; --json names all") }
    lines.append(
      "\(number(summary.passages)) passages, \(number(summary.words)) words; \(number(summary.duplicates)) duplicates left out"
    )
    return lines
  }

  private static let shownAtMost = 10

  /// What `--json` prints.
  private struct Report: Encodable {
    struct Failure: Encodable {
      var path: String
      var reason: String
    }

    var files: Int
    var filesRead: Int
    var skipped: [String: Int]
    var failures: [Failure]
    var guessedEncodings: [String]
    var passages: Int
    var duplicates: Int
    var words: Int

    init(_ summary: CorpusSummary) {
      files = summary.files
      filesRead = summary.filesRead
      skipped = Dictionary(uniqueKeysWithValues: summary.skipped.map { ($0.key.rawValue, $0.value) })
      failures = summary.failures.map { Failure(path: $0.path, reason: $0.reason.rawValue) }
      guessedEncodings = summary.guessedEncodings
      passages = summary.passages
      duplicates = summary.duplicates
      words = summary.words
    }
  }
}
