import BinaryFiles
import Diagnostics

/// The end of a `.vectors` file: where each chunk begins, then 88 bytes that say how much there is.
struct VectorsTail {
  static let size = 88
  static let magic = Array("VECTSEND".utf8)

  var passageCount: Int
  var termCount: Int
  var chunkOffsets: [Int]
  var idDigest: [UInt8]

  func bytes(at offset: Int) -> [UInt8] {
    var table: [UInt8] = []
    for chunk in chunkOffsets { table.append(littleEndian: UInt64(chunk)) }
    var tail = Self.magic
    tail.append(littleEndian: UInt64(passageCount))
    tail.append(littleEndian: UInt64(termCount))
    tail.append(littleEndian: UInt64(chunkOffsets.count))
    tail.append(littleEndian: UInt64(offset))
    tail.append(littleEndian: UInt64(offset + table.count + Self.size))
    tail += idDigest
    tail.append(littleEndian: CRC32C.checksum(of: table))
    tail.append(littleEndian: CRC32C.checksum(of: tail))
    return table + tail
  }

  /// - Parameters:
  ///   - head: where the chunks begin.
  ///   - weightSize: how many bytes a weight has.
  /// - Throws: `badInput`, also for more vectors or terms than the chunks have room for: whoever asks how many there are
  ///   multiplies them.
  init(
    reading bytes: RawSpan, head: Int, passagesPerChunk: Int, weightSize: Int, path: String
  ) throws(ParlanceError) {
    func damaged(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: path)) }
    let start = bytes.byteCount - Self.size
    guard start >= head else { throw damaged("the .vectors file is cut short") }
    let tail = bytes.extracting(start..<bytes.byteCount)
    guard tail.extracting(0..<8).array() == Self.magic,
      CRC32C.checksum(of: tail.extracting(0..<84)) == tail.load(UInt32.self, at: 84),
      tail.load(UInt64.self, at: 40) == UInt64(bytes.byteCount)
    else { throw damaged("the .vectors file is cut short or damaged at its end") }
    guard let passages = Int(exactly: tail.load(UInt64.self, at: 8)),
      let terms = Int(exactly: tail.load(UInt64.self, at: 16)),
      let chunks = Int(exactly: tail.load(UInt64.self, at: 24)),
      let table = Int(exactly: tail.load(UInt64.self, at: 32)),
      table >= head, table <= start, (start - table) % 8 == 0, (start - table) / 8 == chunks,
      passages / passagesPerChunk + (passages % passagesPerChunk == 0 ? 0 : 1) == chunks,
      // Where its terms and its id end; its number and its weight.
      passages <= (table - head) / 8, terms <= (table - head) / (4 + weightSize)
    else { throw damaged("the end of the .vectors file makes no sense") }
    guard CRC32C.checksum(of: bytes.extracting(table..<start)) == tail.load(UInt32.self, at: 80) else {
      throw damaged("the table of chunks of the .vectors file is damaged")
    }
    passageCount = passages
    termCount = terms
    idDigest = tail.extracting(48..<80).array()
    chunkOffsets = []
    chunkOffsets.reserveCapacity(chunks + 1)
    var before = head
    for chunk in 0..<chunks {
      guard let offset = Int(exactly: bytes.load(UInt64.self, at: table + 8 * chunk)),
        chunk == 0 ? offset == head : offset > before, offset % 16 == 0, offset < table
      else { throw damaged("the table of chunks of the .vectors file makes no sense") }
      chunkOffsets.append(offset)
      before = offset
    }
    if chunks == 0, table != head { throw damaged("the end of the .vectors file makes no sense") }
    chunkOffsets.append(table)
  }

  init(passageCount: Int, termCount: Int, chunkOffsets: [Int], idDigest: [UInt8]) {
    self.passageCount = passageCount
    self.termCount = termCount
    self.chunkOffsets = chunkOffsets
    self.idDigest = idDigest
  }
}
