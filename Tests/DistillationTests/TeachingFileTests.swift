import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import BinaryFiles
@testable import Distillation

@Suite("A .teacher file")
struct TeachingFileTests {
  static let specimen = TestSupport.packageRoot + "/Tests/DistillationTests/Goldens/v1.teacher"

  /// What the specimen holds; PARLANCE_WRITE_GOLDENS=1 writes it anew, which only a new version of the format may ask for.
  static func write(to path: String, vectors: Bool = true) throws {
    let fixture = try TeachingFixture()
    let description = TeacherDescription(
      of: try fixture.collection(index: false).vectors,
      teachers: [
        .init(name: "llm", kind: .rewrites, form: .rewriteAndConversation, encoder: .frozen, weight: 2.5),
        .init(name: "caf\u{E9}", kind: .vectors, encoder: .other),
      ], combination: vectors ? .rescore : .max, depth: 3, hasQueryVectors: vectors)
    let writer = try TeacherWriter(path: path, description: description)
    try writer.append(
      "c_1", TeacherList(passages: [2, 0, 3], scores: [2.5, 1, 1]),
      vector: vectors ? SparseVector([0: 1, 7: 0.5]) : nil)
    try writer.append("caf\u{E9}_2", TeacherList(passages: [], scores: []), vector: vectors ? .empty : nil)
    try writer.append(
      "c_3", TeacherList(passages: [1], scores: [-0.25]), vector: vectors ? SparseVector([3: 2]) : nil)
    try writer.finish()
  }

  /// Everything that a user can ask of a small file.
  static func answers(_ path: String) throws(ParlanceError) -> [String] {
    let file = try TeacherFile(path: path)
    var answers = ["\(file.description.teachers) \(file.description.combination) \(file.description.passageIDs)"]
    for index in (0..<file.count).reversed() {
      answers.append("\(file.queryID(at: index)) \(file.index(of: file.queryID(at: index)) ?? -1)")
      answers.append("\(file.passageCount(at: index)) \(try file.list(at: index).text)")
      answers.append("\(try file.queryVector(at: index)?.weights ?? [-1])")
    }
    return answers
  }

  @Test("of version 1 is opened, every byte of it is checked, and it is written the same today")
  func specimen() throws {
    if ProcessInfo.processInfo.environment["PARLANCE_WRITE_GOLDENS"] == "1" { try Self.write(to: Self.specimen) }
    let file = try TeacherFile(path: Self.specimen)
    try file.verify()
    #expect(file.count == 3 && file.description.teachers[0].form == .rewriteAndConversation)
    #expect(file.description.teachers.map(\.weight) == [2.5, 1] && file.description.passageSpace == .frozen)
    #expect(file.index(of: "caf\u{E9}_2") == 1 && file.index(of: "cafe\u{301}_2") == nil)
    #expect(try file.text(of: "c_1") == "p2 2.5, p0 1.0, p3 1.0")
    #expect(try file.queryVector(at: 0) == SparseVector([0: 1, 7: 0.5]) && file.queryVector(at: 1) == .empty)
    #expect(try file.list(at: 2) == TeacherList(passages: [1], scores: [-0.25]))
    try file.check(against: TeachingFixture().collection(index: false).vectors)

    let folder = try TestSupport.temporaryFolder("specimen")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.write(to: folder + "/a.teacher")
    #expect(FileManager.default.contentsEqual(atPath: folder + "/a.teacher", andPath: Self.specimen))
    try Self.write(to: folder + "/b.teacher", vectors: false)
    #expect(try TeacherFile(path: folder + "/b.teacher").queryVector(at: 0) == nil)
  }

  @Test("with any byte changed, or cut short anywhere, gives an error or the same answers; verify finds every change")
  func damage() throws {
    let folder = try TestSupport.temporaryFolder("damage")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.teacher"
    try Self.write(to: path)
    let expected = try Self.answers(path)
    let whole = try Data(contentsOf: URL(filePath: path))
    for position in whole.indices {
      var damaged = whole
      damaged[position] ^= 1 << UInt8(position % 8)
      try damaged.write(to: URL(filePath: path))
      do {
        #expect(try Self.answers(path) == expected, "byte \(position)")
      } catch { #expect(error.code == .badInput && error.location?.file == path, "byte \(position): \(error)") }
      let error = #expect(throws: ParlanceError.self, "byte \(position)") { try TeacherFile(path: path).verify() }
      #expect(error?.code == .badInput)
    }
    for length in whole.indices {
      try whole.prefix(length).write(to: URL(filePath: path))
      let error = #expect(throws: ParlanceError.self, "\(length) bytes") { try Self.answers(path) }
      #expect(error?.code == .badInput)
    }
  }

  @Test("is refused for other passages, for the same in another order, and for another encoder's vectors of them")
  func otherCollection() throws {
    let fixture = try TeachingFixture()
    let file = try TeacherFile(path: Self.specimen)
    let four = TeachingFixture.four.enumerated().map { (id: "p\($0)", vector: $1) }
    for (vectors, words) in [
      (try fixture.writeVectors("a.vectors", four.dropLast()), "expected the vectors of the 4 passages"),
      (try fixture.writeVectors("b.vectors", four.reversed()), "expected the vectors of the 4 passages"),
      (try fixture.writeVectors("c.vectors", four, encoder: .other), "encoded by frozen"),
      (try fixture.writeVectors("d.vectors", four, vocabulary: .numbered(9)), "encoded by frozen"),
    ] {
      let error = #expect(throws: ParlanceError.self) { try file.check(against: vectors) }
      #expect(error?.code == .badInput && error?.location?.file == Self.specimen)
      #expect(
        error?.message.contains(words) == true && error?.message.contains(vectors.path) == true, "\(error as Any)")
    }
  }

