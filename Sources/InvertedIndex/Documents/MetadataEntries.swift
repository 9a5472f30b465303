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
struct KeywordDigest: BitwiseCopyable, Comparable {
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

/// The metadata of passages as they come, to be written as `MetadataColumns`: 24 bytes of memory for a keyword, 16 for a number.
struct MetadataEntries {
  private struct Entries {
    var keywords: [(digest: KeywordDigest, passage: UInt32)] = []
    var numbers: [(number: Double, passage: UInt32)] = []
  }

  private var fields: [ExternalID: Entries] = [:]

  /// Takes the metadata of a passage.
  mutating func add(_ metadata: JSONObject, of passage: Int) {
    for (name, value) in metadata {
      if case .array(let elements) = value {
        for element in elements { add(element, named: name, of: passage) }
      } else {
        add(value, named: name, of: passage)
      }
    }
  }

  private mutating func add(_ value: JSONValue, named name: String, of passage: Int) {
    guard let value = PassageFilter.Value(value) else { return }
    if case .number(let number) = value {
      // Zero has two forms, which are equal.
      fields[ExternalID(name), default: Entries()].numbers.append((number == 0 ? 0 : number, UInt32(passage)))
    } else if let digest = KeywordDigest(value) {
      fields[ExternalID(name), default: Entries()].keywords.append((digest, UInt32(passage)))
    }
  }

  /// The sections as they are written.
  struct Sections {
    var fieldNames: [UInt8] = []
    var fields: [MetadataField] = []
    var keywords: [MetadataKeyword] = []
    var keywordPassages: [UInt32] = []
    var numbers: [Double] = []
    var numberPassages: [UInt32] = []
  }

  consuming func finish() -> Sections {
    var sections = Sections()
    for name in fields.keys.sorted() {
      guard var entries = fields.removeValue(forKey: name) else { continue }
      sections.fieldNames.append(contentsOf: name.string.utf8)
      entries.keywords.sort { ($0.digest, $0.passage) < ($1.digest, $1.passage) }
      for (index, entry) in entries.keywords.enumerated() {
        let isNew = index == 0 || entries.keywords[index - 1].digest != entry.digest
        guard isNew || entries.keywords[index - 1].passage != entry.passage else { continue }
        sections.keywordPassages.append(entry.passage)
        let end = UInt64(sections.keywordPassages.count)
        if isNew {
          sections.keywords.append(MetadataKeyword(digest: entry.digest, end: end))
        } else {
          sections.keywords[sections.keywords.count - 1].end = end
        }
      }
      entries.numbers.sort { ($0.number, $0.passage) < ($1.number, $1.passage) }
      for (index, entry) in entries.numbers.enumerated() where index == 0 || entries.numbers[index - 1] != entry {
        sections.numbers.append(entry.number)
        sections.numberPassages.append(entry.passage)
      }
      sections.fields.append(
        MetadataField(
          nameEnd: UInt64(sections.fieldNames.count), keywordEnd: UInt64(sections.keywords.count),
          numberEnd: UInt64(sections.numbers.count)))
    }
    return sections
  }

  /// Writes the columns as sections of `file`.
  consuming func write(to file: SectionedFileWriter) throws(ParlanceError) {
    let sections = finish()
    try file.beginSection(MetadataColumns.fieldNames)
    try file.write(sections.fieldNames)
    try file.beginSection(MetadataColumns.fields)
    try file.write(sections.fields)
    try file.beginSection(MetadataColumns.keywords)
    try file.write(sections.keywords)
    try file.beginSection(MetadataColumns.keywordPassages)
    try file.write(sections.keywordPassages)
    try file.beginSection(MetadataColumns.numbers)
    try file.write(sections.numbers)
    try file.beginSection(MetadataColumns.numberPassages)
    try file.write(sections.numberPassages)
  }
}
