import BinaryFiles
package import Diagnostics
import WordPiece

/// A query that is tokenised and waits for the model, so that those of many callers go through it together.
///
/// What the model made of a part of it before may be filled in: then only the rest goes through the model.
package struct ReadQuery: Sendable {
  /// All words.
  let text: String
  /// What the model reads.
  var own: QueryPart
  /// The last question, which the frozen encoder of a residual student reads.
  var frozen: QueryPart?

  package var parts: [QueryPart] { [own] + (frozen.map { [$0] } ?? []) }

  /// How many tokens go through the model.
  package var tokenCount: Int { parts.reduce(0) { $0 + $1.missingTokens } }

  /// Whether nothing has to go through the model any more.
  package var isEncoded: Bool { parts.allSatisfy { $0.encoded != nil } }

  /// Fills in what is known of the parts.
  package mutating func recall(_ known: (_ key: [UInt8]) -> EncodedQuery?) {
    if own.encoded == nil { own.encoded = known(own.key) }
    if let part = frozen, part.encoded == nil { frozen?.encoded = known(part.key) }
  }
}

/// What one encoder reads of a query, and what it makes of it.
package struct QueryPart: Sendable {
  let reading: SparseEncoder.Reading
  /// Whatever decides what the encoder makes of it, origins included: two parts with the same key have the same vector from the
  /// same model. Words beyond the maximal length are not in it. Empty where no model is needed.
  package let key: [UInt8]
  /// Set when it is known.
  package fileprivate(set) var encoded: EncodedQuery?

  init(_ reading: SparseEncoder.Reading, isFrozen: Bool) {
    self.reading = reading
    switch reading {
    case .finished(let query):
      encoded = query
      key = []
    case .batch(let batch, let encoding, let isTruncated):
      var bytes: [UInt8] = [(isTruncated ? 1 : 0) | (isFrozen ? 2 : 0)]
      bytes.reserveCapacity(12 * batch.tokens.count + 1)
      for (token, place) in zip(batch.tokens, encoding.byteOffsets) {
        let numbers = [
          token, Int32(truncatingIfNeeded: place.lowerBound), Int32(truncatingIfNeeded: place.upperBound),
        ]
        for number in numbers {
          bytes.append(UInt8(truncatingIfNeeded: number))
          bytes.append(UInt8(truncatingIfNeeded: number >> 8))
          bytes.append(UInt8(truncatingIfNeeded: number >> 16))
          bytes.append(UInt8(truncatingIfNeeded: number >> 24))
        }
      }
      var hash = SHA256()
      hash.update(bytes)
      key = hash.finish().bytes
    }
  }

  var missingTokens: Int {
    if encoded == nil, case .batch(let batch, _, _) = reading { batch.tokens.count } else { 0 }
  }
}

extension SparseEncoder {
  /// Tokenises a query.
  package func readQuery(_ text: String) -> ReadQuery {
    if let queries { return queries.encoder.readQuery(text) }
    let frozen = residual.map { residual in
      QueryPart(residual.queryEncoder.read(query: ResidualQueries.lastQuestion(of: text)), isFrozen: true)
    }
    return ReadQuery(text: text, own: QueryPart(read(query: text), isFrozen: false), frozen: frozen)
  }

  /// Encodes what is missing of queries that `readQuery` of this encoder gave, in one batch, or two for a residual student.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short.
  package func encode(_ read: [ReadQuery], for goal: EncodingGoal) async throws(ParlanceError) -> [ReadQuery] {
    if let queries { return try await queries.encoder.encode(read, for: goal) }
    var read = read
    for (place, part) in try await encode(parts: read.map(\.own), for: goal).enumerated() { read[place].own = part }
    guard let residual else { return read }
    let places = read.indices.filter { read[$0].frozen != nil }
    let parts = try await residual.queryEncoder.encode(parts: places.compactMap { read[$0].frozen }, for: goal)
    for (place, part) in zip(places, parts) { read[place].frozen = part }
    return read
  }

  private func encode(parts: [QueryPart], for goal: EncodingGoal) async throws(ParlanceError) -> [QueryPart] {
    var parts = parts
    var packed = PackedBatch()
    var places: [(place: Int, encoding: Encoding, isTruncated: Bool)] = []
    for (place, part) in parts.enumerated() where part.encoded == nil {
      guard case .batch(let batch, let encoding, let isTruncated) = part.reading else { continue }
      packed.append(batch.tokens)
      places.append((place, encoding, isTruncated))
    }
    guard packed.count > 0 else { return parts }
    let rows = try await forward.encode(packed, for: goal)
    for (row, part) in places.enumerated() {
      parts[part.place].encoded = query(rows, at: row, part.encoding, part.isTruncated)
    }
    return parts
  }

  /// The query that `read`, all of whose parts are encoded, comes to; `nil` where one is missing.
  package func query(of read: ReadQuery) -> EncodedQuery? {
    if let queries { return queries.encoder.query(of: read) }
    guard let own = read.own.encoded else { return nil }
    guard let residual else { return own }
    return read.frozen?.encoded.map { sum(own, $0, residual, of: read.text) }
  }
}

extension ResidualQueries {
  /// What encodes the last question.
  fileprivate var queryEncoder: SparseEncoder { frozen.queries?.encoder ?? frozen }
}
