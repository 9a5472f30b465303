import Diagnostics

/// What holds a sectioned file together, read and checked at opening.
struct SectionedFileTable {
  let version: FormatVersion
  let blockSize: Int
  let entries: [SectionEntry]
  /// Where the table is, with the checksums of all blocks in it.
  let place: Range<Int>

  /// - Throws: `badInput`.
  init(reading bytes: RawSpan, format: FileFormat, path: String) throws(ParlanceError) {
    func damaged(_ message: String) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: path))
    }
    typealias Layout = SectionedFileLayout

    guard bytes.byteCount >= 8, bytes.extracting(0..<8).array() == format.magic else {
      throw damaged("expected a \(format.name), this is something else")
    }
    guard bytes.byteCount >= Layout.headerSize + Layout.footerSize else {
      throw damaged("the \(format.name) is cut short: \(bytes.byteCount) bytes")
    }
    let header = bytes.extracting(0..<Layout.headerSize)
    guard CRC32C.checksum(of: header.extracting(0..<28)) == header.load(UInt32.self, at: 28) else {
      throw damaged("the header of the \(format.name) is damaged")
    }
    version = FormatVersion(header.load(UInt16.self, at: 8), header.load(UInt16.self, at: 10))
    try format.checkReadable(version, path: path)
    blockSize = Int(header.load(UInt32.self, at: 12))
    guard blockSize > 0 else { throw damaged("the header of the \(format.name) says blocks of no bytes") }

    let footerStart = bytes.byteCount - Layout.footerSize
    let footer = bytes.extracting(footerStart..<bytes.byteCount)
    guard CRC32C.checksum(of: footer.extracting(0..<28)) == footer.load(UInt32.self, at: 28),
      footer.load(UInt64.self, at: 16) == UInt64(bytes.byteCount)
    else {
      throw damaged("the \(format.name) is cut short or damaged at its end")
    }
    guard let start = Int(exactly: footer.load(UInt64.self, at: 0)),
      let count = Int(exactly: footer.load(UInt64.self, at: 8)),
      start >= Layout.headerSize, count <= footerStart, start == footerStart - count
    else {
      throw damaged("the end of the \(format.name) names a table that is not there")
    }
    place = start..<footerStart
    let table = bytes.extracting(place)
    guard CRC32C.checksum(of: table) == footer.load(UInt32.self, at: 24) else {
      throw damaged("the table of sections of the \(format.name) is damaged")
    }
    guard let entries = Self.entries(in: table, blockSize: blockSize, end: start) else {
      throw damaged("the table of sections of the \(format.name) makes no sense")
    }
    self.entries = entries
  }

  /// - Returns: `nil` unless every row is whole, the sections lie one behind the other before `end`, and nothing is left.
  private static func entries(in table: RawSpan, blockSize: Int, end: Int) -> [SectionEntry]? {
    var at = 0
    func left(_ count: Int) -> Bool { count <= table.byteCount - at }
    guard left(4) else { return nil }
    let sectionCount = Int(table.load(UInt32.self, at: 0))
    at = 4
    var entries: [SectionEntry] = []
    var free = SectionedFileLayout.headerSize
    for _ in 0..<sectionCount {
      guard left(1) else { return nil }
      let nameCount = Int(table.byte(at: at))
      guard left(1 + nameCount + 16) else { return nil }
      let name = String(decoding: table.extracting(at + 1..<at + 1 + nameCount).array(), as: UTF8.self)
      at += 1 + nameCount
      guard let offset = Int(exactly: table.load(UInt64.self, at: at)),
        let count = Int(exactly: table.load(UInt64.self, at: at + 8)),
        offset % SectionedFileLayout.alignment == 0, offset >= free, offset <= end, count <= end - offset
      else { return nil }
      at += 16
      let blocks = count / blockSize + (count % blockSize == 0 ? 0 : 1)
      guard left(4 * blocks) else { return nil }
      var checksums: [UInt32] = []
      checksums.reserveCapacity(blocks)
      for block in 0..<blocks { checksums.append(table.load(UInt32.self, at: at + 4 * block)) }
      at += 4 * blocks
      entries.append(SectionEntry(name: name, offset: offset, count: count, checksums: checksums))
      free = offset + count
    }
    return at == table.byteCount ? entries : nil
  }
}
