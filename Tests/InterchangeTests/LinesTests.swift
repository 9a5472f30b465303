import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Interchange

@Suite("The JSON lines of other engines") struct LinesTests {
  let folder: String
  var path: String { folder + "/a.jsonl" }

  init() throws { folder = try TestSupport.temporaryFolder("lines") }

  private func vectors(_ file: LinesImport) throws -> SampleVectors {
    try SampleVectors { try file.forEachVector($0) }
  }

  private func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

  private func export(_ format: LineFormat, _ sample: SampleVectors, _ vocabulary: Vocabulary) throws -> LinesExport {
    let survey = try VectorSurvey(of: sample, vocabularySize: vocabulary.count)
    return LinesExport(format, vocabulary: vocabulary, scale: try ImpactScale(fitting: survey))
  }

  @Test("Seismic's numbers come back as the same floats")
  func seismic() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let vocabulary = try SampleVectors.vocabulary(50)
    var sample = SampleVectors(count: 80, terms: 50, seed: 7) { random in
      // Any float above zero, subnormal ones too.
      max(.leastNonzeroMagnitude, Float(bitPattern: UInt32.random(in: 1..<0x7F80_0000, using: &random)))
    }
    sample.vectors[1] = .empty
    for path in [path, path + ".gz"] {
      try export(.seismic, sample, vocabulary).write(sample, to: path)
      let found = try vectors(LinesImport(path: path, .seismic, vocabulary: vocabulary))
      #expect(found.ids == sample.ids && found.vectors == sample.vectors)
    }
  }

  @Test("Anserini's impacts come back as they went out; a vocabulary is found where none is given")
  func anserini() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let vocabulary = try SampleVectors.vocabulary(50)
    let sample = SampleVectors(count: 40, terms: 50, seed: 8) { Float(Int.random(in: 1...1000, using: &$0)) }
    try export(.anserini, sample, vocabulary).write(sample, to: path)
    let found = try vectors(LinesImport(path: path, .anserini, vocabulary: vocabulary))
    #expect(found.ids == sample.ids && found.vectors == sample.vectors)

    let file = try LinesImport(path: path, .anserini)
    let own = file.vocabulary.pieces
    #expect(own == own.sorted())
    let bare = try vectors(file)
    for (one, other) in zip(bare.vectors, sample.vectors) {
      func named(_ vector: SparseVector, _ vocabulary: Vocabulary) -> [ExternalID: Float] {
        Dictionary(uniqueKeysWithValues: zip(vector.terms.map(vocabulary.piece), vector.weights))
      }
      #expect(named(one, file.vocabulary) == named(other, vocabulary))
    }
  }

  @Test("the spelling is each engine's own, texts included, and topics repeat their terms")
  func spelling() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let vocabulary = try Vocabulary(pieces: ["a\"b", "#ing"])
    let sample = SampleVectors(
      ids: ["p1", "p2"],
      vectors: [SparseVector(exactly: [TermID(0), TermID(1)], weights: [2, 1]) ?? .empty, .empty])
    var texts = ["one\n", "two"]
    func text() throws(ParlanceError) -> String { texts.removeFirst() }
    try export(.anserini, sample, vocabulary).write(sample, to: path, text: text)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == ##"{"id":"p1","contents":"one\n","vector":{"a\"b":2,"#ing":1}}"## + "\n"
        + #"{"id":"p2","contents":"two","vector":{}}"# + "\n")
    try export(.seismic, sample, vocabulary).write(sample, to: path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == ##"{"id":"p1","content":"","vector":{"a\"b":2.0,"#ing":1.0}}"## + "\n"
        + #"{"id":"p2","content":"","vector":{}}"# + "\n")
    try export(.anserini, sample, vocabulary).writeTopics(sample, to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "p1\ta\"b a\"b #ing\np2\t\n")

    let spaced = try Vocabulary(pieces: ["new york", "#ing"])
    #expect(throws: ParlanceError.self) { try export(.anserini, sample, spaced).write(sample, to: path) }
    try export(.seismic, sample, spaced).write(sample, to: path)
  }

  @Test("terms that the vocabulary does not have are left out and told where the caller says so")
  func unknown() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write(
      #"{"id":"a","vector":{"none":2,"t":3,"more":1,"zero":0}}"# + "\n" + #"{"id":"b","vector":{"none":1}}"# + "\n")
    let file = try LinesImport(path: path, .seismic, vocabulary: Vocabulary(pieces: ["t"]))
    var dropped: [ExternalID] = []
    let found = try SampleVectors { try file.forEachVector(unknown: { dropped.append($0) }, $0) }
    #expect(found.ids == ["a", "b"] && found.vectors.map(\.weights) == [[3], []])
    #expect(dropped == ["none", "more", "none"])

    try write(#"{"id":"a","vector":{"none":2,"t":3,"none":1}}"# + "\n")
    let error = #expect(throws: ParlanceError.self) {
      try SampleVectors { try file.forEachVector(unknown: { _ in }, $0) }
    }
    #expect(error?.message == #"expected each term once, "none" is there twice"# && error?.location?.line == 1)
  }

  @Test("lines that are none of the format are refused with their number")
  func refusals() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bad: [(LineFormat, String, String)] = [
      (.anserini, #"{"id":"a","vector":{"t":1.5}}"#, "whole number"),
      (.anserini, #"{"id":"a","vector":{"t":16777217}}"#, "single precision"),
      (.anserini, #"{"id":"a","vector":{"t":-1}}"#, "below zero"),
      (.seismic, #"{"id":"a","vector":{"t":1,"t":2}}"#, "each term once"),
      (.seismic, #"{"id":"a","vector":{"t":1e39}}"#, "float32"),
      (.seismic, #"{"id":"a","vector":{"t":-0.5}}"#, "below zero"),
      (.seismic, #"{"id":"a b","vector":{"t":1}}"#, "an id"),
      (.seismic, #"{"vector":{"t":1}}"#, "\"id\""),
      (.seismic, #"{"id":"a"}"#, "\"vector\""),
      (.seismic, #"{"id":1,"id":2,"vector":{}}"#, "twice"),
      (.seismic, #"{"id":"a","vector":{"u":1}}"#, "it has no \"u\""),
      (.seismic, "[]", "an object"),
    ]
    let vocabulary = try Vocabulary(pieces: ["t"])
    for (format, line, words) in bad {
      try write(#"{"id":7,"contents":"x","vector":{"t":3}}"# + "\n" + line + "\n")
      let error = #expect(throws: ParlanceError.self) {
        _ = try vectors(LinesImport(path: path, format, vocabulary: vocabulary))
      }
      #expect(error?.location?.line == 2 && error?.message.contains(words) == true, "\(line): \(error?.message ?? "")")
    }
    try write(#"{"id":7,"contents":"x","vector":{"t":3,"none":0}}"# + "\n")
    let found = try vectors(LinesImport(path: path, .anserini, vocabulary: vocabulary))
    #expect(found.ids == ["7"] && found.vectors[0].weights == [3])
    #expect(throws: ParlanceError.self) { try LinesImport(path: "-", .seismic) }
  }
}
