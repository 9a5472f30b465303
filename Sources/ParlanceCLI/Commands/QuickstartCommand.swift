import ArgumentParser
import Diagnostics

struct QuickstartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quickstart",
    abstract: "The main job end to end: documents, vectors, index, search, a student, figures.",
    discussion: """
      Runs the other subcommands one after another and shows each command line before it runs, so that you can repeat \
      or change it. Nothing is done twice: what a run before left in the work folder is used when its input is the same.

      From the rewrites of the example conversations it teaches two small students, each on one half, and measures \
      each on the half that it has not seen: the row "student" of the table.

      The figures are of the example conversations on the demo documentation. They were written and judged for this \
      project and show that the parts work together; they are no evidence of how good a model is.

      Examples:
        parlance quickstart
        parlance quickstart --workdir /tmp/tour --documents ~/notes
        parlance quickstart --no-student
      """)

  @Option(help: ArgumentHelp("Where everything goes that is made.", valueName: "dir"))
  var workdir = "demo"

  @Option(help: ArgumentHelp("The SPLADE model: a folder, or hf:owner/name.", valueName: "model"))
  var model = ".deps/models/splade-tiny"

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Folders of documents; the demo's own documentation by default.", valueName: "dir"))
  var documents: [String] = [".deps/corpus"]

  @Option(
    help: ArgumentHelp(
      "Judged conversations on the documents. (default: \(JudgedExamples.standardFolder), where it is)",
      valueName: "dir"))
  var examples: String?

  @Flag(inversion: .prefixedNo, help: "Teach and train a student.")
  var student = true

  func run() async throws {
    try await Tour(workdir: workdir, model: model, documents: documents, examples: examples, trains: student).run()
  }
}
