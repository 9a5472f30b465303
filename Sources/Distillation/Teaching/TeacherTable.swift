import BinaryFiles
import Diagnostics
import Identifiers
import StrictJSON

/// What is read of a `.teacher` file at opening: the description, the queries' ids, and where their lists are.
struct TeacherTable {
  let description: TeacherDescription
  let ids: [ExternalID]
  let indices: [ExternalID: Int]
  let records: [Record]
  /// How much each query counts in training; `nil` where all count alike.
  let weights: [Float]?

  /// Where a query's part of the lists is, in numbers of four bytes.
  struct Record {
    var start: Int
    var passages: Int
    var terms: Int
  }

  /// - Throws: `badInput` when the file is damaged or contradicts itself.
  init(reading file: SectionedFile) throws(ParlanceError) {
    let json = try Self.bytes(of: TeacherFormat.description, file)
    guard let description = CodableJSON.value(TeacherDescription.self, in: json), description.makesSense else {
      throw Self.contradiction(TeacherFormat.description, file)
    }
    self.description = description
    records = try Self.records(file, description)
    ids = try Self.ids(file)
    guard ids.count == records.count else { throw Self.contradiction(TeacherFormat.ids, file) }
    weights = try Self.weights(file, count: ids.count)
    var indices: [ExternalID: Int] = [:]
    for (index, id) in ids.enumerated() {
      guard indices.updateValue(index, forKey: id) == nil else { throw Self.contradiction(TeacherFormat.ids, file) }
    }
    self.indices = indices
  }

  private static func records(
    _ file: SectionedFile, _ description: TeacherDescription
  ) throws(ParlanceError) -> [Record] {
    let bytes = try bytes(of: TeacherFormat.queries, file)
    guard bytes.count % TeacherFormat.bytesPerQuery == 0 else { throw contradiction(TeacherFormat.queries, file) }
    var records: [Record] = []
    var end = 0
    for at in stride(from: 0, to: bytes.count, by: TeacherFormat.bytesPerQuery) {
      let record = Record(
        start: end, passages: Int(bytes.rawSpan.load(UInt32.self, at: at + 8)),
        terms: Int(bytes.rawSpan.load(UInt32.self, at: at + 12)))
      guard bytes.rawSpan.load(UInt64.self, at: at) == UInt64(4 * end), record.passages <= description.depth,
        record.terms == 0 || description.hasQueryVectors
      else { throw contradiction(TeacherFormat.queries, file) }
      records.append(record)
      end += 2 * (record.passages + record.terms)
    }
    let lists = try file.section(TeacherFormat.lists)
    guard 4 * end == lists.count else { throw contradiction(TeacherFormat.queries, file) }
    return records
  }

  private static func weights(_ file: SectionedFile, count: Int) throws(ParlanceError) -> [Float]? {
    guard file.hasSection(TeacherFormat.weights) else { return nil }
    let bytes = try bytes(of: TeacherFormat.weights, file)
    guard bytes.count == 4 * count else { throw contradiction(TeacherFormat.weights, file) }
    let weights = (0..<count).map { bytes.rawSpan.load(Float.self, at: 4 * $0) }
    guard weights.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw contradiction(TeacherFormat.weights, file) }
    return weights
  }

  private static func ids(_ file: SectionedFile) throws(ParlanceError) -> [ExternalID] {
    let text = try bytes(of: TeacherFormat.ids, file)
    guard text.isEmpty || text.last == UInt8(ascii: "\n") else { throw contradiction(TeacherFormat.ids, file) }
    var ids: [ExternalID] = []
    for line in text.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    where !text.isEmpty {
      guard let id = String(validating: line, as: UTF8.self), ExternalID.fault(of: id) == nil else {
        throw contradiction(TeacherFormat.ids, file)
      }
      ids.append(ExternalID(id))
    }
    return ids
  }

  private static func bytes(of section: String, _ file: SectionedFile) throws(ParlanceError) -> [UInt8] {
    let section = try file.section(section)
    return try section.bytes().array()
  }

  private static func contradiction(_ section: String, _ file: SectionedFile) -> ParlanceError {
    ParlanceError(
      .badInput, "the .teacher file makes no sense; make it anew or copy it again",
      at: .init(file: file.path, component: "section \(section)"))
  }
}
