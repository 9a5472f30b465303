public import Diagnostics

/// Writes a file of named, checksummed sections, atomically.
///
///     let writer = try SectionedFileWriter(path: path, format: format)
///     try writer.beginSection("terms")
///     try writer.write(bytes)
///     try writer.commit()
///
/// Sections are written one after the other, each in as many pieces as its maker likes; memory is one block's checksum
/// for each 64 KiB.
public final class SectionedFileWriter {
  private let file: AtomicFile
  private var sections: [SectionEntry] = []
  private var checksum = CRC32C()
  private var isInSection = false

  /// - Throws: `cannotWrite`, as `AtomicFile`.
  public init(path: String, format: FileFormat) throws(ParlanceError) {
    file = try AtomicFile(path: path)
    try file.write(SectionedFileLayout.header(of: format))
  }

  /// A file that can be gone on with, as `AtomicFile.init(resuming:)` has it: whoever writes what is there already has it
  /// checked and kept, also of a file that was finished.
  package init(resuming path: String, format: FileFormat) throws(ParlanceError) {
    file = try AtomicFile(resuming: path, reopens: true)
    try file.write(SectionedFileLayout.header(of: format))
  }

  /// The next bytes that an earlier process left, to be written again; `nil` where there are not as many.
  package func keptBytes(_ count: Int) -> [UInt8]? { file.keptBytes(count) }

  /// The number of bytes written so far.
  public var position: Int { file.position }

  /// Ends the section before and begins the next one, at a multiple of 64 bytes.
  ///
  /// - Precondition: the name is new, ASCII, and at most 255 characters long.
  public func beginSection(_ name: String) throws(ParlanceError) {
    precondition(
      !name.isEmpty && name.utf8.count <= SectionedFileLayout.maximumNameLength && name.utf8.allSatisfy { $0 < 128 }
        && !sections.contains { $0.name == name }, "the name of a section is ASCII and given once")
    endSection()
    try file.write([UInt8](repeating: 0, count: -file.position & (SectionedFileLayout.alignment - 1)))
    sections.append(SectionEntry(name: name, offset: file.position))
    isInSection = true
  }

  /// Writes the next bytes of the section.
  public func write(_ bytes: RawSpan) throws(ParlanceError) {
    precondition(isInSection, "bytes belong to a section")
    let last = sections.count - 1
    var done = 0
    while done < bytes.byteCount {
      let room = SectionedFileLayout.blockSize - sections[last].count % SectionedFileLayout.blockSize
      let piece = bytes.extracting(done..<min(bytes.byteCount, done + room))
      checksum.update(piece)
      sections[last].count += piece.byteCount
      if sections[last].count % SectionedFileLayout.blockSize == 0 { endBlock() }
      done += piece.byteCount
    }
    try file.write(bytes)
  }

  public func write(_ bytes: [UInt8]) throws(ParlanceError) {
    try write(bytes.rawSpan)
  }

  /// Writes numbers, little-endian, one after the other.
  public func write<Value: BitwiseCopyable>(_ values: Span<Value>) throws(ParlanceError) {
    try write(unsafe values.bytes)
  }

  public func write<Value: BitwiseCopyable>(_ values: [Value]) throws(ParlanceError) {
    try write(values.span)
  }

  /// Brings what was written so far to the file.
  package func flush() throws(ParlanceError) { try file.flush() }

  /// Writes the table and gives the file its name.
  ///
  /// - Throws: `cannotWrite`; nothing is left behind then.
  public func commit() throws(ParlanceError) {
    endSection()
    let table = SectionedFileLayout.table(of: sections)
    let offset = file.position
    try file.write(table)
    try file.write(SectionedFileLayout.footer(table: table, at: offset))
    try file.commit()
  }

  /// Gives up; nothing is left behind.
  public func abandon() {
    file.abandon()
  }

  private func endSection() {
    guard isInSection else { return }
    if sections[sections.count - 1].count % SectionedFileLayout.blockSize != 0 { endBlock() }
    isInSection = false
  }

  private func endBlock() {
    sections[sections.count - 1].checksums.append(checksum.value)
    checksum = CRC32C()
  }
}
