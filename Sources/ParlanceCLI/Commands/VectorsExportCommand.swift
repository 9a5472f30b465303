import ArgumentParser
import BinaryFiles
import Diagnostics
import Identifiers
import Interchange
import InvertedIndex
import SparseVectors

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
