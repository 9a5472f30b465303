import ArgumentParser
import BinaryFiles
import Diagnostics
import Identifiers
import LineFiles
import SparseVectors

/// `parlance vectors`: what a `.vectors` file says, and to and from the formats of other tools.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Describe, export and import files of sparse vectors.",
    discussion: """
      Examples:
        parlance vectors info passages.vectors
        parlance vectors export passages.vectors --to npz --out passages.npz
        parlance vectors import passages.npz --out passages.vectors
      """,
    subcommands: [VectorsInfoCommand.self, VectorsExportCommand.self, VectorsImportCommand.self])
}

/// `parlance vectors info`.
struct VectorsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tell who made the vectors of a file, how many there are and how dense they are.",
    discussion: """
      With --verify every byte is checked; a damaged file ends with exit code 65.

      Examples:
        parlance vectors info passages.vectors
        parlance vectors info passages.vectors --verify --json
      """)

  @Argument(help: "A .vectors file.")
  var file: String

  @Flag(help: "Check every byte of the file.")
  var verify = false

  @Flag(help: "Print one JSON document.")
  var json = false

  struct Answer: Encodable {
    struct Encoder: Encodable {
      var digest: String
      var name: String
    }

    var file: String
    var vectors: Int
    var weights: Int
    var weightKind: String
    var keptTerms: Int?
    var bytes: Int
    var encoder: Encoder
    var passageSpace: Encoder
    var vocabulary: Int
    var vocabularyDigest: String
    var idDigest: String
    var verified: Bool
  }

  func run() throws {
    let console = Console.standard
    let vectors = try VectorsFile(path: file)
    if verify {
      let bar = ProgressBar()
      defer { bar.finish() }
      try vectors.verify(progress: bar.handler, interruption: console.interruption)
    }
    let description = vectors.description
    let answer = Answer(
      file: file, vectors: vectors.count, weights: vectors.termCount,
      weightKind: description.weightKind == .float16 ? "f16" : "f32", keptTerms: description.keptTerms,
      bytes: vectors.byteCount,
      encoder: .init(digest: description.encoder.digest, name: description.encoder.name),
      passageSpace: .init(digest: description.passageSpace.digest, name: description.passageSpace.name),
      vocabulary: description.vocabulary.count, vocabularyDigest: description.vocabulary.digest,
      idDigest: vectors.idDigest.hexadecimal, verified: verify)
    if json { return try console.print(json: answer) }
    let density = vectors.count == 0 ? 0 : Double(vectors.termCount) / Double(vectors.count)
    try console.print("vectors        \(vectors.count), \((density * 10).rounded() / 10) terms each on average")
    try console.print("weights        \(answer.weightKind), \(vectors.termCount) in all, \(answer.bytes) bytes")
    if let kept = description.keptTerms { try console.print("terms kept     the \(kept) heaviest of each vector") }
    try console.print("encoder        \(description.encoder)")
    try console.print("passage space  \(description.passageSpace)")
    try console.print(
      "vocabulary     \(description.vocabulary.count) pieces (\(description.vocabulary.digest.prefix(12)))")
    try console.print("ids            \(vectors.idDigest.hexadecimal.prefix(12))")
    if verify { try console.print("checked        every byte is as it was written") }
  }
}

/// `parlance vectors export`.
struct VectorsExportCommand: ParsableCommand {
  enum Target: String, ExpressibleByArgument, CaseIterable {
    case npz
    case jsonl
  }

  enum Spelling: String, ExpressibleByArgument, CaseIterable {
    case pieces
    case indices
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write vectors as a scipy matrix (npz) or as JSON lines.",
    discussion: """
      npz: scipy.sparse.load_npz reads the matrix; numpy.load(...)["ids"] has the ids of its rows and ["pieces"] the \
      vocabulary. jsonl: {"id", "vector": {piece: weight}}, or with --spelling indices {"id", "indices", "values"}.

      Examples:
        parlance vectors export passages.vectors --to npz --out passages.npz
        parlance vectors export queries.vectors --to jsonl --out - | head -1
      """)

  @Argument(help: "A .vectors file.")
  var file: String

  @Option(name: .customLong("to"), help: "npz or jsonl.")
  var target: Target

  @Option(name: .customLong("out"), help: "Where it goes; for jsonl - is standard output, .gz packs.")
  var output: String

  @Option(help: "How jsonl names terms: pieces or indices.")
  var spelling = Spelling.pieces

