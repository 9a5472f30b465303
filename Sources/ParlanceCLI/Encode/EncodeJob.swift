import BinaryFiles
import Checkpoints
import Conversations
import Diagnostics
import Identifiers
import Reports
import SparseEncoder
import SparseVectors

/// One run of `encode`: looks at everything that can be looked at first, then encodes.
struct EncodeJob {
  private let command: EncodeCommand
  private let console = Console.standard

  init(_ command: EncodeCommand) {
    self.command = command
  }

  /// What came out, for the summary.
  private struct Tally {
    var texts = 0
    var tokens = 0
    var terms = 0
    var truncated = 0
    var empty: [ExternalID] = []
    var resumed = 0

    mutating func add(_ id: ExternalID, _ encoded: EncodedText) {
      texts += 1
      tokens += encoded.tokenCount
      terms += encoded.vector.count
      if encoded.isTruncated { truncated += 1 }
      if encoded.vector.isEmpty { empty.append(id) }
    }
  }

  private var isQueries: Bool { command.conversations != nil }
  private var unit: String { isQueries ? "queries" : "passages" }
  /// Whether the input can be read only once: standard input, a pipe, a process substitution.
  private var readsStream: Bool {
    (command.passages + [command.conversations].compactMap(\.self)).contains { $0 == "-" || !isOrdinary($0) }
  }

  /// A file that is not there counts as one: the reader says so best.
  private func isOrdinary(_ path: String) -> Bool {
    FileNames.isOrdinaryFile(path) || !FileNames.exists(path)
  }

  func run() async throws {
    var timings = Timings()
    let text = try command.model.encoding.passageWords()
    try OutputPath.check(command.target, isNoneOf: command.passages + [command.conversations, command.rewrites])
    let total = readsStream ? nil : try countAndCheckInput()
    if command.chosenFormat == .vectors { try checkOutput(count: total ?? 0) }
    timings.mark("check")
    let encoder = try await command.model.open()
    if !isQueries { try encoder.checkEncodesPassages() }
    try encoder.prepare(for: isQueries ? .query : .passage)
    timings.mark("model")
    let reading = QueryReading(encoder, form: command.form, maxLength: command.model.encoding.maxLength)
    if isQueries, let note = reading.note { console.note(note) }
    let input = try EncodeInput(command, form: reading.form, interruption: console.interruption) {
      text.words(of: $0)
    }

    let clock = ContinuousClock()
    let start = clock.now
    let tally: Tally
    switch command.chosenFormat {
    case .vectors: tally = try await writeVectors(encoder, input, total: total)
    case .jsonl: tally = try await writeLines(encoder, input, total: total)
    }
    timings.mark("encode")
    try report(tally, encoder, reading, seconds: (clock.now - start).seconds, timings)
  }

  /// Reads everything once, so that a bad line is found before hours of work.
  private func countAndCheckInput() throws(ParlanceError) -> Int? {
    // The filter shows each line's result before it looks at the next.
    if command.chosenFormat == .jsonl { return nil }
    let bar = ProgressBar(console)
    defer { bar.finish() }
    guard isQueries else {
      return try PassageSource.check(
        files: command.passages, progress: bar.handler, interruption: console.interruption)
    }
    let input = try EncodeInput(command, form: command.chosenForm, interruption: console.interruption) { _ in "" }
    var count = 0
    while try input.next() != nil {
      count += 1
      if count.isMultiple(of: 4096) {
        try console.interruption.check()
        bar.handler(Progress("reading", completed: count, total: nil, unit: unit))
      }
    }
    return count
  }

  /// About 150 terms a passage; an estimate from above for the disk.
  private func checkOutput(count: Int) throws(ParlanceError) {
    let bytesOfTerm = command.weights == .f32 ? 8 : 6
    try FreeSpace.check(count * (200 * bytesOfTerm + 64), for: command.target)
  }

  private func writeVectors(
    _ encoder: SparseEncoder, _ input: EncodeInput, total: Int?
  ) async throws(ParlanceError) -> Tally {
    let description = VectorsDescription(
      encoder: isQueries ? encoder.identity : encoder.passageIdentity,
      passageSpace: isQueries ? encoder.passageSpace : nil, vocabulary: encoder.vocabulary,
      weightKind: command.weights.kind, keptTerms: command.keepTerms)
    let writer = try VectorsWriter(path: command.target, description: description, resuming: !command.restart)
    var tally = Tally()
    tally.resumed = writer.resumedCount
    var words = try EncodedWords(for: command.target, resumed: writer.resumedCount)
    if writer.resumedCount > 0 {
      console.note("going on after \(FixedDecimal.grouped(writer.resumedCount)) \(unit) that are encoded already")
      for position in 0..<writer.resumedCount {
        guard let item = try input.next() else {
          throw ParlanceError(
            .badInput,
            "expected at least \(writer.resumedCount) \(unit), as many as are encoded already; found \(position). "
              + "Are these the files that it was begun with? --restart begins again",
            at: .init(file: VectorsWriter.partialPath(for: command.target)))
        }
        try writer.check(item.id, at: position)
        try words.add(item, isThere: true)
      }
      try words.checkResumed()
    }
    do throws(ParlanceError) {
      try await encode(encoder, input, total: total, resumed: writer.resumedCount, window: .full) {
        item, encoded throws(ParlanceError) in
        try words.add(item, isThere: false)
        do throws(ParlanceError) {
          try writer.append(item.id, encoded.vector)
        } catch {
          throw error.code == .badInput ? ParlanceError(error.code, error.message, at: item.location) : error
        }
        tally.add(item.id, encoded)
      }
    } catch {
      if error.code == .interrupted {
        console.note("what is encoded is kept: the same command goes on from there")
      }
      throw error
    }
    try writer.finish()
    words.remove()
    return tally
  }

