public import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
public import InvertedIndex
import Reports
import Retrieval
import SparseEncoder

/// `parlance index build`.
struct IndexBuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Build an index from vectors, or from texts by a model or BM25.",
    discussion: """
      With --passages the texts and metadata are stored inside, compressed. The index takes effect in one step at the \
      end: an index that was there before stays in use until then, and after a failure.

      Weights: u8 keeps one byte a posting (each weight to the nearest 1/255 of its term's greatest within a range of \
      passages), f16 two, f32 four. Search is exact over what is kept.

      A build that was killed or interrupted goes on when the same command is given again, and gives the same bytes: ranges \
      of postings that were written are kept, and texts where all were stored. Files that changed in between begin it anew, \
      as --restart does.

      With --model the passages are encoded on the way. Their vectors are kept in the folder until the index is built, so \
      that this goes on as well, with another --memory or --weights, too, and not beyond: who wants them again encodes \
      them first, by parlance encode.

      Examples:
        parlance index build --vectors passages.vectors \\
          --passages passages.jsonl --out index
        parlance index build --vectors a.vectors b.vectors \\
          --weights f32 --out index
        parlance index build --model DIR --passages passages.jsonl --out index
        parlance index build --bm25 --passages passages.jsonl.gz --out bm25-index
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Vectors of the passages, by parlance encode.", valueName: "file"))
  var vectors: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Texts of the passages, one JSON object a line.", valueName: "file"))
  var passages: [String] = []

  @Option(
    help: ArgumentHelp(
      "Encode the passages with this model: a folder, or hf:owner/name[@revision].", valueName: "model"))
  var model: String?

  @Option(name: .customLong("out"), help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var output: String

  @Option(help: "How weights are kept: u8, f16 or f32 (default: u8, f32 with --bm25).")
  var weights: StoredWeights?

  @Flag(name: .customLong("bm25"), help: "Weigh the words of the passages by BM25; needs no model.")
  var isBM25 = false

  @Option(help: "BM25: how quickly further occurrences of a word stop to count. (default: 0.9)")
  var k1: Double?

  @Option(help: "BM25: how much longer passages are held back, from 0 to 1. (default: 0.4)")
  var b: Double?

  @Option(help: "BM25: what becomes of the endings of words, porter or none. (default: porter)")
  var stemmer: TextAnalyzer.Stemmer?

  @Option(help: "BM25: which words do not count, english or none. (default: english)")
  var stopWords: TextAnalyzer.StopWords?

  @Flag(help: "Begin anew what an earlier build of the same files left unfinished.")
  var restart = false

  @Flag(help: "Only say what the build would take; with --vectors.")
  var dryRun = false

  @Flag(help: "Print what was built as JSON.")
  var json = false

  @OptionGroup
  var memory: BuildMemory

  @OptionGroup(title: "Encoding")
  var encoding: EncodingOptions

  func validate() throws {
    guard [isBM25, model != nil, !vectors.isEmpty].count(where: \.self) == 1 else {
      throw ValidationError("expected one of --vectors, --model with --passages, or --bm25 with --passages")
    }
    if vectors.isEmpty, passages.isEmpty || passages.contains(where: { $0 == "-" || FileNames.isStream($0) }) {
      throw ValidationError("--model and --bm25 need --passages with files, which are read twice; a pipe cannot be")
    }
    if !isBM25, k1 != nil || b != nil || stemmer != nil || stopWords != nil {
      throw ValidationError("--k1, --b, --stemmer and --stop-words go with --bm25")
    }
    try encoding.checkModel(model, trustsModel: false)
    if dryRun, vectors.isEmpty { throw ValidationError("--dry-run goes with --vectors") }
  }

  func run() async throws {
    if isBM25 {
      try buildBM25()
    } else if let model {
      try await build(with: model)
    } else {
      try buildFromVectors()
      if dryRun { return }
    }
    try IndexInfoCommand.show(InvertedIndex(path: output), asJSON: json)
  }

  private func buildFromVectors() throws {
    let console = Console.standard
    let files = try VectorsFiles(paths: vectors)
    if files.count == 0 { throw Self.noPassages(vectors) }
    var builder = IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary)
    builder.keptTerms = files.keptTerms
    builder.inputs = BuildInputs(vectors: vectors, texts: passages)
    builder.restarts = restart
    memory.apply(to: &builder.configuration)
    if let weights { builder.configuration.weights = weights }
    let estimate = builder.estimate(
      passages: files.count, postings: files.termCount, textBytes: builder.inputs?.textBytes ?? 0)
    guard !(dryRun && json) else { return try console.print(json: estimate.json) }
    estimate.tell()
    if dryRun { return }
    let bar = ProgressBar()
    defer { bar.finish() }
    try builder.build(
      files, texts: passages.isEmpty ? nil : PassageSource(files: passages), at: output, progress: bar.handler,
      interruption: console.interruption)
  }

  private func build(with model: String) async throws {
    let console = Console.standard
    var job = IndexingJob(passages: passages, path: output)
    memory.apply(to: &job.configuration)
    if let weights { job.configuration.weights = weights }
    job.restarts = restart
    let count: Int
    do {
      let bar = ProgressBar()
      defer { bar.finish() }
      count = try job.check(progress: bar.handler, interruption: console.interruption)
      if count == 0 { throw Self.noPassages(passages) }
    }
    let encoder = try await encoding.open(model)
    let bar = ProgressBar()
    defer { bar.finish() }
    let summary: IndexingJob.Summary
    do throws(ParlanceError) {
      summary = try await job.run(
        with: encoder, checked: count, progress: bar.handler, interruption: console.interruption)
    } catch {
      bar.finish()
      if error.code == .interrupted { console.note(Self.goesOn) }
      throw error
    }
    bar.finish()
    summary.tell(encoder)
  }

  private func buildBM25() throws {
    var builder = BM25IndexBuilder()
    if let k1 { builder.bm25.k1 = k1 }
    if let b { builder.bm25.b = b }
    builder.bm25.analyzer = TextAnalyzer(stopWords: stopWords ?? .english, stemmer: stemmer ?? .porter)
    if try PassageSource(files: passages).next() == nil { throw Self.noPassages(passages) }
    builder.inputs = BuildInputs(vectors: [], texts: passages)
    builder.restarts = restart
    memory.apply(to: &builder.configuration)
    if let weights { builder.configuration.weights = weights }
    let bar = ProgressBar()
    defer { bar.finish() }
    try builder.build(
      at: output, progress: bar.handler, interruption: Console.standard.interruption
    ) { () throws(ParlanceError) in try PassageSource(files: passages) }
  }
}

extension IndexBuildCommand {
  static let goesOn = "what is encoded is kept: the same command goes on from there"

  /// An index of nothing would take the place of one that is there, for want of input that failed to come.
  private static func noPassages(_ files: [String]) -> ParlanceError {
    ParlanceError(
      .badInput, "expected passages, there \(files.count == 1 ? "is none in this file" : "is none in these files")",
      at: files.first.map { .init(file: $0) })
  }
}

extension IndexingJob.Summary {
  /// Says what there is to know beside that it went well.
  func tell(_ encoder: SparseEncoder) {
    let console = Console.standard
    if resumed > 0 { console.note("\(FixedDecimal.grouped(resumed)) passages were encoded already") }
    if truncated > 0 {
      console.note("\(FixedDecimal.grouped(truncated)) passages were cut at \(encoder.maxLength) tokens")
    }
    if let firstEmpty {
      console.warn(
        "\(FixedDecimal.grouped(empty)) passages have no term at all and are never found, \(firstEmpty) among them")
    }
  }
}

extension StoredWeights: ExpressibleByArgument {}
extension TextAnalyzer.Stemmer: ExpressibleByArgument {}
extension TextAnalyzer.StopWords: ExpressibleByArgument {}