  func run() throws {
    let interruption = Console.standard.interruption
    try OutputPath.check(output, isNoneOf: [file])
    let vectors = try VectorsFile(path: file)
    let bar = ProgressBar()
    defer { bar.finish() }
    switch target {
    case .npz:
      if output == "-" { throw ParlanceError(.usage, "an npz file needs a name (--out FILE); it cannot be a stream") }
      try FreeSpace.check(vectors.byteCount, for: output)
      try VectorsNpz.export(vectors, to: output, progress: bar.handler, interruption: interruption)
    case .jsonl:
      let writer = try SparseVectorWriter(
        path: output, vocabulary: vectors.description.vocabulary, spelling: spelling == .pieces ? .pieces : .indices)
      for position in 0..<vectors.count {
        try writer.write(try vectors.id(at: position), try vectors.vector(at: position))
        if position % 1024 == 0 {
          try interruption.check()
          bar.handler(Progress("exporting", completed: position, total: vectors.count, unit: "vectors"))
        }
      }
      try writer.finish()
    }
  }
}

/// `parlance vectors import`.
struct VectorsImportCommand: ParsableCommand {
  enum Weights: String, ExpressibleByArgument, CaseIterable {
    case f32
    case f16

    var kind: VectorsDescription.WeightKind { self == .f32 ? .float32 : .float16 }
  }

  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a .vectors file of a scipy matrix (npz) or of JSON lines.",
    discussion: """
      A file whose name ends with .npz is a scipy CSR matrix as save_npz writes it, anything else JSON lines in either
      spelling. What our own exports say about themselves is taken from them; for others, --like names a .vectors file of
      the same encoder, or --vocabulary and --encoder tell it. An encoder that is only a name is its own passage space:
      its vectors are compared with those of the same name.

      Examples:
        parlance vectors import passages.npz --out passages.vectors
        parlance vectors import other.npz --ids other.ids \\
          --like passages.vectors --out other.vectors
        parlance vectors import other.jsonl --vocabulary vocab.txt \\
          --encoder my-splade --out other.vectors
      """)

  @Argument(help: "An .npz file or JSON lines; - is standard input.")
  var file: String

  @Option(name: .customLong("out"), help: "The .vectors file.")
  var output: String

  @Option(help: "A .vectors file of the same encoder: its encoder, passage space and vocabulary are taken.")
  var like: String?

  @Option(help: "The vocabulary: one piece a line, the first being term 0.")
  var vocabulary: String?

  @Option(help: "A name for the encoder.")
  var encoder: String?

  @Option(help: "The ids of a matrix's rows: one a line.")
  var ids: String?

  @Option(help: "How weights are kept: f32 or f16; by default as they come.")
  var weights: Weights?

  func run() throws {
    let interruption = Console.standard.interruption
    if like != nil, vocabulary != nil || encoder != nil {
      throw ParlanceError(.usage, "--like says what --vocabulary and --encoder say; give one or the other")
    }
    try OutputPath.check(output, isNoneOf: [file, like, vocabulary, ids])
    let model = try like.map { path throws(ParlanceError) in try VectorsFile(path: path).description }
    var pieces = model?.vocabulary
    if let vocabulary { pieces = try Vocabulary(readingFrom: vocabulary) }
    let named = encoder.map {
      EncoderIdentity(digest: SHA256.digest(of: Array("an encoder named \($0)".utf8)).hexadecimal, name: $0)
    }
    let bar = ProgressBar()
    defer { bar.finish() }
    if file.utf8.suffix(4).elementsEqual(".npz".utf8) {
      try VectorsNpz.import(
        file, to: output, ids: try ids.map(Self.readIDs), vocabulary: pieces, encoder: model?.encoder ?? named,
        passageSpace: model?.passageSpace, weightKind: weights?.kind, progress: bar.handler,
        interruption: interruption)
      return
    }
    if ids != nil { throw ParlanceError(.usage, "--ids is for npz files; JSON lines have their ids") }
    guard let pieces else {
      throw ParlanceError(.usage, "JSON lines need the vocabulary: --like FILE.vectors or --vocabulary FILE")
    }
    guard let maker = model?.encoder ?? named else {
      throw ParlanceError(.usage, "JSON lines need the encoder: --like FILE.vectors or --encoder NAME")
    }
    let reader = try SparseVectorReader(path: file, vocabulary: pieces, interruption: interruption)
    let description = VectorsDescription(
      encoder: maker, passageSpace: model?.passageSpace, vocabulary: pieces, weightKind: weights?.kind ?? .float32)
    try VectorsWriter.write(output, description) { (writer: VectorsWriter) throws(ParlanceError) in
      while let (id, vector) = try reader.next() {
        do throws(ParlanceError) {
          try writer.append(id, vector)
        } catch {
          throw error.code == .badInput ? ParlanceError(error.code, error.message, at: reader.lines.location) : error
        }
        if writer.count % 1024 == 0 {
          try interruption.check()
          bar.handler(Progress("importing", completed: writer.count, total: nil, unit: "vectors"))
        }
      }
    }
  }

  private static func readIDs(_ path: String) throws(ParlanceError) -> [ExternalID] {
    let lines = try LineReader(path: path)
    var ids: [ExternalID] = []
    while let id = try lines.nextString() { ids.append(ExternalID(id)) }
    return ids
  }
}
