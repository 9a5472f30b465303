import Foundation

@testable import BinaryFiles
@testable import InvertedIndex

/// A sectioned file that somebody changed on purpose: every checksum is true.
enum ForgedFile {
  /// Lets `change` overwrite bytes of a section of a postings file, then makes the checksums true again.
  static func changePostings(_ path: String, section name: String, _ change: (inout [UInt8]) -> Void) throws {
    try self.change(path, PostingsFormat.format, section: name, change)
  }

  /// The same for any file of an index.
  static func change(
    _ path: String, _ format: FileFormat, section name: String, _ change: (inout [UInt8]) -> Void
  ) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let footer = bytes.count - SectionedFileLayout.footerSize
    let table = Int(bytes[footer..<footer + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    var entries = try SectionedFileTable(reading: bytes.rawSpan, format: format, path: path).entries
    for index in entries.indices where entries[index].name == name {
      let range = entries[index].offset..<entries[index].offset + entries[index].count
      var section = Array(bytes[range])
      change(&section)
      precondition(section.count == range.count, "a forged section keeps its length")
      bytes.replaceSubrange(range, with: section)
      entries[index].checksums = stride(from: 0, to: section.count, by: SectionedFileLayout.blockSize).map {
        CRC32C.checksum(of: Array(section[$0..<min(section.count, $0 + SectionedFileLayout.blockSize)]))
      }
    }
    let forged = SectionedFileLayout.table(of: entries)
    bytes.replaceSubrange(table..., with: forged + SectionedFileLayout.footer(table: forged, at: table))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Writes a manifest that no writer would write.
  static func writeManifest(_ manifest: IndexManifest, to folder: String) throws {
    let file = try SectionedFileWriter(path: IndexManifest.path(in: folder), format: IndexManifest.format)
    try file.beginSection("manifest")
    try file.write(Array(try JSONEncoder().encode(manifest)))
    try file.commit()
  }

  /// Says another format version, with a true checksum.
  static func setVersion(_ major: UInt16, of path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[8] = UInt8(major & 255)
    bytes[9] = UInt8(major >> 8)
    var checksum: [UInt8] = []
    checksum.append(littleEndian: CRC32C.checksum(of: Array(bytes[0..<28])))
    bytes.replaceSubrange(28..<32, with: checksum)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}
