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
/// file where memory is short. The names of all fields are in memory.
struct MetadataEntries {
  fileprivate struct Keyword: FieldEntry {
    var digest: KeywordDigest
    var field: UInt32
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool {
      (left.field, left.digest, left.passage) < (right.field, right.digest, right.passage)
    }
  }

  fileprivate struct Number: FieldEntry {
    var number: Double
    var field: UInt32
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool {
      (left.field, left.number, left.passage) < (right.field, right.number, right.passage)
    }
  }

  /// The numbers of the fields, in the order in which they came.
  private var fields: [ExternalID: UInt32] = [:]
  private var keywords: RowSorter<Keyword>
  private var numbers: RowSorter<Number>

  /// - Parameter scratch: without it everything stays in memory.
  init(scratch: BuildScratch? = nil) {
    let memory = scratch.map { $0.memory / 16 } ?? .max
    keywords = RowSorter(memory: memory, scratch: scratch)
    numbers = RowSorter(memory: memory, scratch: scratch)
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
  }

  private mutating func add(_ value: JSONValue, named name: String, of passage: Int) throws(ParlanceError) {
    guard let value = PassageFilter.Value(value) else { return }
    let field = number(ofField: ExternalID(name))
    if case .number(let number) = value {
      // Zero has two forms, which are equal.
      try numbers.append(Number(number: number == 0 ? 0 : number, field: field, passage: UInt32(passage)))
    } else if let digest = KeywordDigest(value) {
      try keywords.append(Keyword(digest: digest, field: field, passage: UInt32(passage)))
    }
  }

  private mutating func number(ofField name: ExternalID) -> UInt32 {
    if let number = fields[name] { return number }
    let number = UInt32(fields.count)
    fields[name] = number
    return number
  }

  /// Gives the columns as bytes, section by section.
  consuming func forEachSection(
    _ begin: (String) throws(ParlanceError) -> Void, _ take: ([UInt8]) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let names = fields.keys.sorted()
    var ranks = [UInt32](repeating: 0, count: names.count)
    for (rank, name) in names.enumerated() { ranks[Int(fields[name] ?? 0)] = UInt32(rank) }
    let keywords = try Self.ranked(&self.keywords, ranks)
    let numbers = try Self.ranked(&self.numbers, ranks)

    try begin(MetadataColumns.fieldNames)
    for name in names { try take(Array(name.string.utf8)) }
    try begin(MetadataColumns.fields)
    var counts = [(keywords: UInt64, numbers: UInt64)](repeating: (0, 0), count: names.count)
    try keywords.forEachKeyword { row, isNew in if isNew { counts[Int(row.field)].keywords += 1 } }
    try numbers.forEachOnce { row in counts[Int(row.field)].numbers += 1 }
    var end = MetadataField()
    for (name, count) in zip(names, counts) {
      end.nameEnd += UInt64(name.string.utf8.count)
      end.keywordEnd += count.keywords
      end.numberEnd += count.numbers
      try take(end.bytes)
    }
    try begin(MetadataColumns.keywords)
    var last: KeywordDigest?
    var passages: UInt64 = 0
    try keywords.forEachKeyword { row, isNew throws(ParlanceError) in
      if isNew, let last { try take(MetadataKeyword(digest: last, end: passages).bytes) }
      last = row.digest
      passages += 1
    }
    if let last { try take(MetadataKeyword(digest: last, end: passages).bytes) }
    try begin(MetadataColumns.keywordPassages)
    try keywords.forEachOnce { row throws(ParlanceError) in try take(row.passage.littleEndianBytes) }
    try begin(MetadataColumns.numbers)
    try numbers.forEachOnce { row throws(ParlanceError) in try take(row.number.bitPattern.littleEndianBytes) }
    try begin(MetadataColumns.numberPassages)
    try numbers.forEachOnce { row throws(ParlanceError) in try take(row.passage.littleEndianBytes) }
  }

  /// The same rows in the order of their fields' names, which is known once all have come.
  private static func ranked<Row: FieldEntry>(
    _ sorter: inout RowSorter<Row>, _ ranks: [UInt32]
  ) throws(ParlanceError) -> SortedRows<Row> {
    let rows = sorter.finish()
    if ranks.indices.allSatisfy({ ranks[$0] == $0 }) { return rows }
    try rows.forEach { row throws(ParlanceError) in
      var row = row
      row.field = ranks[Int(row.field)]
      try sorter.append(row)
    }
    return sorter.finish()
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

/// A value of a field of a passage.
private protocol FieldEntry: BitwiseCopyable, Comparable, Sendable {
  /// The number of the field, or its place among all names.
  var field: UInt32 { get set }
}

extension SortedRows where Row: FieldEntry {
  /// Gives each entry once.
  fileprivate func forEachOnce(_ body: (Row) throws(ParlanceError) -> Void) throws(ParlanceError) {
    var last: Row?
    try forEach { row throws(ParlanceError) in
      if row != last { try body(row) }
      last = row
    }
  }
}

extension SortedRows<MetadataEntries.Keyword> {
  /// Gives each passage of each keyword, and whether it is the keyword's first.
  fileprivate func forEachKeyword(
    _ body: (Row, _ isNew: Bool) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var last: Row?
    try forEachOnce { row throws(ParlanceError) in
      try body(row, row.field != last?.field || row.digest != last?.digest)
      last = row
    }
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
