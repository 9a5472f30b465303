import BinaryFiles
import Identifiers

/// The vectors of up to 256 passages as bytes: 32 bytes of header, then where each passage's terms and id end, all terms,
/// all weights, all ids, and zeros up to a multiple of 16.
struct VectorsChunk {
  static let headerSize = 32
  static let magic: UInt32 = 0x4B4E_4843  // "CHNK"

  let passageCount: Int
  let termCount: Int
  let idByteCount: Int
  let firstPassage: Int
  let payloadChecksum: UInt32
  let weightSize: Int

  /// - Returns: `nil` unless the header is whole.
  init?(header: RawSpan, weightKind: VectorsDescription.WeightKind) {
    guard header.byteCount >= Self.headerSize, header.load(UInt32.self, at: 0) == Self.magic,
      CRC32C.checksum(of: header.extracting(0..<28)) == header.load(UInt32.self, at: 28)
    else { return nil }
    passageCount = Int(header.load(UInt32.self, at: 4))
    termCount = Int(header.load(UInt32.self, at: 8))
    idByteCount = Int(header.load(UInt32.self, at: 12))
    guard let first = Int(exactly: header.load(UInt64.self, at: 16)) else { return nil }
    firstPassage = first
    payloadChecksum = header.load(UInt32.self, at: 24)
    weightSize = weightKind.size
  }

  // Offsets within the payload. The counts have 32 bits each, so none of these sums overflows.
  var idEnds: Int { 4 * passageCount }
  var terms: Int { 8 * passageCount }
  var weights: Int { terms + 4 * termCount }
  var ids: Int { weights + weightSize * termCount }
  var payloadSize: Int { (ids + idByteCount + 15) & ~15 }
  /// Header and payload.
  var size: Int { Self.headerSize + payloadSize }

  /// Where the terms of a passage are, as positions among the chunk's terms.
  func termRange(of passage: Int, in payload: RawSpan) -> Range<Int> {
    range(of: passage, ends: 0, in: payload)
  }

  private func range(of passage: Int, ends: Int, in payload: RawSpan) -> Range<Int> {
    let start = passage == 0 ? 0 : Int(payload.load(UInt32.self, at: ends + 4 * (passage - 1)))
    return start..<Int(payload.load(UInt32.self, at: ends + 4 * passage))
  }

  func term(_ position: Int, in payload: RawSpan) -> UInt32 {
    payload.load(UInt32.self, at: terms + 4 * position)
  }

  func weight(_ position: Int, in payload: RawSpan) -> Float {
    weightSize == 4
      ? payload.load(Float.self, at: weights + 4 * position)
      : Float(Float16(bitPattern: payload.load(UInt16.self, at: weights + 2 * position)))
  }

  func idBytes(of passage: Int, in payload: RawSpan) -> [UInt8] {
    let range = range(of: passage, ends: idEnds, in: payload)
    return payload.extracting(ids + range.lowerBound..<ids + range.upperBound).array()
  }

  func id(of passage: Int, in payload: RawSpan) -> ExternalID {
    ExternalID(String(decoding: idBytes(of: passage, in: payload), as: UTF8.self))
  }

  /// Which passage of the chunk has `id`.
  func passage(_ id: ExternalID, in payload: RawSpan) -> Int? {
    (0..<passageCount).first { self.id(of: $0, in: payload) == id }
  }

  func vector(of passage: Int, in payload: RawSpan) -> SparseVector {
    let range = termRange(of: passage, in: payload)
    return SparseVector(
      unchecked: range.map { TermID(term($0, in: payload)) }, range.map { weight($0, in: payload) })
  }

  /// Whether the bytes are those that were written, and what they say can be true.
  ///
  /// - Returns: what is wrong, or `nil`.
  func fault(in payload: RawSpan, vocabularyCount: Int) -> String? {
    guard CRC32C.checksum(of: payload) == payloadChecksum else { return "its checksum does not fit" }
    var end = 0
    for passage in 0..<passageCount {
      let range = (end, Int(payload.load(UInt32.self, at: 4 * passage)))
      guard range.0 <= range.1, range.1 <= termCount else { return "the numbers of terms make no sense" }
      var before = -1
      for position in range.0..<range.1 {
        let term = Int(term(position, in: payload))
        guard term > before, term < vocabularyCount else { return "the terms of a passage make no sense" }
        let weight = weight(position, in: payload)
        guard weight > 0, weight.isFinite else { return "a weight is not a number above zero" }
        before = term
      }
      end = range.1
    }
    guard end == termCount else { return "the numbers of terms make no sense" }
    var idEnd = 0
    for passage in 0..<passageCount {
      let next = Int(payload.load(UInt32.self, at: idEnds + 4 * passage))
      guard idEnd <= next, next <= idByteCount else { return "the ids make no sense" }
      idEnd = next
    }
    return idEnd == idByteCount ? nil : "the ids make no sense"
  }
}

/// A chunk that is being filled.
struct VectorsChunkBuilder {
  let weightKind: VectorsDescription.WeightKind
  private(set) var passageCount = 0
  private(set) var termCount = 0
  private var termEnds: [UInt8] = []
  private var idEnds: [UInt8] = []
  private var terms: [UInt8] = []
  private var weights: [UInt8] = []
  private var ids: [UInt8] = []

  init(weightKind: VectorsDescription.WeightKind) {
    self.weightKind = weightKind
  }

  /// - Precondition: the weights are within float16's range where that is what is kept.
  mutating func append(_ id: ExternalID, _ vector: SparseVector) {
    for (term, weight) in zip(vector.terms, vector.weights) {
      switch weightKind {
      case .float32: weights.append(littleEndian: weight.bitPattern)
      case .float16:
        let half = Float16(weight)
        // A weight that float16 cannot tell from zero is no weight.
        if half == 0 { continue }
        weights.append(littleEndian: half.bitPattern)
      }
      terms.append(littleEndian: term.rawValue)
      termCount += 1
    }
    ids += Array(id.string.utf8)
    termEnds.append(littleEndian: UInt32(termCount))
    idEnds.append(littleEndian: UInt32(ids.count))
    passageCount += 1
  }

  /// Which passage of the chunk has `id`.
  func position(of id: ExternalID) -> Int? {
    let bytes = bytes(firstPassage: 0)
    let chunk = VectorsChunk(header: bytes.rawSpan, weightKind: weightKind)
    return chunk?.passage(id, in: bytes.rawSpan.extracting(VectorsChunk.headerSize..<bytes.count))
  }

  /// The chunk's bytes.
  func bytes(firstPassage: Int) -> [UInt8] {
    var payload = termEnds + idEnds + terms + weights + ids
    payload += [UInt8](repeating: 0, count: -payload.count & 15)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: VectorsChunk.magic)
    bytes.append(littleEndian: UInt32(passageCount))
    bytes.append(littleEndian: UInt32(termCount))
    bytes.append(littleEndian: UInt32(ids.count))
    bytes.append(littleEndian: UInt64(firstPassage))
    bytes.append(littleEndian: CRC32C.checksum(of: payload))
    bytes.append(littleEndian: CRC32C.checksum(of: bytes))
    return bytes + payload
  }
}
