public import Diagnostics

/// A mapped file of named sections whose bytes are checked before they are first handed out.
///
/// Opening checks the header, the footer and the table. Each block of 64 KiB is checked when it is first touched, so that
/// opening a large file costs nothing and a damaged one is an error that names the section and the block, never a
/// wrong answer. `verify` checks all of them.
public final class SectionedFile: Sendable {
  public let path: String
  /// The version that the file was written in.
  public let version: FormatVersion
  /// The names of the sections, in the order of the file.
  public var sectionNames: [String] { sections.map(\.name) }
  /// The length of the file in bytes.
  public var count: Int { file.count }

  package var stamp: FileStamp { file.stamp }

  let file: MappedFile
  let blockSize: Int
  private let sections: [Section]
  private let table: Range<Int>

  /// - Throws: `noInput` when there is no such file; `badInput` when it is not of this format, of a version that cannot be
  ///   read, cut short, or damaged in what holds the sections together.
  public init(path: String, format: FileFormat, access: MappedFile.Access = .normal) throws(ParlanceError) {
    let file = try MappedFile(path: path, access: access)
    let layout = try SectionedFileTable(reading: file.bytes, format: format, path: path)
    self.path = path
    self.file = file
    version = layout.version
    blockSize = layout.blockSize
    table = layout.place
    var sections: [Section] = []
    for entry in layout.entries {
      sections.append(Section(entry: entry, file: file, blockSize: layout.blockSize))
    }
    self.sections = sections
  }

  /// SHA-256 of the table with the checksums of all blocks: tells one content from another without reading it. It is no
  /// protection against somebody who wants two contents to look the same.
  package var fingerprint: SHA256.Digest {
    let file = file
    return SHA256.digest(of: file.bytes.extracting(table))
  }

  public func hasSection(_ name: String) -> Bool {
    sections.contains { $0.name == name }
  }

  /// - Throws: `badInput` when the file has no such section.
  public func section(_ name: String) throws(ParlanceError) -> Section {
    guard let section = sections.first(where: { $0.name == name }) else {
      throw ParlanceError(.badInput, "expected a section \"\(name)\", there is none", at: .init(file: path))
    }
    return section
  }

  /// Checks every block and that nothing but zeros lies between the sections.
  ///
  /// - Throws: `badInput` naming the first damaged section and block; `interrupted`.
  public func verify(progress: ProgressHandler? = nil, interruption: Interruption? = nil) throws(ParlanceError) {
    let file = file
    let total = sections.reduce(0) { $0 + $1.blockCount }
    var completed = 0
    var end = SectionedFileLayout.headerSize
    for section in sections {
      for offset in end..<section.offset where file.bytes.byte(at: offset) != 0 {
        throw ParlanceError(.badInput, "expected a zero at byte \(offset), the file is damaged", at: .init(file: path))
      }
      for block in 0..<section.blockCount {
        try interruption?.check()
        try section.checkBlock(block)
        completed += 1
        progress?(Progress("checking", completed: completed, total: total, unit: "blocks"))
      }
      end = section.offset + section.count
    }
  }
}
