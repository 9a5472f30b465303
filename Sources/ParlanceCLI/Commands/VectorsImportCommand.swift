import ArgumentParser
import Diagnostics
import Identifiers
import LineFiles
import SparseVectors

/// `parlance vectors import`.
struct VectorsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a .vectors file of a scipy matrix (npz), of JSON lines, or of another engine's file.",
    discussion: """
      A file whose name ends with .npz is a scipy CSR matrix as save_npz writes it, anything else JSON lines in either
      spelling. What our own exports say about themselves is taken from them; for others, --like names a .vectors file of
      the same encoder, or --vocabulary and --encoder tell it. An encoder that is only a name is its own passage space:
      its vectors are compared with those of the same name.

      Files of other engines name their terms: without --like or --vocabulary those of the file are the vocabulary.

      Examples:
        parlance vectors import passages.npz --out passages.vectors
        parlance vectors import other.npz --ids other.ids \\
          --like passages.vectors --out other.vectors
        parlance vectors import other.jsonl --vocabulary vocab.txt \\
          --encoder my-splade --out other.vectors
        parlance vectors import index.ciff --like passages.vectors \\
          --out index.vectors
      """)

  @Argument(help: "An .npz file or JSON lines; - is standard input.")
  var file: String

  @Option(name: .customLong("out"), help: "The .vectors file.")
  var output: String

  @Option(
    name: .customLong("from"), help: "A format of another engine: ciff (told by the name as well), anserini or seismic."
  )
  var format: EngineFormat?

  @OptionGroup
  var identity: VectorIdentityOptions

  @Option(help: "The ids of a matrix's rows: one a line.")
  var ids: String?

  @Option(help: "How weights are kept: f32 or f16; by default as they come.")
  var weights: VectorWeights?

  func run() throws {
    let interruption = Console.standard.interruption
    try OutputPath.check(output, isNoneOf: [file, identity.like, identity.vocabulary, ids])
    let known = try identity.read()
    let bar = ProgressBar()
    defer { bar.finish() }
    if file.utf8.suffix(4).elementsEqual(".npz".utf8) {
      if format != nil {
        throw ParlanceError(.usage, "--from is for files of lines and of CIFF; an npz file is numpy's")
      }
      try VectorsNpz.import(
        file, to: output, ids: try ids.map(Self.readIDs), vocabulary: known.vocabulary, encoder: known.encoder,
        passageSpace: known.passageSpace, weightKind: weights?.kind, progress: bar.handler,
        interruption: interruption)
      return
    }
    if ids != nil { throw ParlanceError(.usage, "--ids is for npz files; JSON lines have their ids") }
    if let format = format ?? EngineFormat(ofFile: file) { return try importFile(of: format, known, bar) }
    guard let pieces = known.vocabulary else {
      throw ParlanceError(.usage, "JSON lines need the vocabulary: --like FILE.vectors or --vocabulary FILE")
    }
    let reader = try SparseVectorReader(path: file, vocabulary: pieces, interruption: interruption)
    try write(known, pieces) { (writer: VectorsWriter) throws(ParlanceError) in
      while let (id, vector) = try reader.next() {
        do throws(ParlanceError) {
          try writer.append(id, vector)
        } catch {
          throw error.code == .badInput ? ParlanceError(error.code, error.message, at: reader.location) : error
        }
        if writer.count % 1024 == 0 {
          try interruption.check()
          bar.handler(Progress("importing", completed: writer.count, total: nil, unit: "vectors"))
        }
      }
    }
  }

  private func importFile(
    of format: EngineFormat, _ known: VectorIdentityOptions.Identity, _ bar: ProgressBar
  ) throws {
    guard known.encoder != nil else { throw VectorIdentityOptions.missingEncoder }
    let interruption = Console.standard.interruption
    let input = try EngineInput(
      file, format, vocabulary: known.vocabulary, progress: bar.handler, interruption: interruption)
    try write(known, input.vocabulary) { (writer: VectorsWriter) throws(ParlanceError) in
      try input.forEachVector(progress: bar.handler, interruption: interruption) { id, vector throws(ParlanceError) in
        try writer.append(id, vector)
      }
    }
  }

  private func write(
    _ known: VectorIdentityOptions.Identity, _ vocabulary: Vocabulary,
    _ body: (VectorsWriter) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    guard let encoder = known.encoder else { throw VectorIdentityOptions.missingEncoder }
    let description = VectorsDescription(
      encoder: encoder, passageSpace: known.passageSpace, vocabulary: vocabulary,
      weightKind: weights?.kind ?? .float32)
    try VectorsWriter.write(output, description, body)
  }

  private static func readIDs(_ path: String) throws(ParlanceError) -> [ExternalID] {
    let lines = try LineReader(path: path)
    var ids: [ExternalID] = []
    while let id = try lines.nextString() { ids.append(ExternalID(id)) }
    return ids
  }
}
