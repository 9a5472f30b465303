import ArgumentParser
import BinaryFiles
import Diagnostics
import Identifiers
import Interchange
import InvertedIndex
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
        parlance vectors export passages.vectors --to ciff --out passages.ciff
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
    case ciff
    case anserini
    case anseriniTopics = "anserini-topics"
    case seismic
  }

  enum Spelling: String, ExpressibleByArgument, CaseIterable {
    case pieces
    case indices
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write vectors as a scipy matrix (npz), as JSON lines, or for other engines.",
    discussion: """
      npz: scipy.sparse.load_npz reads the matrix; numpy.load(...)["ids"] has the ids of its rows and ["pieces"] the \
      vocabulary. jsonl: {"id", "vector": {piece: weight}}, or with --spelling indices {"id", "indices", "values"}.

      ciff: the Common Index File Format, for PISA, BMP and others. anserini: JSON lines for its JsonVectorCollection; \
      anserini-topics: queries for it. seismic: JSON lines with the weights as they are, for passages and queries. ciff \
      and anserini have whole numbers: weights are multiplied with one scale and rounded, which is said.

      Examples:
        parlance vectors export passages.vectors --to npz --out passages.npz
        parlance vectors export queries.vectors --to jsonl --out - | head -1
        parlance vectors export passages.vectors --to anserini --out json/part.jsonl
        parlance vectors export queries.vectors --to anserini-topics \\
          --scale 100 --out topics.tsv
      """)

  @Argument(help: "A .vectors file.")
  var file: String

  @Option(name: .customLong("to"), help: "npz, jsonl, ciff, anserini, anserini-topics or seismic.")
  var target: Target

  @Option(name: .customLong("out"), help: "Where it goes; .gz packs and - is standard output, but for npz.")
  var output: String

  @Option(help: "How jsonl names terms: pieces or indices. (default: pieces)")
  var spelling: Spelling?

  @OptionGroup(title: "Whole numbers")
  var impacts: ImpactOptions

  func validate() throws {
    try impacts.check(for: target.rawValue, isWhole: [.ciff, .anserini, .anseriniTopics].contains(target))
    if spelling != nil, target != .jsonl { throw ValidationError("--spelling goes with --to jsonl") }
  }

  func run() throws {
    let interruption = Console.standard.interruption
    try OutputPath.check(output, isNoneOf: [file])
    let vectors = try VectorsFile(path: file)
    if let format = EngineFormat(rawValue: target.rawValue) {
      try format.write(
        vectors, vectors.description.vocabulary, impacts,
        description: "Parlance, vectors of \(vectors.description.encoder.name)", to: output)
      return
    }
    let bar = ProgressBar()
    defer { bar.finish() }
    switch target {
    case .ciff, .anserini, .seismic: break
    case .anseriniTopics:
      let vocabulary = vectors.description.vocabulary
      let survey = try VectorSurvey(
        of: vectors, vocabularySize: vocabulary.count, progress: bar.handler, interruption: interruption)
      let scale = try impacts.scale(for: survey)
      try LinesExport(.anserini, vocabulary: vocabulary, scale: scale).writeTopics(
        vectors, to: output, progress: bar.handler, interruption: interruption)
      bar.finish()
      EngineFormat.tell(scale, survey)
    case .npz:
      if output == "-" { throw ParlanceError(.usage, "an npz file needs a name (--out FILE); it cannot be a stream") }
      try FreeSpace.check(vectors.byteCount + idBytes(of: vectors), for: output)
      try VectorsNpz.export(vectors, to: output, progress: bar.handler, interruption: interruption)
    case .jsonl:
      let writer = try SparseVectorWriter(
        path: output, vocabulary: vectors.description.vocabulary, spelling: spelling == .indices ? .indices : .pieces)
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

extension VectorsExportCommand {
  /// What the ids take as numpy has them: each in the room of the longest, four bytes a character.
  private func idBytes(of vectors: VectorsFile) throws(ParlanceError) -> Int {
    var longest = 1
    for position in 0..<vectors.count {
      longest = max(longest, try vectors.id(at: position).string.unicodeScalars.count)
    }
    return 4 * longest * vectors.count
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
  var weights: Weights?

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
          throw error.code == .badInput ? ParlanceError(error.code, error.message, at: reader.lines.location) : error
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
