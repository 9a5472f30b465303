import BinaryFiles
import Diagnostics
import Identifiers
import StrictJSON

/// Where the name, the keywords and the numbers of a field end, counted over all fields.
struct MetadataField: BitwiseCopyable, Equatable {
  var nameEnd: UInt64 = 0
  var keywordEnd: UInt64 = 0
  var numberEnd: UInt64 = 0
}

/// A value, and where its passages end.
struct MetadataKeyword: BitwiseCopyable, Equatable {
  var digest: KeywordDigest
  var end: UInt64
}

/// The first 16 bytes of the SHA-256 of a kind (1 false, 2 true, 5 string) and a string's bytes: two different strings never
/// have the same, and a long one takes no more room than a short one.
struct KeywordDigest: BitwiseCopyable, Comparable, Sendable {
  var high: UInt64
  var low: UInt64

  /// - Returns: `nil` for a number.
  init?(_ value: PassageFilter.Value) {
    var bytes: [UInt8]
    switch value {
    case .number: return nil
    case .bool(let value): bytes = [value ? 2 : 1]
    case .string(let string):
      bytes = [5]
      bytes.append(contentsOf: string.utf8)
    }
    let digest = SHA256.digest(of: bytes).bytes
    high = digest.rawSpan.load(UInt64.self, at: 0)
    low = digest.rawSpan.load(UInt64.self, at: 8)
  }

  static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// The metadata of passages as they come, to be written as `MetadataColumns`: 24 bytes for a keyword, 16 for a number, in a
/// file where memory is short.
struct MetadataEntries {
  private struct Keyword: BitwiseCopyable, Comparable {
    var digest: KeywordDigest
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool {
      (left.digest, left.passage) < (right.digest, right.passage)
    }
  }

  private struct Number: BitwiseCopyable, Comparable {
    var number: Double
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool { (left.number, left.passage) < (right.number, right.passage) }
  }

  private struct Entries {
    var keywords: RowSorter<Keyword>
    var numbers: RowSorter<Number>
  }

  private let scratch: BuildScratch?
  private let limit: Int
  private var fields: [ExternalID: Entries] = [:]
  /// In memory, of all fields.
  private var bytes = 0

  /// - Parameter scratch: without it everything stays in memory.
  init(scratch: BuildScratch? = nil) {
    self.scratch = scratch
    limit = scratch.map { $0.memory / 8 } ?? .max
  }

  /// Takes the metadata of a passage.
  mutating func add(_ metadata: JSONObject, of passage: Int) throws(ParlanceError) {
    for (name, value) in metadata {
      if case .array(let elements) = value {
        for element in elements { try add(element, named: name, of: passage) }
      } else {
        try add(value, named: name, of: passage)
      }
    }
    guard bytes > limit else { return }
    for name in fields.keys {
      try fields[name]?.keywords.spill()
      try fields[name]?.numbers.spill()
    }
    bytes = 0
  }

  private mutating func add(_ value: JSONValue, named name: String, of passage: Int) throws(ParlanceError) {
    guard let value = PassageFilter.Value(value) else { return }
    // Rows are brought to the file here, for all fields together.
    let empty = Entries(keywords: RowSorter(scratch: scratch), numbers: RowSorter(scratch: scratch))
    if case .number(let number) = value {
      // Zero has two forms, which are equal.
      let row = Number(number: number == 0 ? 0 : number, passage: UInt32(passage))
      try fields[ExternalID(name), default: empty].numbers.append(row)
      bytes += MemoryLayout<Number>.stride
    } else if let digest = KeywordDigest(value) {
      let row = Keyword(digest: digest, passage: UInt32(passage))
      try fields[ExternalID(name), default: empty].keywords.append(row)
      bytes += MemoryLayout<Keyword>.stride
    }
  }

  /// The columns of a field, each entry once.
  private struct Columns {
    let keywords: SortedRows<Keyword>
    let numbers: SortedRows<Number>

    /// - Parameter body: gets each passage of each keyword, and whether it is the keyword's first.
    func forEachKeyword(
      _ body: (Keyword, _ isNew: Bool) throws(ParlanceError) -> Void
    ) throws(ParlanceError) {
      var last: Keyword?
      try keywords.forEach { row throws(ParlanceError) in
        if row != last { try body(row, row.digest != last?.digest) }
        last = row
      }
    }

    func forEachNumber(_ body: (Number) throws(ParlanceError) -> Void) throws(ParlanceError) {
      var last: Number?
      try numbers.forEach { row throws(ParlanceError) in
        if row != last { try body(row) }
        last = row
      }
    }
  }

  /// Gives the columns as bytes, section by section.
  consuming func forEachSection(
    _ begin: (String) throws(ParlanceError) -> Void, _ take: ([UInt8]) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let names = fields.keys.sorted()
    var columns: [Columns] = []
    for name in names {
      guard let entries = fields.removeValue(forKey: name) else { continue }
      columns.append(Columns(keywords: entries.keywords.finish(), numbers: entries.numbers.finish()))
    }
    try begin(MetadataColumns.fieldNames)
    for name in names { try take(Array(name.string.utf8)) }
    try begin(MetadataColumns.fields)
    var end = MetadataField()
    for (name, columns) in zip(names, columns) {
      end.nameEnd += UInt64(name.string.utf8.count)
      try columns.forEachKeyword { _, isNew in if isNew { end.keywordEnd += 1 } }
      try columns.forEachNumber { _ in end.numberEnd += 1 }
      try take(end.bytes)
    }
    try begin(MetadataColumns.keywords)
    var passages: UInt64 = 0
    for columns in columns {
      var last: KeywordDigest?
      try columns.forEachKeyword { row, isNew throws(ParlanceError) in
        if isNew, let last { try take(MetadataKeyword(digest: last, end: passages).bytes) }
        last = row.digest
        passages += 1
      }
      if let last { try take(MetadataKeyword(digest: last, end: passages).bytes) }
    }
    try begin(MetadataColumns.keywordPassages)
    for columns in columns {
      try columns.forEachKeyword { row, _ throws(ParlanceError) in try take(row.passage.littleEndianBytes) }
    }
    try begin(MetadataColumns.numbers)
    for columns in columns {
      try columns.forEachNumber { row throws(ParlanceError) in try take(row.number.bitPattern.littleEndianBytes) }
    }
    try begin(MetadataColumns.numberPassages)
    for columns in columns {
      try columns.forEachNumber { row throws(ParlanceError) in try take(row.passage.littleEndianBytes) }
    }
  }

  /// Writes the columns as sections of `file`.
  consuming func write(to file: SectionedFileWriter) throws(ParlanceError) {
    var bytes: [UInt8] = []
    func flush() throws(ParlanceError) {
      if !bytes.isEmpty { try file.write(bytes) }
      bytes.removeAll(keepingCapacity: true)
    }
    try forEachSection { name throws(ParlanceError) in
      try flush()
      try file.beginSection(name)
    } _: { piece throws(ParlanceError) in
      bytes += piece
      if bytes.count >= 1 << 16 { try flush() }
    }
    try flush()
  }
}

extension MetadataField {
  fileprivate var bytes: [UInt8] {
    nameEnd.littleEndianBytes + keywordEnd.littleEndianBytes + numberEnd.littleEndianBytes
  }
}

extension MetadataKeyword {
  fileprivate var bytes: [UInt8] {
    digest.high.littleEndianBytes + digest.low.littleEndianBytes + end.littleEndianBytes
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: self)
    return bytes
  }
}
