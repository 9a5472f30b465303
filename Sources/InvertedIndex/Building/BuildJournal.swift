import BinaryFiles
import Diagnostics
import SparseVectors

/// What a build has done so far, so that another process can go on with it.
///
/// `NNNNNN.build` says what the vectors and the index are made of and, once all vectors are looked through, what was found. Then
/// come the passages file, which is there when it is whole, and the postings file, range by range in `NNNNNN.postings.partial`,
/// with a record for each range that was written in `NNNNNN.ranges`. A record that does not fit the bytes ends what is kept,
/// whatever the disk made of it.
struct BuildJournal: Sendable {
  static let fileKind = "build"
  static let rangesKind = "ranges"
  static let format = FileFormat(magic: "PARLBUIL", name: "journal of a build", version: FormatVersion(1, 1))

  let generation: Int
  /// Of the inputs and settings.
  let digest: [UInt8]
  /// Of what the vectors are made of, where the build encodes them itself.
  let vectors: [UInt8]?
  /// What was found in an earlier process; `nil` where that did not get so far.
  let statistics: CollectionStatistics?
  private let folder: String

  /// Whether it is of an addition to an index, which keeps nothing but vectors.
  var isOfAddition: Bool { digest == vectors }

  init(
    _ generation: Int, digest: [UInt8], vectors: [UInt8]?, statistics: CollectionStatistics? = nil, in folder: String
  ) {
    self.generation = generation
    self.digest = digest
    self.vectors = vectors
    self.statistics = statistics
    self.folder = folder
  }

  /// - Throws: `noInput` where there is no journal; `badInput` where it is not whole or of another version.
  static func read(_ generation: Int, in folder: String) throws(ParlanceError) -> BuildJournal {
    let file = try SectionedFile(path: path(fileKind, generation, folder), format: format)
    try file.verify()
    let digest = try bytes(of: "inputs", in: file)
    let vectors = file.hasSection("vectors") ? try bytes(of: "vectors", in: file) : nil
    let statistics =
      file.hasSection("terms")
      ? try CollectionStatistics(terms: file.section("terms"), counts: file.section("counts")) : nil
    return BuildJournal(generation, digest: digest, vectors: vectors, statistics: statistics, in: folder)
  }

  private static func bytes(of section: String, in file: SectionedFile) throws(ParlanceError) -> [UInt8] {
    let section = try file.section(section)
    return try section.copy(of: 0..<section.count)
  }

  private static func path(_ kind: String, _ generation: Int, _ folder: String) -> String {
    folder + "/" + IndexFolder.name(kind, generation)
  }

  /// Notes what the vectors are, of which the first are to come, or that all were looked through.
  func write(_ statistics: CollectionStatistics? = nil) throws(ParlanceError) {
    let file = try SectionedFileWriter(path: Self.path(Self.fileKind, generation, folder), format: Self.format)
    try file.beginSection("inputs")
    try file.write(digest)
    if let vectors {
      try file.beginSection("vectors")
      try file.write(vectors)
    }
    if let statistics {
      try file.beginSection("counts")
      try file.write([statistics.postings, statistics.densest].map(UInt64.init))
      try file.beginSection("terms")
      try file.write(statistics.terms)
    }
    try file.commit()
  }

  /// The length of the passages file, which is there when it is whole.
  var passagesBytes: Int? {
    let file = try? SectionedFile(path: Self.path("passages", generation, folder), format: DocumentFormat.format)
    return file?.count
  }

  /// The records of ranges, those of an earlier process included.
  func ranges() throws(ParlanceError) -> Ranges {
    let file = try OutputFile(path: Self.path(Self.rangesKind, generation, folder), mode: .append)
    guard file.position > 0 else { return Ranges(file: file, kept: []) }
    let kept = try MappedFile(path: file.path)
    return Ranges(file: file, kept: kept.bytes.array())
  }

  /// The records of the ranges that are written.
  final class Ranges {
    /// A range as the section `ranges` has it, and the checksum of its bytes.
    typealias Entry = (record: [UInt8], checksum: UInt32)

    private let file: OutputFile
    private var kept: [UInt8]
    private static let size = PostingsRange.recordSize + 8

    fileprivate init(file: OutputFile, kept: [UInt8]) {
      self.file = file
      self.kept = kept
    }

    /// The record of range `number` of an earlier process; `nil` where there is none that is whole.
    func entry(_ number: Int) -> Entry? {
      let start = number * Self.size
      guard start + Self.size <= kept.count else { return nil }
      let entry = Array(kept[start..<start + Self.size])
      guard CRC32C.checksum(of: Array(entry[..<(Self.size - 4)])) == entry.rawSpan.load(UInt32.self, at: Self.size - 4)
      else { return nil }
      return (
        Array(entry[..<PostingsRange.recordSize]), entry.rawSpan.load(UInt32.self, at: PostingsRange.recordSize)
      )
    }

    /// Forgets all records from `number` on.
    func cut(to number: Int) throws(ParlanceError) {
      kept = []
      if file.position > number * Self.size { try file.truncate(to: number * Self.size) }
    }

    func append(_ record: [UInt8], bytes: [UInt8]) throws(ParlanceError) {
      var entry = record
      entry.append(littleEndian: CRC32C.checksum(of: bytes))
      entry.append(littleEndian: CRC32C.checksum(of: entry))
      try file.write(entry.rawSpan)
    }
  }
}

extension CollectionStatistics {
  fileprivate init(terms: Section, counts: Section) throws(ParlanceError) {
    let found = try terms.values(TermStatistics.self)
    var all: [TermStatistics] = []
    for index in found.indices { all.append(found[index]) }
    let postings = try counts.value(UInt64.self, at: 0)
    let densest = try counts.value(UInt64.self, at: 1)
    self.init(terms: all, postings: Int(clamping: postings), densest: Int(clamping: densest))
  }
}
