import BinaryFiles
package import Diagnostics
import WordPiece

/// A query that is tokenised and waits for the model, so that those of many callers go through it together.
package struct ReadQuery: Sendable {
  let reading: SparseEncoder.Reading
  /// What the frozen encoder of a residual student reads.
  let frozenText: String?
  /// All words.
  let text: String

  /// How many tokens the model has to read; 0 for a model that needs no inference.
  package var tokenCount: Int {
    if case .batch(let batch, _, _) = reading { batch.tokens.count } else { 0 }
  }

  /// The query, where no model is needed.
  package var finished: EncodedQuery? {
    if case .finished(let query) = reading { query } else { nil }
  }

  /// Whatever decides what the model makes of it, origins included: two queries with the same key have the same vector from
  /// the same encoder. Words beyond the maximal length are not in it.
  package var key: [UInt8] {
    guard case .batch(let batch, let encoding, let isTruncated) = reading else { return Array(text.utf8) }
    var hash = SHA256()
    var bytes: [UInt8] = [isTruncated ? 1 : 0]
    bytes.reserveCapacity(12 * batch.tokens.count + 1)
    for (token, place) in zip(batch.tokens, encoding.byteOffsets) {
      for number in [token, Int32(truncatingIfNeeded: place.lowerBound), Int32(truncatingIfNeeded: place.upperBound)] {
        bytes.append(UInt8(truncatingIfNeeded: number))
        bytes.append(UInt8(truncatingIfNeeded: number >> 8))
        bytes.append(UInt8(truncatingIfNeeded: number >> 16))
        bytes.append(UInt8(truncatingIfNeeded: number >> 24))
      }
    }
    hash.update(bytes)
    // A residual student weighs by where its frozen encoder's terms were said, too.
    if frozenText != nil { hash.update(Array(text.utf8)) }
    return hash.finish().bytes
  }
}

extension SparseEncoder {
  /// Tokenises a query.
  package func readQuery(_ text: String) -> ReadQuery {
    if let queries { return queries.encoder.readQuery(text) }
    return ReadQuery(
      reading: read(query: text), frozenText: residual.map { _ in ResidualQueries.lastQuestion(of: text) }, text: text)
  }

  /// Encodes queries that `readQuery` of this encoder gave, all in one batch, in their order.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short.
  package func encode(_ read: [ReadQuery], for goal: EncodingGoal) async throws(ParlanceError) -> [EncodedQuery] {
    if let queries { return try await queries.encoder.encode(read, for: goal) }
    var packed = PackedBatch()
    for query in read {
      if case .batch(let batch, _, _) = query.reading { packed.append(batch.tokens) }
    }
    guard packed.count > 0 else { return read.compactMap(\.finished) }
    let rows = try await forward.encode(packed, for: goal)
    var encoded: [EncodedQuery] = []
    var row = 0
    for query in read {
      switch query.reading {
      case .finished(let whole): encoded.append(whole)
      case .batch(_, let encoding, let isTruncated):
        encoded.append(self.query(rows, at: row, encoding, isTruncated))
        row += 1
      }
    }
    guard let residual else { return encoded }
    let frozen = residual.frozen
    let questions = read.map { frozen.readQuery($0.frozenText ?? "") }
    let own = try await frozen.encode(questions, for: goal)
    return zip(zip(encoded, own), read).map { sum($0.0, $0.1, residual, of: $1.text) }
  }
}
