import BinaryFiles
import Diagnostics
import Identifiers
import StrictJSON

/// The beginning of a `.vectors` file: 64 bytes, then encoder and vocabulary, then zeros up to a multiple of 64.
/// Documentation/formats/vectors.md describes every byte.
enum VectorsHead {
  static let format = FileFormat(magic: "PRLVECTS", name: ".vectors file", version: FormatVersion(1, 0))
  static let size = 64
  /// Passages in every chunk but the last: what is lost at most when a writer is killed.
  static let passagesPerChunk = 256

  static func bytes(of description: VectorsDescription) -> [UInt8] {
    let encoders = description.encoders
    var body: [UInt8] = []
    body.append(littleEndian: UInt32(encoders.count))
    body += encoders
    body.append(littleEndian: UInt32(description.vocabulary.count))
    for piece in description.vocabulary.pieces {
      body.append(littleEndian: UInt32(piece.string.utf8.count))
      body += Array(piece.string.utf8)
    }
    body += [UInt8](repeating: 0, count: -body.count & 63)

    var head = format.magic
    head.append(littleEndian: format.version.major)
    head.append(littleEndian: format.version.minor)
    head.append(littleEndian: description.weightKind.rawValue)
    head.append(littleEndian: UInt32(passagesPerChunk))
    head.append(littleEndian: UInt32(0))
    head.append(littleEndian: UInt64(body.count))
    head.append(littleEndian: CRC32C.checksum(of: body))
    head += [UInt8](repeating: 0, count: size - 4 - head.count)
    head.append(littleEndian: CRC32C.checksum(of: head))
    return head + body
  }

  /// - Returns: what the head says, where the first chunk begins, and how many passages a chunk has.
  /// - Throws: `badInput`.
  static func read(
    _ bytes: RawSpan, path: String
  ) throws(ParlanceError) -> (description: VectorsDescription, end: Int, passagesPerChunk: Int) {
    func damaged(_ message: String) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: path))
    }
    guard bytes.byteCount >= 8, bytes.extracting(0..<8).array() == format.magic else {
      throw damaged("expected a .vectors file, this is something else")
    }
    guard bytes.byteCount >= size else { throw damaged("the .vectors file is cut short: \(bytes.byteCount) bytes") }
    guard CRC32C.checksum(of: bytes.extracting(0..<60)) == bytes.load(UInt32.self, at: 60) else {
      throw damaged("the header of the .vectors file is damaged")
    }
    try format.checkReadable(
      FormatVersion(bytes.load(UInt16.self, at: 8), bytes.load(UInt16.self, at: 10)), path: path)
    let passages = Int(bytes.load(UInt32.self, at: 16))
    guard let weightKind = VectorsDescription.WeightKind(rawValue: bytes.load(UInt32.self, at: 12)),
      (1...65_536).contains(passages), let count = Int(exactly: bytes.load(UInt64.self, at: 24)), count % 64 == 0
    else { throw damaged("the header of the .vectors file makes no sense") }
    guard count <= bytes.byteCount - size else { throw damaged("the .vectors file is cut short in its vocabulary") }
    let body = bytes.extracting(size..<size + count)
    guard CRC32C.checksum(of: body) == bytes.load(UInt32.self, at: 32) else {
      throw damaged("the vocabulary of the .vectors file is damaged")
    }
    guard let description = try description(in: body, weightKind, path: path) else {
      throw damaged("the vocabulary of the .vectors file makes no sense")
    }
    return (description, size + count, passages)
  }

  private static func description(
    in body: RawSpan, _ weightKind: VectorsDescription.WeightKind, path: String
  ) throws(ParlanceError) -> VectorsDescription? {
    var at = 0
    guard let jsonBytes = lengthPrefixed(body, &at) else { return nil }
    let json = try JSONValue(parsing: jsonBytes, file: path)
    guard let encoder = EncoderIdentity(json["encoder"]), let space = EncoderIdentity(json["passage_space"]),
      json["kept_terms"].map({ ($0.integer ?? 0) > 0 }) ?? true, body.byteCount - at >= 4
    else { return nil }
    let count = Int(body.load(UInt32.self, at: at))
    at += 4
    var pieces: [ExternalID] = []
    for _ in 0..<count {
      guard let bytes = lengthPrefixed(body, &at), let piece = String(validating: bytes, as: UTF8.self) else {
        return nil
      }
      pieces.append(ExternalID(piece))
    }
    guard (at..<body.byteCount).allSatisfy({ body.byte(at: $0) == 0 }), body.byteCount - at < 64 else { return nil }
    return VectorsDescription(
      encoder: encoder, passageSpace: space, vocabulary: try Vocabulary(pieces: pieces, at: .init(file: path)),
      weightKind: weightKind, keptTerms: json["kept_terms"]?.integer)
  }

  private static func lengthPrefixed(_ bytes: RawSpan, _ at: inout Int) -> [UInt8]? {
    guard bytes.byteCount - at >= 4 else { return nil }
    let count = Int(bytes.load(UInt32.self, at: at))
    guard count <= bytes.byteCount - at - 4 else { return nil }
    defer { at += 4 + count }
    return bytes.extracting(at + 4..<at + 4 + count).array()
  }
}
