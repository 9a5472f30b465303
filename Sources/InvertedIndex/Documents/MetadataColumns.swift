import BinaryFiles
import Diagnostics

/// The metadata of a segment's passages by field and value, so that a filter need not read texts.
///
///     field names       the bytes of the names of all fields
///     fields            for each field, ascending by its bytes, where its name, keywords and numbers end (`MetadataField`)
///     keywords          for each field its distinct strings, true and false, by their digests, ascending, and where the
///                       passages of each end (`MetadataKeyword`)
///     keyword passages  the passages that have each, ascending
///     numbers           for each field its numbers, ascending
///     number passages   the passage of each; of equal numbers ascending
struct MetadataColumns: Sendable {
  static let fieldNames = "field names"
  static let fields = "fields"
  static let keywords = "keywords"
  static let keywordPassages = "keyword passages"
  static let numbers = "numbers"
  static let numberPassages = "number passages"

  private let passages: Int
  private let path: String
  private let fieldNames: Section
  private let fields: Section
  private let keywords: Section
  private let keywordPassages: Section
  private let numbers: Section
  private let numberPassages: Section

  /// - Returns: `nil` for a file of before there were columns.
  /// - Throws: `badInput` where the sections do not fit each other.
  init?(of file: SectionedFile, passages: Int) throws(ParlanceError) {
    guard file.hasSection(Self.fields) else { return nil }
    self.passages = passages
    path = file.path
    fieldNames = try file.section(Self.fieldNames)
    fields = try file.section(Self.fields)
    keywords = try file.section(Self.keywords)
    keywordPassages = try file.section(Self.keywordPassages)
    numbers = try file.section(Self.numbers)
    numberPassages = try file.section(Self.numberPassages)
    guard fields.count % MemoryLayout<MetadataField>.stride == 0,
      keywords.count % MemoryLayout<MetadataKeyword>.stride == 0, keywordPassages.count % 4 == 0,
      numbers.count % 8 == 0, numberPassages.count == numbers.count / 2
    else { throw contradiction() }
  }

  /// The names of all fields, ascending.
  func names() throws(ParlanceError) -> [String] {
    var names: [String] = []
    for index in 0..<fieldCount { names.append(try field(index).name) }
    return names
  }

  /// Adds the passages that fulfil a condition; they may be there already.
  ///
  /// - Complexity: proportional to their number.
  func insertPassages(
    fulfilling condition: PassageFilter.Condition, into mask: inout PassageMask
  ) throws(ParlanceError) {
    guard let field = try field(named: condition.field) else { return }
    switch condition.test {
    case .anyOf(let values):
      for value in values {
        if case .number(let number) = value {
          try insert(NumberRange(from: number, to: number), of: field, into: &mask)
        } else if let digest = KeywordDigest(value) {
          try insert(digest, of: field, into: &mask)
        }
      }
    case .range(let range): try insert(range, of: field, into: &mask)
    }
  }

  private struct Field {
    var name: String
    var keywords: Range<Int>
    var numbers: Range<Int>
  }

  private var fieldCount: Int { fields.count / MemoryLayout<MetadataField>.stride }

  private func field(_ index: Int) throws(ParlanceError) -> Field {
    let own = try fields.value(MetadataField.self, at: index)
    let before = index == 0 ? MetadataField() : try fields.value(MetadataField.self, at: index - 1)
    guard before.nameEnd <= own.nameEnd, own.nameEnd <= fieldNames.count, before.keywordEnd <= own.keywordEnd,
      own.keywordEnd <= keywords.count / MemoryLayout<MetadataKeyword>.stride, before.numberEnd <= own.numberEnd,
      own.numberEnd <= numbers.count / 8,
      let name = String(validating: try fieldNames.copy(of: Int(before.nameEnd)..<Int(own.nameEnd)), as: UTF8.self)
    else { throw contradiction() }
    return Field(
      name: name, keywords: Int(before.keywordEnd)..<Int(own.keywordEnd),
      numbers: Int(before.numberEnd)..<Int(own.numberEnd))
  }

  private func field(named name: String) throws(ParlanceError) -> Field? {
    let index = try (0..<fieldCount).partitionPoint { index throws(ParlanceError) in
      try field(index).name.utf8.lexicographicallyPrecedes(name.utf8)
    }
    guard index < fieldCount, case let found = try field(index), found.name.utf8.elementsEqual(name.utf8) else {
      return nil
    }
    return found
  }

  private func insert(
    _ digest: KeywordDigest, of field: Field, into mask: inout PassageMask
  ) throws(ParlanceError) {
    let place = try field.keywords.partitionPoint { place throws(ParlanceError) in
      try keywords.value(MetadataKeyword.self, at: place).digest < digest
    }
    guard place < field.keywords.upperBound else { return }
    let found = try keywords.value(MetadataKeyword.self, at: place)
    guard found.digest == digest else { return }
    let start = place == 0 ? 0 : try keywords.value(MetadataKeyword.self, at: place - 1).end
    guard start <= found.end, found.end <= keywordPassages.count / 4 else { throw contradiction() }
    try insert(Int(start)..<Int(found.end), of: keywordPassages, into: &mask)
  }

  private func insert(_ range: NumberRange, of field: Field, into mask: inout PassageMask) throws(ParlanceError) {
    let section = numbers
    let values = try section.values(Double.self, from: field.numbers.lowerBound, count: field.numbers.count)
    func first(where isBehind: (Double) -> Bool) -> Int {
      var (low, high) = (0, values.count)
      while low < high {
        let middle = low + (high - low) / 2
        if isBehind(values[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let start = first { !range.isBefore($0) }
    let end = first { !range.isBefore($0) && !range.contains($0) }
    guard start <= end else { return }
    try insert(
      field.numbers.lowerBound + start..<field.numbers.lowerBound + end, of: numberPassages, into: &mask)
  }

  private func insert(_ range: Range<Int>, of section: Section, into mask: inout PassageMask) throws(ParlanceError) {
    let found = try section.values(UInt32.self, from: range.lowerBound, count: range.count)
    for index in found.indices {
      guard found[index] < passages else { throw contradiction() }
      mask.insert(Int(found[index]))
    }
  }

  /// Whether the columns are those of `entries`.
  func equals(_ entries: consuming MetadataEntries) throws(ParlanceError) -> Bool {
    let sections = [fieldNames, fields, keywords, keywordPassages, numbers, numberPassages]
    var number = -1
    var end = 0
    var isEqual = true
    try entries.forEachSection { _ in
      if number >= 0, end != sections[number].count { isEqual = false }
      number += 1
      end = 0
    } _: { expected throws(ParlanceError) in
      let section = sections[number]
      guard isEqual, end + expected.count <= section.count else {
        isEqual = false
        return
      }
      if try section.copy(of: end..<end + expected.count) != expected { isEqual = false }
      end += expected.count
    }
    return isEqual && end == numberPassages.count
  }

  private func contradiction() -> ParlanceError {
    ParlanceError(
      .badInput, "the passages contradict themselves in their metadata; build the index anew or copy it again",
      at: .init(file: path))
  }
}
