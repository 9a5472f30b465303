import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import InvertedIndex
import SparseVectors

/// `parlance index import`.
struct IndexImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Build an index of what another engine wrote.",
    discussion: """
      The format is told by --from, or is ciff where the file's name ends with .ciff or .ciff.gz. Terms are names: --like \
      and --vocabulary say which there are, otherwise those of the file are the vocabulary. Queries are to come from the \
      encoder that is named, and over the same vocabulary.

      Weights stay as they are, by default: impacts are whole numbers and u8 would round them by the scale of each term.

      Examples:
        parlance index import index.ciff --like passages.vectors --out index
        parlance index import docs.jsonl --from seismic \\
          --encoder my-splade --out index
      """)

  @Argument(help: "A file; gzip is unpacked.")
  var file: String

  @Option(name: .customLong("from"), help: "ciff, anserini or seismic.")
  var format: EngineFormat?

  @Option(name: .customLong("out"), help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var output: String

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Texts of the passages.", valueName: "file"))
  var passages: [String] = []

  @Option(help: "How weights are kept: u8, f16 or f32.")
  var weights = StoredWeights.f32

  @OptionGroup(title: "What the vectors are")
  var identity: VectorIdentityOptions

  func run() throws {
    guard let format = format ?? EngineFormat(ofFile: file) else {
      throw ParlanceError(.usage, "expected --from ciff, anserini or seismic", at: .init(file: file))
    }
    let console = Console.standard
    let known = try identity.read()
    guard let encoder = known.passageSpace ?? known.encoder else { throw VectorIdentityOptions.missingEncoder }
    let bar = ProgressBar()
    defer { bar.finish() }
    let input = try EngineInput(
      file, format, vocabulary: known.vocabulary, progress: bar.handler, interruption: console.interruption)
    var configuration = IndexConfiguration()
    configuration.weights = weights
    let writer = try IndexWriter(
      path: output, passageSpace: encoder, vocabulary: input.vocabulary, configuration: configuration)
    var count = 0
    try input.forEachVector(progress: bar.handler, interruption: console.interruption) {
      id, vector throws(ParlanceError) in
      try writer.append(id, vector)
      count += 1
    }
    if count == 0 {
      // An index of nothing would take the place of one that is there.
      throw ParlanceError(.badInput, "expected passages, there is none in this file", at: .init(file: file))
    }
    try writer.finish(
      texts: passages.isEmpty ? nil : PassageSource(files: passages), progress: bar.handler,
      interruption: console.interruption)
    bar.finish()
    try IndexInfoCommand.show(InvertedIndex(path: output), asJSON: false)
  }
}
