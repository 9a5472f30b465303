import Checkpoints
public import Diagnostics
import SparseVectors
import Synchronization
import WordPiece

/// How many texts the pipeline gathers before it packs batches.
public enum EncodeWindow: Sendable {
  /// As many as give good batches; for files. A stream of texts is always cut into the same windows.
  case full
  /// What has arrived, one text if need be; for pipes that somebody waits at.
  case asAvailable
}

extension SparseEncoder {
  /// Texts of one window: enough batches for every worker, few enough to be stopped soon.
  private static let windowSize = 256

  /// Encodes any number of texts in constant memory and hands the results on in the order of the source.
  ///
  /// Windows overlap: while one is in the model, the next is read and tokenised. When the source fails, everything before
  /// the failure has been received.
  ///
  /// - Parameters:
  ///   - source: the next item, or nil at the end; called on a thread of its own and may block.
  ///   - text: the words of an item, without a prompt.
  ///   - side: which prompt is put before the words.
  ///   - total: how many items there will be, for the progress; nil when nobody knows.
  ///   - completed: how many items were done before, where the work goes on.
  ///   - receive: takes each item with its vector.
  /// - Throws: what `source` and `receive` throw, `interrupted`, `internalFault` when the engine fails, `unavailable` when
  ///   its memory is short.
  public func encodeStream<Item: Sendable>(
    from source: @escaping @Sendable () throws(ParlanceError) -> Item?,
    text: @escaping @Sendable (Item) -> String,
    side: Side = .passage,
    window: EncodeWindow = .full,
    total: Int? = nil,
    completed: Int = 0,
    progress: ProgressHandler? = nil,
    interruption: Interruption? = nil,
    to receive: (Item, EncodedText) throws(ParlanceError) -> Void
  ) async throws(ParlanceError) {
    let reader = ReadAhead(capacity: 2 * Self.windowSize, source: source)
    defer { reader.stop() }
    let counter = ProgressCounter(completed: completed, total: total, unit: side.unit, handler: progress)
    let (windows, feed) = AsyncStream.makeStream(of: Task<WindowResult<Item>, Never>.self)
    let slots = Slots(count: 2)
    let isFull = if case .full = window { true } else { false }

    let producer = Task {
      while await slots.take() {
        var items: [Item] = []
        var end: ParlanceError?
        var isOver = false
        do throws(ParlanceError) {
          items = try await reader.take(upTo: Self.windowSize, isFull: isFull)
          isOver = items.isEmpty
        } catch {
          end = error
          isOver = true
        }
        let texts = items.map(text)
        feed.yield(
          Task { [items, isOver, end] in
            var result = WindowResult(items: items, isLast: isOver, failure: end)
            do throws(ParlanceError) {
              result.encoded = try await encode(texts, side: side, counter: counter, interruption: interruption)
            } catch {
              result.items = []
              result.failure = error
            }
            return result
          })
        if isOver { break }
      }
      feed.finish()
    }
    defer { producer.cancel() }

    var hasEnded = false
    for await pending in windows {
      let result: WindowResult<Item>
      do throws(ParlanceError) {
        result =
          if let interruption { try await interruption.waiting { await pending.value } } else { await pending.value }
      } catch {
        slots.close()
        throw error
      }
      hasEnded = result.isLast
      for (item, encoded) in zip(result.items, result.encoded) { try receive(item, encoded) }
      if let failure = result.failure {
        slots.close()
        throw failure
      }
      slots.give()
    }
    // A task that is cancelled sees the windows end early, and its caller must not take a part for the whole.
    guard hasEnded else { throw ParlanceError(.interrupted, "stopped on request") }
  }

  /// Encodes a few texts at once, in their order.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short; `interrupted`.
  public func encode(
    _ texts: [String], as side: Side = .passage, interruption: Interruption? = nil
  ) async throws(ParlanceError) -> [EncodedText] {
    guard let interruption else { return try await encode(texts, side: side, counter: nil, interruption: nil) }
    return try await interruption.waiting { () async throws(ParlanceError) in
      try await encode(texts, side: side, counter: nil, interruption: interruption)
    }
  }

  private func encode(
    _ texts: [String], side: Side, counter: ProgressCounter?, interruption: Interruption?
  ) async throws(ParlanceError) -> [EncodedText] {
    if texts.isEmpty { return [] }
    if side == .query, let queries {
      return try await queries.encoder.encode(texts, side: side, counter: counter, interruption: interruption)
    }
    let prompt = side == .passage ? prompts.passage : prompts.query
    let prompted = prompt.isEmpty ? texts : texts.map { prompt + $0 }
    if side == .query, let staticQueries {
      let encoded = prompted.map { text in
        let encoded = staticQueries.encode(text)
        return EncodedText(
          vector: encoded.vector, tokenCount: encoded.tokenCount, isTruncated: encoded.isTruncated)
      }
      counter?.add(encoded.count)
      return encoded
    }
    let sequences = await tokenize(prompted)
    let empty = sequences.count { $0.ids.isEmpty }
    if empty > 0 { counter?.add(empty) }
    let batches = Packing.batches(of: sequences.map(\.ids.count), budget: settings.batchTokens ?? forward.batchTokens)
    var encoded = sequences.map { sequence in
      EncodedText(vector: .empty, tokenCount: sequence.ids.count, isTruncated: sequence.isTruncated)
    }
    let forward = forward
    do {
      try await withThrowingTaskGroup(of: (batch: [Int], rows: SparseRows).self) { group in
        for batch in batches {
          let packed = PackedBatch(batch.map { sequences[$0].ids })
          group.addTask {
            try interruption?.check()
            let rows = try await forward.encode(packed, for: .throughput)
            counter?.add(batch.count)
            return (batch, rows)
          }
        }
        for try await (batch, rows) in group {
          for (row, index) in batch.enumerated() { encoded[index].vector = rows.vector(at: row) }
        }
      }
    } catch let error as ParlanceError {
      throw error
    } catch {
      throw ParlanceError(.internalFault, "\(error)")
    }
    if side == .query {
      if let residual { try await addFrozen(residual, to: &encoded, of: texts) }
      for place in encoded.indices { encoded[place].vector = pruning(encoded[place].vector) }
    }
    return encoded
  }

  /// Tokenises in a few tasks; one is enough for a few texts.
  private func tokenize(_ texts: [String]) async -> [TokenSequence] {
    let share = 64
    return await withTaskGroup(of: (start: Int, sequences: [TokenSequence]).self) { group in
      for start in stride(from: 0, to: texts.count, by: share) {
        let slice = texts[start..<min(start + share, texts.count)]
        group.addTask {
          var buffer = TokenBuffer()
          return (start, slice.map { tokens(of: $0, buffer: &buffer) })
        }
      }
      var sequences = [TokenSequence](repeating: TokenSequence(), count: texts.count)
      for await (start, part) in group {
        sequences.replaceSubrange(start..<start + part.count, with: part)
      }
      return sequences
    }
  }
}

/// What one window became: its items with their vectors, then the failure that ended the stream.
private struct WindowResult<Item: Sendable>: Sendable {
  var items: [Item]
  var encoded: [EncodedText] = []
  /// Whether the source has no more.
  var isLast: Bool
  var failure: ParlanceError?
}
