import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import LineFiles
import SparseVectors
import TestSupport
import Testing

@testable import Interchange

@Suite("The Common Index File Format") struct CIFFTests {
  /// Made by make-ciff.py with the protobuf package.
  static let specimen = TestSupport.packageRoot + "/Tests/InterchangeTests/Goldens/small.ciff"
  let folder: String
  var path: String { folder + "/a.ciff" }

  init() throws { folder = try TestSupport.temporaryFolder("ciff") }

  private func vectors(_ file: CIFFImport) throws -> SampleVectors {
    try SampleVectors { try file.forEachVector($0) }
  }

  private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  @Test("what the protobuf package wrote is read, and written again byte for byte")
  func specimen() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = try CIFFImport(path: Self.specimen)
    #expect(file.vocabulary.pieces == ["##ing", "one", "\u{E9}"])
    #expect(file.count == 4 && file.postings == 6 && file.description == "four documents")
    let found = try vectors(file)
    #expect(found.ids == ["d-α", "d2", "empty", "d-4"])
    #expect(found.vectors[0] == SparseVector(exactly: [TermID(0), TermID(2)], weights: [255, 7]))
    #expect(found.vectors[1] == SparseVector(exactly: [TermID(0), TermID(1)], weights: [1, 300]))
    #expect(found.vectors[2] == .empty)
    #expect(found.vectors[3] == SparseVector(exactly: [TermID(0), TermID(2)], weights: [128, 16_777_216]))