  private func writeLines(
    _ encoder: SparseEncoder, _ input: EncodeInput, total: Int?
  ) async throws(ParlanceError) -> Tally {
    let writer = try SparseVectorWriter(path: command.target, vocabulary: encoder.vocabulary)
    var tally = Tally()
    do throws(ParlanceError) {
      try await encode(
        encoder, input, total: total, resumed: 0, window: readsStream ? .asAvailable : .full
      ) { item, encoded throws(ParlanceError) in
        try writer.write(item.id, encoded.vector)
        if command.target == "-" { try writer.flush() }
        tally.add(item.id, encoded)
      }
    } catch {
      // On a stream nothing before the failure is lost; a file is not left half.
      if command.target == "-" { try writer.finish() }
      throw error
    }
    try writer.finish()
    return tally
  }

  private func encode(
    _ encoder: SparseEncoder, _ input: EncodeInput, total: Int?, resumed: Int, window: EncodeWindow,
    to receive: (EncodeInput.Item, EncodedText) throws(ParlanceError) -> Void
  ) async throws(ParlanceError) {
    let bar = ProgressBar(console)
    defer { bar.finish() }
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) in try input.next() }, text: { $0.words }, side: isQueries ? .query : .passage,
      window: window, total: total, completed: resumed, progress: bar.handler, interruption: console.interruption
    ) { item, encoded throws(ParlanceError) in
      var kept = encoded
      if let count = command.keepTerms { kept.vector = encoded.vector.keepingHeaviest(count) }
      try receive(item, kept)
    }
  }

  private func report(
    _ tally: Tally, _ encoder: SparseEncoder, _ reading: QueryReading, seconds: Double, _ timings: Timings
  ) throws {
    let maxLength = isQueries ? reading.maxLength ?? encoder.maxLength : encoder.maxLength
    let rate = seconds > 0 ? Double(tally.texts) / seconds : 0
    var line = "\(FixedDecimal.grouped(tally.texts)) \(unit), \(FixedDecimal.grouped(tally.tokens)) tokens in "
    line += "\(ProgressBar.time(seconds)) (\(FixedDecimal.text(rate, digits: 1)) \(unit)/s)"
    if tally.texts > 0 {
      line += ", \(FixedDecimal.text(Double(tally.terms) / Double(tally.texts), digits: 1)) terms each"
    }
    if tally.truncated > 0 {
      line += "; \(FixedDecimal.grouped(tally.truncated)) were cut at \(maxLength) tokens"
    }
    console.note(line)
    if tally.texts + tally.resumed == 0 { console.warn("the input holds no \(unit)") }
    if !tally.empty.isEmpty {
      let some = tally.empty.prefix(5).map(\.string).joined(separator: ", ")
      let more = tally.empty.count > 5 ? ", ..." : ""
      console.warn(
        "\(FixedDecimal.grouped(tally.empty.count)) \(unit) have no term at all and are never found: \(some)\(more)")
    }
    if command.timings { console.note(timings.text) }
    guard command.json else { return }
    try console.print(
      json: Summary(
        out: command.target, form: isQueries ? reading.form.rawValue : nil, maxLength: maxLength, texts: tally.texts,
        resumed: tally.resumed, tokens: tally.tokens, terms: tally.terms, truncated: tally.truncated,
        empty: tally.empty.count, seconds: seconds, encoder: encoder.identity, licence: encoder.licence.summary,
        timingsMilliseconds: command.timings ? timings.milliseconds : nil))
  }

  /// `--json`
  private struct Summary: Encodable {
    var out: String
    /// Which words of a turn; none for passages.
    var form: String?
    var maxLength: Int
    var texts: Int
    var resumed: Int
    var tokens: Int
    var terms: Int
    var truncated: Int
    var empty: Int
    var seconds: Double
    var encoder: EncoderIdentity
    var licence: String
    var timingsMilliseconds: [String: Double]?
  }
}
