import ArgumentParser
import Conversations
import Diagnostics
import Evaluation
import Reports
import SparseEncoder
import SparseVectors
import Synchronization
import WordPiece

struct BenchEncodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Passages a second, and the latency of single queries.",
    discussion: """
      Without --passages the texts are made of pieces of the model's vocabulary, of 20 to 250 tokens, always the same ones.

      Examples:
        parlance bench encode --model DIR
        parlance bench encode --model DIR --passages passages.jsonl \\
          --count 2000 --threads 1 --json
      """)

  @OptionGroup
  var model: ModelOptions

  @Option(help: ArgumentHelp("Passages to encode instead of made-up ones.", valueName: "file"))
  var passages: String?

  @Option(help: "How many passages to encode.")
  var count = 500

  @Option(help: "How often each query is encoded.")
  var repetitions = 30

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if count < 1 || repetitions < 1 { throw ValidationError("--count and --repetitions must be at least 1") }
  }

  /// `--json`
  struct Result: Encodable {
    struct Latency: Encodable {
      var tokens: Int
      var p50Milliseconds: Double
      var p95Milliseconds: Double

      /// - Parameter times: milliseconds; `nil` where there are none.
      init?(tokens: Int, _ times: [Double]) {
        guard let found = times.percentiles([0.5, 0.95]) else { return nil }
        self.tokens = tokens
        (p50Milliseconds, p95Milliseconds) = (found[0], found[1])
      }
    }

    var model: String
    var passages: Int
    var tokens: Int
    var seconds: Double
    var passagesPerSecond: Double
    var tokensPerSecond: Double
    var queries: [Latency]
    /// The instructions that screen; none where every logit is computed.
    var screening: String?
    var survivorsPerToken: Double?
    var standsDown: Bool
  }

  func run() async throws {
    let encoder = try await model.open()
    let reading = QueryReading(encoder, form: nil, formMatters: false, maxLength: model.encoding.maxLength)
    if let note = reading.note { Console.standard.note(note) }
    let longest = reading.maxLength ?? encoder.maxLength
    let texts = try passages.map { path in try read(path, encoder) } ?? made(encoder)
    // The first batches pay for loading.
    _ = try await encoder.encode(Array(texts.prefix(32)))

    let clock = ContinuousClock()
    let bar = ProgressBar()
    let position = Mutex(0)
    var tokens = 0
    let start = clock.now
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) -> String? in
        let index = position.withLock { position in
          defer { position += 1 }
          return position
        }
        return index < texts.count ? texts[index] : nil
      }, text: { $0 }, total: texts.count, progress: bar.handler, interruption: Console.standard.interruption
    ) { _, encoded throws(ParlanceError) in tokens += encoded.tokenCount }
    let seconds = (clock.now - start).seconds
    bar.finish()

    var latencies: [Result.Latency] = []
    for length in [16, 64, 256] + (longest > 256 ? [longest] : []) where length <= longest {
      let text = Self.words(of: encoder, count: length - encoder.tokenizer.specialTokenCount(), seed: 7)
      var times: [Double] = []
      for _ in 0..<repetitions + 3 {
        try Console.standard.interruption.check()
        let begin = clock.now
        _ = try await encoder.encode(query: text)
        times.append((clock.now - begin).milliseconds)
      }
      if let latency = Result.Latency(tokens: length, Array(times.dropFirst(3))) { latencies.append(latency) }
    }
    let screening = encoder.screening
    try show(
      Result(
        model: encoder.identity.name, passages: texts.count, tokens: tokens, seconds: seconds,
        passagesPerSecond: Double(texts.count) / seconds, tokensPerSecond: Double(tokens) / seconds,
        queries: latencies, screening: screening?.kernel, survivorsPerToken: screening?.survivorsPerToken,
        standsDown: screening?.standsDown ?? false), encoder)
  }

  private func show(_ result: Result, _ encoder: SparseEncoder) throws {
    let console = Console.standard
    if json { return try console.print(json: result) }
    try console.print(
      "\(result.model): \(FixedDecimal.text(result.passagesPerSecond, digits: 1)) passages/s, "
        + "\(FixedDecimal.grouped(Int(result.tokensPerSecond))) tokens/s "
        + "(\(FixedDecimal.grouped(result.passages)) passages of "
        + "\(FixedDecimal.text(Double(result.tokens) / Double(result.passages), digits: 1)) tokens)")
    for latency in result.queries {
      try console.print(
        "a query of \(latency.tokens) tokens: \(FixedDecimal.text(latency.p50Milliseconds, digits: 2)) ms, "
          + "95 % within \(FixedDecimal.text(latency.p95Milliseconds, digits: 2)) ms")
    }
    try console.print(SampleText.describe(encoder.screening, vocabulary: encoder.vocabulary.count))
  }

  private func read(_ path: String, _ encoder: SparseEncoder) throws(ParlanceError) -> [String] {
    let reader = try PassageReader(path: path)
    var texts: [String] = []
    while texts.count < count, let passage = try reader.next() {
      texts.append(encoder.settings.passageText.words(of: passage))
    }
    guard !texts.isEmpty else {
      throw ParlanceError(.badInput, "expected at least one passage, found none", at: .init(file: path))
    }
    return texts
  }

  private func made(_ encoder: SparseEncoder) -> [String] {
    (0..<count).map { Self.words(of: encoder, count: 18 + $0 * 7919 % 231, seed: UInt64($0)) }
  }

  /// Words that are one token each, drawn from the vocabulary.
  private static func words(of encoder: SparseEncoder, count: Int, seed: UInt64) -> String {
    let pieces = encoder.tokenizer.pieces.filter { piece in
      piece.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } && !piece.isEmpty
    }
    guard !pieces.isEmpty else { return "" }
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return pieces[Int(state >> 33) % pieces.count]
    }.joined(separator: " ")
  }
}