    let survey = try VectorSurvey(of: found, vocabularySize: 3)
    let export = CIFFExport(
      vocabulary: file.vocabulary, scale: try ImpactScale(fitting: survey), description: file.description)
    try export.write(found, survey, to: path)
    #expect(FileManager.default.contentsEqual(atPath: path, andPath: Self.specimen))
    try export.write(found, survey, to: folder + "/b.ciff.gz")
    #expect(try vectors(CIFFImport(path: folder + "/b.ciff.gz")).vectors == found.vectors)
  }

  @Test("whole weights come back as they went out, however little memory there is", arguments: [1, 800, 1 << 20])
  func wholeWeights(memory: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let vocabulary = try SampleVectors.vocabulary(90)
    let sample = SampleVectors(count: 60, terms: 90, seed: 5) { Float(Int.random(in: 1...400, using: &$0)) }
    let survey = try VectorSurvey(of: sample, vocabularySize: 90)
    let scale = try ImpactScale(fitting: survey)
    #expect(scale.factor == 1)
    try CIFFExport(vocabulary: vocabulary, scale: scale, memory: memory).write(sample, survey, to: path)
    let file = try CIFFImport(path: path, vocabulary: vocabulary, memory: memory)
    let found = try vectors(file)
    #expect(found.ids == sample.ids && found.vectors == sample.vectors)
    let own = try CIFFImport(path: path, memory: memory).vocabulary.pieces
    #expect(own == own.sorted() && own.count == survey.frequencies.count { $0 > 0 })
  }

  @Test("other weights are rounded by one scale, none of them to nothing")
  func rounding() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let vocabulary = try SampleVectors.vocabulary(40)
    let sample = SampleVectors(count: 50, terms: 40, seed: 6) { Float.random(in: 0.0001...3, using: &$0) }
    let survey = try VectorSurvey(of: sample, vocabularySize: 40)
    let scale = try ImpactScale(fitting: survey)
    #expect(scale.impact(of: survey.greatest) == 255)
    try CIFFExport(vocabulary: vocabulary, scale: scale).write(sample, survey, to: path)
    let found = try vectors(CIFFImport(path: path, vocabulary: vocabulary))
    for (one, other) in zip(sample.vectors, found.vectors) {
      #expect(one.terms == other.terms)
      for (weight, impact) in zip(one.weights, other.weights) {
        #expect(impact == max(1, (Float(Double(weight) * scale.factor)).rounded()))
      }
    }
    #expect(try ImpactScale(fitting: survey, greatest: 31).impact(of: survey.greatest) == 31)
    #expect(throws: ParlanceError.self) { try ImpactScale(fitting: survey, greatest: 0) }
  }

  @Test("a file that is cut short anywhere is an error that names the byte")
  func truncation() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.specimen)))
    for length in 0..<whole.count {
      try write(Array(whole[..<length]))
      let error = #expect(throws: ParlanceError.self) { try CIFFImport(path: path) }
      #expect(error?.code == .badInput && error?.location?.component?.contains("byte") == true)
    }
    try write(whole + [0])
    #expect(throws: ParlanceError.self) { try CIFFImport(path: path) }
  }

  @Test("no byte that is changed leads astray")
  func damage() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.specimen)))
    var refused = 0
    for index in whole.indices {
      for change in [0x01, 0x08, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[index] ^= change
        try write(bytes)
        do {
          let file = try CIFFImport(path: path)
          _ = try vectors(file)
          #expect(file.count == 4)
        } catch let error as ParlanceError {
          #expect(error.code == .badInput)
          refused += 1
        }
      }
    }
    #expect(refused > 300)
  }

  /// A message behind its length.
  private func message(_ build: (inout ProtobufBytes) -> Void) -> [UInt8] {
    var body = ProtobufBytes()
    build(&body)
    var whole = ProtobufBytes()
    whole.append(varint: UInt64(body.bytes.count))
    return whole.bytes + body.bytes
  }

  private func header(_ lists: Int, _ documents: Int) -> [UInt8] {
    message {
      $0.append(1, number: 1)
      $0.append(2, number: lists)
      $0.append(3, number: documents)
    }
  }

  private func posting(_ gap: Int, _ impact: Int) -> [UInt8] {
    message {
      $0.append(1, number: gap)
      $0.append(2, number: impact)
    }
  }

  private func list(_ term: String, _ frequency: Int, _ postings: [[UInt8]]) -> [UInt8] {
    message {
      for posting in postings {
        $0.append(varint: 4 << 3 | 2)
        $0.append(posting)
      }
      // Fields may come in any order.
      $0.append(1, text: term)
      $0.append(2, number: frequency)
    }
  }

  private func record(_ document: Int, _ id: String) -> [UInt8] {
    message {
      $0.append(1, number: document)
      $0.append(2, text: id)
    }
  }

  @Test("fields come in any order, records too, and unknown fields are passed over")
  func anyOrder() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(
      header(1, 2) + list("t", 2, [posting(0, 3), posting(1, 4)])
        + message {
          $0.append(9, text: "later")
          $0.append(varint: 10 << 3 | 5)
          $0.append([1, 2, 3, 4])
          $0.append(2, text: "b")
          $0.append(1, number: 1)
        } + record(0, "a"))
    let found = try vectors(CIFFImport(path: path))
    #expect(found.ids == ["a", "b"] && found.vectors.map(\.weights) == [[3], [4]])
  }

  @Test("what makes no sense is refused")
  func contradictions() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let records = record(0, "a") + record(1, "b")
    let bad: [(String, [UInt8])] = [
      ("ascend", header(1, 2) + list("t", 2, [posting(1, 3), posting(0, 4)]) + records),
      ("documents below 2", header(1, 2) + list("t", 1, [posting(2, 3)]) + records),
      ("impacts above zero", header(1, 2) + list("t", 1, [posting(1, 0)]) + records),
      ("as many postings", header(1, 2) + list("t", 2, [posting(1, 1)]) + records),
      ("a term", header(1, 2) + list("", 1, [posting(1, 1)]) + records),
      ("single precision", header(1, 2) + list("t", 1, [posting(1, 16_777_217)]) + records),
      ("differ", header(2, 2) + list("t", 1, [posting(1, 1)]) + list("t", 1, [posting(1, 1)]) + records),
      ("one record", header(1, 2) + list("t", 1, [posting(1, 1)]) + record(1, "a") + record(1, "b")),
      ("an id", header(1, 2) + list("t", 1, [posting(1, 1)]) + record(0, "a b") + record(1, "b")),
      ("room for", header(1, 2_000_000_000) + list("t", 1, [posting(1_999_999_999, 1)]) + records),
      ("version 1", message { $0.append(1, number: 2) }),
      ("end of the file", header(1, 2) + list("t", 1, [posting(1, 1)]) + records + [7]),
      ("behind the end", header(1, 2) + [3, 0x22, 0x09, 0x00] + records),
    ]
    for (words, bytes) in bad {
      try write(bytes)
      let error = #expect(throws: ParlanceError.self) { try CIFFImport(path: path) }
      #expect(error?.code == .badInput && error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
    }
    // Deflate makes a thousand bytes out of one, but no thousand documents.
    let packed = folder + "/a.ciff.gz"
    let output = try LineWriter(path: packed)
    try output.write(bytes: header(1, 10_000) + list("t", 1, [posting(9_999, 1)]) + records)
    try output.finish()
    let error = #expect(throws: ParlanceError.self) { try CIFFImport(path: packed) }
    #expect(error?.message.contains("room for") == true, "\(error?.message ?? "")")

    try write(header(1, 2) + list("t", 1, [posting(1, 1)]) + records)
    _ = try CIFFImport(path: path)
    let other = try Vocabulary(pieces: ["u"])
    #expect(throws: ParlanceError.self) { try CIFFImport(path: path, vocabulary: other) }
    #expect(throws: ParlanceError.self) { try CIFFImport(path: "-") }
  }
}
