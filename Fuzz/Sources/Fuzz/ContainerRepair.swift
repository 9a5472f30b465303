import BinaryFiles

/// Makes the checksums of a damaged sectioned file true again, so that what lies behind them is reached.
///
/// Lengths are believed as far as they fit; what does not fit is left as it is, and the reader refuses it.
enum ContainerRepair {
  private static let headerSize = 32
  private static let footerSize = 32

  static func repaired(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    guard bytes.count >= headerSize + footerSize else { return bytes }
    let footer = bytes.count - footerSize
    let blockSize = Int(number(bytes, at: 12, size: 4))
    put(checksum(bytes[0..<28]), into: &bytes, at: 28, size: 4)

    let tableCount = number(bytes, at: footer + 8, size: 8)
    if tableCount <= UInt64(footer - headerSize), blockSize > 0 {
      let table = footer - Int(tableCount)
      repairBlocks(&bytes, table: table..<footer, blockSize: blockSize)
      put(UInt64(table), into: &bytes, at: footer, size: 8)
      put(checksum(bytes[table..<footer]), into: &bytes, at: footer + 24, size: 4)
    }
    put(UInt64(bytes.count), into: &bytes, at: footer + 16, size: 8)
    put(checksum(bytes[footer..<footer + 28]), into: &bytes, at: footer + 28, size: 4)
    return bytes
  }

  private static func repairBlocks(_ bytes: inout [UInt8], table: Range<Int>, blockSize: Int) {
    var at = table.lowerBound + 4
    while at < table.upperBound {
      at += 1 + Int(bytes[at])
      guard at + 16 <= table.upperBound else { return }
      let offset = number(bytes, at: at, size: 8)
      let count = number(bytes, at: at + 8, size: 8)
      at += 16
      guard offset <= UInt64(table.lowerBound), count <= UInt64(table.lowerBound) - offset else { return }
      let end = Int(offset + count)
      for start in stride(from: Int(offset), to: end, by: blockSize) {
        guard at + 4 <= table.upperBound else { return }
        put(checksum(bytes[start..<min(end, start + blockSize)]), into: &bytes, at: at, size: 4)
        at += 4
      }
    }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    UInt64(CRC32C.checksum(of: Array(bytes)))
  }

  private static func number(_ bytes: [UInt8], at start: Int, size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
  }

  private static func put(_ value: UInt64, into bytes: inout [UInt8], at start: Int, size: Int) {
    for index in 0..<size { bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }
}
