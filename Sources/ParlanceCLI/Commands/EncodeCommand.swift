import ArgumentParser
import Conversations
import Diagnostics
import SparseVectors

struct EncodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn passages or conversations into sparse vectors.",
    discussion: """
      A .vectors file that was cut off, by SIGINT or by the power, is gone on with by the same command. JSONL goes out line by \
      line in the order of the input, so that encode is a filter; a bad line ends it with an error that names the \
      line, after the vectors of all lines before it.

      Examples:
        parlance encode --model DIR --passages passages.jsonl --out passages.vectors
        parlance encode --model DIR --passages part1.jsonl.gz part2.jsonl.gz \\
          --weights f16 --out passages.vectors
        parlance encode --model DIR --conversations conversations.jsonl \\
          --form rewrite \\
          --rewrites rewrites/official.jsonl --out queries.vectors
        parlance encode --model hf:owner/name --passages - --format jsonl \\
          < passages.jsonl > vectors.jsonl
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case vectors
    case jsonl
  }

  @OptionGroup
  var model: ModelOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Passages, one a line; several files become one; - is standard input.", valueName: "file"))
  var passages: [String] = []

  @Option(help: ArgumentHelp("Conversations, one turn a line; - is standard input.", valueName: "file"))
  var conversations: String?

  @Option(
    help: ArgumentHelp(
      "Which words of a turn make the query: \(ConversationForm.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "(default: conversation, or what a student was trained on)",
      valueName: "form"),
    transform: Self.form)
  var form: ConversationForm?

  @Option(help: ArgumentHelp("Self-contained forms of the questions, for the forms that need them.", valueName: "file"))
  var rewrites: String?

  @Option(
    help: ArgumentHelp("Where the vectors go; - is standard output and the default for jsonl.", valueName: "file"))
  var out: String?

  @Option(help: "vectors, or jsonl with {\"id\", \"vector\"} a line; by the name of --out if left out.")
  var format: Format?

  @Option(help: "How exactly a .vectors file keeps weights: f32 or f16.")
  var weights = VectorWeights.f32

  @Option(
    help: ArgumentHelp(
      "Keep only so many terms of each vector, the heaviest. The space stays the same: pruned passages may be searched "
        + "with whole queries and the other way round.", valueName: "n"))
  var keepTerms: Int?

  @Flag(help: "Throw away what an earlier, unfinished run left, instead of going on with it.")
  var restart = false

  @Flag(help: "Print what was done as one JSON document (with --out).")
  var json = false

  @Flag(help: "Tell where the time went, part by part.")
  var timings = false

  func validate() throws {
    guard passages.isEmpty != (conversations == nil) else {
      throw ValidationError("expected either --passages or --conversations")
    }
    if passages.count > 1, passages.contains("-") {
      throw ValidationError("standard input (-) cannot be one of several passage files")
    }
    if conversations == nil, form != nil || rewrites != nil {
      throw ValidationError("--form and --rewrites go with --conversations")
    }
    if chosenForm.needsRewrite, conversations != nil, rewrites == nil {
      throw ValidationError("the form \(chosenForm.rawValue) needs --rewrites")
    }
    if !chosenForm.needsRewrite, rewrites != nil {
      throw ValidationError("the form \(chosenForm.rawValue) takes no --rewrites")
    }
    if chosenFormat == .vectors, target == "-" {
      throw ValidationError("a .vectors file cannot go to standard output; expected --out FILE, or --format jsonl")
    }
    if chosenFormat == .jsonl, restart || weights != .f32 {
      throw ValidationError("--restart and --weights go with .vectors files")
    }
    if let keepTerms, keepTerms < 1 { throw ValidationError("expected --keep-terms of at least 1, found \(keepTerms)") }
    if json, target == "-" { throw ValidationError("--json needs --out FILE, since the vectors go to standard output") }
  }

  /// The whole conversation, unless said otherwise; a student's own is known once it is open.
  var chosenForm: ConversationForm { form ?? .conversation }

  var target: String { out ?? "-" }

  var chosenFormat: Format {
    format ?? (target == "-" || target.hasSuffix(".jsonl") || target.hasSuffix(".jsonl.gz") ? .jsonl : .vectors)
  }

  func run() async throws {
    try await EncodeJob(self).run()
  }

  private static func form(_ text: String) throws -> ConversationForm {
    guard let form = ConversationForm(rawValue: text) else {
      let known = ConversationForm.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected one of \(known), found \"\(text)\"")
    }
    return form
  }
}