  @Test("is not written with what no reader would take, and then not at all")
  func writer() throws {
    let fixture = try TeachingFixture()
    let description = TeacherDescription(
      of: try fixture.collection().vectors, teachers: [.init(name: "t", kind: .run)], combination: .mean, depth: 2,
      hasQueryVectors: false)
    let good = TeacherList(passages: [0], scores: [1])
    for (id, list, vector) in [
      ("q", good, nil), ("a b", good, nil), ("r", good, SparseVector([0: 1])),
      ("r", TeacherList(passages: [4], scores: [1]), nil), ("r", TeacherList(passages: [0], scores: [.nan]), nil),
      ("r", TeacherList(passages: [0, 1], scores: [1, 2]), nil),
      ("r", TeacherList(passages: [1, 0], scores: [1, 1]), nil),
      ("r", TeacherList(passages: [1, 1], scores: [2, 1]), nil),
      ("r", TeacherList(passages: [0, 1, 2], scores: [3, 2, 1]), nil),
    ] as [(String, TeacherList, SparseVector?)] {
      let writer = try TeacherWriter(path: fixture("t.teacher"), description: description)
      try writer.append("q", good)
      let error = #expect(throws: ParlanceError.self, "\(id) \(list.text)") {
        try writer.append(ExternalID(id), list, vector: vector)
      }
      #expect(error?.code == .internalFault)
    }
    #expect(!FileManager.default.fileExists(atPath: fixture("t.teacher")))
  }

  static let weighted = TestSupport.packageRoot + "/Tests/DistillationTests/Goldens/v1.1.teacher"

  /// The specimen of version 1.1: one teacher, two turns that count differently.
  private static func writeWeighted(to path: String) throws {
    var description = TeacherDescription(
      of: try TeachingFixture().collection(index: false).vectors, teachers: [.init(name: "t", kind: .run)],
      combination: .mean, depth: 2, hasQueryVectors: false)
    var selection = TeachingSelection()
    (selection.filters, selection.filteredWeight) = ([.disagreement], 0.25)
    description.selection = selection
    let writer = try TeacherWriter(path: path, description: description, weighsTurns: true)
    try writer.append("a", TeacherList(passages: [2, 0], scores: [2, 1]))
    try writer.append("b", TeacherList(passages: [1], scores: [1]))
    try writer.finish(weights: [0.25, 1])
  }

  @Test("of version 1.1 has weights of turns; it is opened, and written the same today")
  func weights() throws {
    if ProcessInfo.processInfo.environment["PARLANCE_WRITE_GOLDENS"] == "1" {
      try Self.writeWeighted(to: Self.weighted)
    }
    let file = try TeacherFile(path: Self.weighted)
    try file.verify()
    #expect(file.weighsTurns && (0..<2).map { file.weight(at: $0) } == [0.25, 1])
    #expect(file.description.selection?.filters == [.disagreement] && file.count == 2)
    let plain = try TeacherFile(path: Self.specimen)
    #expect(!plain.weighsTurns && plain.weight(at: 1) == 1 && plain.description.selection == nil)
    let folder = try TestSupport.temporaryFolder("weighted")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.writeWeighted(to: folder + "/a.teacher")
    #expect(FileManager.default.contentsEqual(atPath: folder + "/a.teacher", andPath: Self.weighted))
  }

  @Test("is not written with weights that were not announced, miss a turn, or are no weights", arguments: 0..<5)
  func wrongWeights(which: Int) throws {
    let fixture = try TeachingFixture()
    let description = TeacherDescription(
      of: try fixture.collection().vectors, teachers: [.init(name: "t", kind: .run)], combination: .mean, depth: 2,
      hasQueryVectors: false)
    let weights: [[Float]?] = [[1], nil, [1, 1], [0], [.nan]]
    let writer = try TeacherWriter(path: fixture("t.teacher"), description: description, weighsTurns: which > 0)
    try writer.append("q", TeacherList(passages: [0], scores: [1]))
    let error = #expect(throws: ParlanceError.self) { try writer.finish(weights: weights[which]) }
    #expect(error?.code == .internalFault)
    #expect(!FileManager.default.fileExists(atPath: fixture("t.teacher")))
  }

  /// A file that somebody made on purpose: every checksum is true.
  private func forge(
    _ path: String, lists: [UInt32], queries: [UInt32], ids: String = "a\nb\n", weights: [Float]? = nil,
    description change: String? = nil
  ) throws {
    let section = try SectionedFile(path: Self.specimen, format: TeacherFormat.format)
      .section(TeacherFormat.description)
    var json = String(decoding: try section.bytes().array(), as: UTF8.self)
    if let change {
      let parts = change.components(separatedBy: " -> ")
      try #require(json.contains(parts[0]))
      json = json.replacingOccurrences(of: parts[0], with: parts[1])
    }
    let writer = try SectionedFileWriter(path: path, format: TeacherFormat.format)
    try writer.beginSection(TeacherFormat.lists)
    try writer.write(lists)
    try writer.beginSection(TeacherFormat.queries)
    try writer.write(queries)
    try writer.beginSection(TeacherFormat.ids)
    try writer.write(Array(ids.utf8))
    if let weights {
      try writer.beginSection(TeacherFormat.weights)
      try writer.write(weights)
    }
    try writer.beginSection(TeacherFormat.description)
    try writer.write(Array(json.utf8))
    try writer.commit()
  }

  @Test("whose checksums are true and whose contents are not is refused, and nothing is read outside of it")
  func forged() throws {
    let folder = try TestSupport.temporaryFolder("forged")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/f.teacher"
    let one = Float(1).bitPattern
    // Two queries: passages 1 and 0 with score 1 and a vector of term 2; then nothing.
    let lists: [UInt32] = [1, 2, Float(2).bitPattern, one, 2, one]
    let queries: [UInt32] = [0, 0, 2, 1, 24, 0, 0, 0]
    try forge(path, lists: lists, queries: queries)
    #expect(try TeacherFile(path: path).text(of: "a") == "p1 2.0, p2 1.0")
    try TeacherFile(path: path).verify()

    func refused(_ words: String, opens: Bool = false) throws {
      if opens { _ = try TeacherFile(path: path) }
      let error = #expect(throws: ParlanceError.self, "\(words)") { try TeacherFile(path: path).verify() }
      #expect(error?.code == .badInput && error?.location?.file == path)
      #expect(error?.description.contains(words) == true, "\(error as Any)")
    }
    for (place, value, words) in [
      (0, 4, "positions below 4"), (2, Float.nan.bitPattern, "finite scores"), (3, Float(3).bitPattern, "best passage"),
      (1, 1, "each passage once"), (4, 8, "terms of the vocabulary"), (5, Float(-1).bitPattern, "above zero"),
    ] as [(Int, UInt32, String)] {
      var changed = lists
      changed[place] = value
      try forge(path, lists: changed, queries: queries)
      try refused(words, opens: true)
    }
    for changed in [
      [0, 0, 2, 1, 20, 0, 0, 0], [0, 0, 2, 1, 24, 0, 1, 0], [0, 1, 2, 1, 24, 0, 0, 0], [0, 0, .max, 1, 24, 0, 0, 0],
      [0, 0, 1, .max, 24, 0, 0, 0], [0, 0, 1, 2, 24, 0], [0, 0, 2, 1, 24, 0, 0, 0, 24, 0, 0, 0],
    ] as [[UInt32]] {
      try forge(path, lists: lists, queries: changed)
      try refused("makes no sense")
    }
    for ids in ["a\n", "a\na\n", "a\nb", "a\nb c\n", "a\n\n", "", "a\nb\nc\n"] {
      try forge(path, lists: lists, queries: queries, ids: ids)
      try refused("makes no sense")
    }
    for weights in [[1], [1, 1, 1], [1, 0], [1, -1], [1, .nan], [1, .infinity]] as [[Float]] {
      try forge(path, lists: lists, queries: queries, weights: weights)
      try refused("makes no sense")
    }
    try forge(path, lists: lists, queries: queries, weights: [2, 1])
    try TeacherFile(path: path).verify()
    for change in [
      "\"depth\":3 -> \"depth\":0", "\"depth\":3 -> \"depth\":1", "rescore -> guess", "\"weight\":2.5 -> \"weight\":-1",
      "\"hasQueryVectors\":true -> \"hasQueryVectors\":false", "\"passageCount\":4 -> \"passageCount\":-4",
    ] {
      try forge(path, lists: lists, queries: queries, description: change)
      try refused("makes no sense")
    }
    try forge(path, lists: [], queries: [], ids: "")
    #expect(try TeacherFile(path: path).count == 0)
    try Data([]).write(to: URL(filePath: path))
    try refused("expected a .teacher file")
  }
}
