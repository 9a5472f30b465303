import ArgumentParser
import Diagnostics
import Identifiers
import LineFiles
import Reports
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

      Files of other engines name their terms: without --like or --vocabulary those of the file are the vocabulary. \
      Queries over the vocabulary of a collection may have terms that no passage has, which add nothing to any score: \
      --drop-unknown-terms leaves them out.

      Examples:
        parlance vectors import passages.npz --out passages.vectors
        parlance vectors import other.npz --ids other.ids \\
          --like passages.vectors --out other.vectors
        parlance vectors import other.jsonl --vocabulary vocab.txt \\
          --encoder my-splade --out other.vectors
        parlance vectors import index.ciff --like passages.vectors \\
          --out index.vectors
        parlance vectors import queries.jsonl --from seismic \\
          --like index.vectors --drop-unknown-terms --out queries.vectors
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

  @Flag(help: "JSON lines: leave out terms that the vocabulary does not have, and say how many those were.")
  var dropUnknownTerms = false

  /// Terms that were left out, and what is left of their vectors.
  private final class UnknownTerms {
    private(set) var count = 0
    private(set) var first: ExternalID?
    /// How many vectors had terms and have none left.
    private(set) var emptied = 0
    private var hasTerms = false
    /// Whether the vector that is being read had a term that was left out.
    private var isShort = false

    func drop(_ term: ExternalID) {
      count += 1
      first = first ?? term
      isShort = true
    }

    /// Takes note of what is left of a vector.
    func add(_ vector: SparseVector) {
      if !vector.isEmpty {
        hasTerms = true
      } else if isShort {
        emptied += 1
      }
      isShort = false
    }

    /// - Throws: `badInput` where no term is left of any vector: the vocabulary is another encoder's.
    func check(_ file: String) throws(ParlanceError) {
      guard let first, !hasTerms else { return }
      throw ParlanceError(
        .badInput,
        "expected terms of the vocabulary, it has none of this file's, \"\(first)\" the first; is it that of the same encoder?",
        at: .init(file: file))
    }
  }

  func run() throws {
    let interruption = Console.standard.interruption
    try OutputPath.check(output, isNoneOf: [file, identity.like, identity.vocabulary, ids])
    let known = try identity.read()
    try checkDropping(known)
    let bar = ProgressBar()
    defer { bar.finish() }
    if file.utf8.suffix(4).elementsEqual(".npz".utf8) {
      if format != nil {
        throw ParlanceError(.usage, "--from is for files of lines and of CIFF; an npz file is numpy's")
      }
      try checkMatrix(known)
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
    let unknown = dropUnknownTerms ? UnknownTerms() : nil
    let reader = try SparseVectorReader(
      path: file, vocabulary: pieces, unknown: unknown.map { $0.drop }, interruption: interruption)
    try write(known, pieces) { (writer: VectorsWriter) throws(ParlanceError) in
      while let (id, vector) = try reader.next() {
        do throws(ParlanceError) {
          try writer.append(id, vector)
        } catch {
          throw error.code == .badInput ? ParlanceError(error.code, error.message, at: reader.location) : error
        }
        unknown?.add(vector)
        if writer.count % 1024 == 0 {
          try interruption.check()
          bar.handler(Progress("importing", completed: writer.count, total: nil, unit: "vectors"))
        }
      }
      try unknown?.check(file)
    }
    bar.finish()
    Self.tell(unknown)
  }

  private func checkDropping(_ known: VectorIdentityOptions.Identity) throws(ParlanceError) {
    guard dropUnknownTerms else { return }
    if file.utf8.suffix(4).elementsEqual(".npz".utf8) || (format ?? EngineFormat(ofFile: file)) == .ciff {
      throw ParlanceError(.usage, "--drop-unknown-terms is for JSON lines; npz and ciff files have columns and lists")
    }
    guard known.vocabulary != nil else {
      throw ParlanceError(.usage, "--drop-unknown-terms needs the vocabulary: --like FILE.vectors or --vocabulary FILE")
    }
  }

  private static func tell(_ unknown: UnknownTerms?) {
    guard let unknown, let first = unknown.first else { return }
    Console.standard.note(
      "left out \(FixedDecimal.counted(unknown.count, "term")) that the vocabulary does not have, the first \"\(first)\""
    )
    if unknown.emptied > 0 {
      Console.standard.warn(
        "\(FixedDecimal.counted(unknown.emptied, "vector")) had no other terms; a query without terms finds nothing")
    }
  }

  private func checkMatrix(_ known: VectorIdentityOptions.Identity) throws(ParlanceError) {
    let own = try VectorsNpz.parts(of: file)
    guard own.vocabulary || known.vocabulary != nil else {
      throw ParlanceError(
        .usage, "the matrix does not name its columns: --like FILE.vectors or --vocabulary FILE", at: .init(file: file))
    }
    guard own.encoders || known.encoder != nil else { throw VectorIdentityOptions.missingEncoder }
  }

  private func importFile(
    of format: EngineFormat, _ known: VectorIdentityOptions.Identity, _ bar: ProgressBar
  ) throws {
    guard known.encoder != nil else { throw VectorIdentityOptions.missingEncoder }
    let interruption = Console.standard.interruption
    let input = try EngineInput(
      file, format, vocabulary: known.vocabulary, progress: bar.handler, interruption: interruption)
    let unknown = dropUnknownTerms ? UnknownTerms() : nil
    try write(known, input.vocabulary) { (writer: VectorsWriter) throws(ParlanceError) in
      try input.forEachVector(
        unknown: unknown.map { $0.drop }, progress: bar.handler, interruption: interruption
      ) { id, vector throws(ParlanceError) in
        try writer.append(id, vector)
        unknown?.add(vector)
      }
      try unknown?.check(file)
    }
    bar.finish()
    Self.tell(unknown)
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
