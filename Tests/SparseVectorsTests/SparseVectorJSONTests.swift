import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("Sparse vectors as JSON") struct SparseVectorJSONTests {
  let folder: String
  let vocabulary: Vocabulary

  init() throws {
    folder = try TestSupport.temporaryFolder("vectors-json")
    vocabulary = try Vocabulary(pieces: ["a", "7", "\u{E9}", "e\u{301}", "\"q\""])
  }

  func read(_ text: String) throws -> [(id: ExternalID, vector: SparseVector)] {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/a"))
    let reader = try SparseVectorReader(path: folder + "/a", vocabulary: vocabulary)
    var all: [(id: ExternalID, vector: SparseVector)] = []
    while let next = try reader.next() { all.append(next) }
    return all
  }

  @Test("both spellings are read, a digit is a piece, and pieces that look alike are two")
  func spellings() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      {"id":"x","vector":{"e\u{301}":2,"7":0.1,"\u{E9}":1e-3,"a":0}}
      {"values":[0.5,3],"contents":"…","indices":[4,0],"id":"y"}
      {"id":"z","vector":{}}
      """
    let read = try read(text)
    #expect(read.map(\.id) == ["x", "y", "z"])
    #expect(read[0].vector == SparseVector(exactly: [TermID(1), TermID(2), TermID(3)], weights: [0.1, 0.001, 2]))
    #expect(read[1].vector == SparseVector(exactly: [TermID(0), TermID(4)], weights: [3, 0.5]))
    #expect(read[2].vector.isEmpty)
  }

  @Test("pieces that the vocabulary does not have are left out and told where the caller says so")
  func unknown() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lines = #"{"id":"x","vector":{"none":2,"zero":0,"a":3}}"# + "\n" + #"{"id":"y","vector":{"none":1,"none":2}}"#
    try Data(lines.utf8).write(to: URL(fileURLWithPath: folder + "/a"))
    var dropped: [ExternalID] = []
    let reader = try SparseVectorReader(
      path: folder + "/a", vocabulary: vocabulary, unknown: { dropped.append($0) })
    #expect(try reader.next()?.vector == SparseVector(exactly: [TermID(0)], weights: [3]))
    #expect(dropped == ["none"])
    let error = #expect(throws: ParlanceError.self) { try reader.next() }
    #expect(error?.message == #"expected each term once, "none" is there twice"# && error?.location?.line == 2)
  }

  @Test("what is written is read back, every bit of every weight", arguments: SparseVectorSpelling.allCases)
  func roundTrip(spelling: SparseVectorSpelling) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SeededGenerator(seed: 1)
    let vectors = (0..<200).map { number in
      let weights = (0..<5).map { _ in
        Float(bitPattern: UInt32.random(in: 1..<Float.infinity.bitPattern, using: &generator))
      }
      return (ExternalID("p\(number)"), SparseVector(exactly: (0..<5).map { TermID(UInt32($0)) }, weights: weights)!)
    }
    let writer = try SparseVectorWriter(path: folder + "/b.gz", vocabulary: vocabulary, spelling: spelling)
    for (id, vector) in vectors { try writer.write(id, vector) }
    try writer.finish()
    let reader = try SparseVectorReader(path: folder + "/b.gz", vocabulary: vocabulary)
    for (id, vector) in vectors {
      let next = try #require(try reader.next())
      #expect(next.id == id && next.vector == vector)
    }
    #expect(try reader.next() == nil)
  }

  @Test(
    "a malformed vector is an error that names the line and what was expected",
    arguments: [
      (#"{"vector":{"a":1}}"#, #"expected the key "id", there is none"#),
      (#"{"id":"x"}"#, #"expected either "vector" or "indices" and "values""#),
      (#"{"id":"x","indices":[1]}"#, #"expected either "vector" or "indices" and "values""#),
      (#"{"id":"x","vector":{},"indices":[],"values":[]}"#, #"expected either "vector" or "indices" and "values""#),
      (#"{"id":"x","indices":[1,2],"values":[1]}"#, "expected as many values as indices, found 1 and 2"),
      (#"{"id":"x","vector":{"b":1}}"#, #"expected pieces of the vocabulary (5 pieces), it has no "b" (column 25)"#),
      (#"{"id":"x","vector":{"a":1,"a":2}}"#, #"expected each term once, "a" is there twice"#),
      (#"{"id":"x","vector":{"a":-1}}"#, "expected weights that are not below zero, found -1.0 (column 27)"),
      (#"{"id":"x","vector":{"a":1e39}}"#, "expected a number that a float32 can hold (column 25)"),
      (#"{"id":"x","vector":{"a":"1"}}"#, "expected a number, found a string (column 25)"),
      (#"{"id":"x","vector":{"a":NaN}}"#, #"expected a value, found "NaN" (column 25)"#),
      (#"{"id":"x","indices":[5],"values":[1]}"#, "expected term ids below 5, found 5 (column 23)"),
      (#"{"id":"x","indices":[-1],"values":[1]}"#, "expected term ids below 5, found -1 (column 24)"),
      (#"{"id":"x","indices":[0.5],"values":[1]}"#, "expected a whole number (column 22)"),
      (
        #"{"id":" ","vector":{}}"#,
        "expected an id without white space and control characters, found U+0020 (column 10)"
      ),
    ])
  func malformed(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let error = #expect(throws: ParlanceError.self) { try read("{\"id\":\"first\",\"vector\":{}}\n" + line) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: folder + "/a", line: 2)))
  }
}
