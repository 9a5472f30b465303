import Foundation

/// Makes a file one of another version, as a later Parlance might leave it.
enum FileVersion {
  /// The major version stands at byte 8 of every format, a CRC-32C of all bytes before it where `place` says.
  static func set(_ version: UInt8, ofFileAt path: String, checksumAt place: Int) throws {
    var bytes = Array(try Data(contentsOf: URL(filePath: path)))
    set(version, of: &bytes, checksumAt: place)
    try Data(bytes).write(to: URL(filePath: path))
  }

  static func set(_ version: UInt8, of bytes: inout [UInt8], checksumAt place: Int) {
    bytes[8] = version
    var checksum = UInt32.max
    for byte in bytes[..<place] {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0x82F6_3B78 : checksum >> 1 }
    }
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: ~checksum >> (8 * UInt32(index))) }
  }
}
