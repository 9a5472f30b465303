import ArgumentParser
import Checkpoints
import Diagnostics
import Distillation
import SparseEncoder

/// `parlance student export`.
struct StudentExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Make a student and its passage encoder one model of sentence-transformers.",
    discussion: """
      encode_query then gives the student's vectors, encode_document those of the passages, which Parlance's own are \
      equal to. A plain student becomes a Router. A residual student, and one that keeps some terms only, brings a \
      module in Python: SparseEncoder(DIR, trust_remote_code=True).

      The folder that train leaves needs no export to be loaded by itself: sentence-transformers and transformers take \
      it for the encoder of queries that it is (of a residual student: for what the history adds).

      Examples:
        parlance student export run/student --out exported
        parlance student export run/student --model .deps/models/splade-tiny \\
          --out exported
      """)

  @Argument(help: ArgumentHelp("The student's folder, or hf:owner/name.", valueName: "student"))
  var student: String

  @Option(
    help: ArgumentHelp(
      "The passage encoder: a folder, or hf:owner/name. Residual students have it as a rule.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The new folder.", valueName: "dir"))
  var out: String

  @Option(help: ArgumentHelp("Tokens at which the passages were cut when they were encoded.", valueName: "n"))
  var maxLength = 256

  @Option(
    help: ArgumentHelp("The words of a passage when they were encoded; see parlance encode.", valueName: "template"))
  var passageText = "{title} {text}"

  @Flag(help: "Take a passage encoder that is not known to be the student's.")
  var trustModel = false

  func validate() throws {
    if maxLength < 3 { throw ValidationError("expected --max-length of at least 3, found \(maxLength)") }
  }

  func run() async throws {
    let console = Console.standard
    let settings = EncoderSettings(maxLength: maxLength, passageText: try PassageText(passageText))
    let bar = ProgressBar(console)
    defer { bar.finish() }
    var passages: Checkpoint?
    if let model { passages = try await Checkpoint.open(model, bar) }
    let export = try StudentExport(
      student: try await Checkpoint.open(student, bar), passages: passages, settings: settings, trusted: trustModel)
    try export.write(to: out)
    bar.finish()
    switch export.layout {
    case .router: console.note("\(out) is a Router: SparseEncoder(\"\(out)\")")
    case .module:
      console.note("\(out) has a module of its own: SparseEncoder(\"\(out)\", trust_remote_code=True)")
    }
  }
}
