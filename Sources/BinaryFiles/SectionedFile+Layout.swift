/// The bytes around the sections; Documentation/formats/container.md describes them.
///
///     header   32 bytes: magic, major, minor, block size, zeros, CRC
///     sections each at a multiple of 64, zeros between them
///     table    for each section its name, offset, length and one CRC for each block
///     footer   32 bytes: offset and length of the table, its CRC, length of the file, CRC
enum SectionedFileLayout {
  static let headerSize = 32
  static let footerSize = 32
  static let alignment = 64
  static let blockSize = 65536
  static let maximumNameLength = 255

  static func header(of format: FileFormat) -> [UInt8] {
    var bytes = format.magic
    bytes.append(littleEndian: format.version.major)
    bytes.append(littleEndian: format.version.minor)
    bytes.append(littleEndian: UInt32(blockSize))
    while bytes.count < headerSize - 4 { bytes.append(0) }
    bytes.append(littleEndian: CRC32C.checksum(of: bytes.rawSpan))
    return bytes
  }

  static func table(of sections: [SectionEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(sections.count))
    for section in sections {
      let name = Array(section.name.utf8)
      bytes.append(UInt8(name.count))
      bytes += name
      bytes.append(littleEndian: UInt64(section.offset))
      bytes.append(littleEndian: UInt64(section.count))
      for checksum in section.checksums { bytes.append(littleEndian: checksum) }
    }
    return bytes
  }

  static func footer(table: [UInt8], at offset: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(offset))
    bytes.append(littleEndian: UInt64(table.count))
    bytes.append(littleEndian: UInt64(offset + table.count + footerSize))
    bytes.append(littleEndian: CRC32C.checksum(of: table.rawSpan))
    bytes.append(littleEndian: CRC32C.checksum(of: bytes.rawSpan))
    return bytes
  }
}

/// One row of the table.
struct SectionEntry: Sendable {
  var name: String
  var offset: Int
  var count: Int = 0
  /// CRC-32C of each block of `blockSize` bytes, the last one shorter.
  var checksums: [UInt32] = []
}
