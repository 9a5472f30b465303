// Outside data never comes here.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import Retrieval
import SparseVectors
import TestSupport

@testable import Distillation

/// Passages and an index of them, in a folder that goes away with it.
final class TeachingFixture {
  let folder: String
  let passages: [SparseVector]
  let vocabulary: Vocabulary

  /// - Parameter passages: `p0`, `p1`, and so on.
  init(
    _ passages: [SparseVector] = TeachingFixture.four, vocabularySize: Int = 8, weights: StoredWeights = .f32
  ) throws {
    folder = try TestSupport.temporaryFolder("teaching")
    self.passages = passages
    vocabulary = .numbered(vocabularySize)
    _ = try writeVectors("passages.vectors", passages.enumerated().map { ("p\($0)", $1) })
    var configuration = IndexConfiguration()
    configuration.weights = weights
    try IndexBuilder(passageSpace: .frozen, vocabulary: vocabulary, configuration: configuration)
      .build(VectorsFile(path: self("passages.vectors")), at: self("index"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func callAsFunction(_ name: String) -> String { folder + "/" + name }

  func collection(index: Bool = true) throws(ParlanceError) -> PassageCollection {
    try PassageCollection(vectors: self("passages.vectors"), index: index ? self("index") : nil)
  }

  @discardableResult
  func writeVectors(
    _ name: String, _ rows: [(id: String, vector: SparseVector)], encoder: EncoderIdentity = .frozen,
    passageSpace: EncoderIdentity? = nil, vocabulary: Vocabulary? = nil
  ) throws -> VectorsFile {
    let description = VectorsDescription(
      encoder: encoder, passageSpace: passageSpace, vocabulary: vocabulary ?? self.vocabulary)
    try VectorsWriter.write(self(name), description) { (writer: VectorsWriter) throws(ParlanceError) in
      for row in rows { try writer.append(ExternalID(row.id), row.vector) }
    }
    return try VectorsFile(path: self(name))
  }

  /// A teacher with query vectors.
  func teacher(_ name: String, weight: Double = 1, _ rows: [(id: String, vector: SparseVector)]) throws -> Teacher {
    Teacher(
      source: .init(name: name, kind: .vectors, encoder: .frozen, weight: weight),
      knowledge: .vectors(try writeVectors(name + ".vectors", rows)))
  }

  /// A teacher that is a run.
  func run(
    _ name: String, weight: Double = 1, depth: Int = 1000, extension suffix: String = "trec", index: Bool = true,
    _ text: String
  ) throws -> Teacher {
    let path = self("\(name).\(suffix)")
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return try RunImport(passages: try collection(index: index), depth: depth)
      .teacher(reading: path, as: .init(name: name, kind: .run, weight: weight), spool: self("spool"))
  }

  /// Runs a job over all that its teachers know.
  func teach(
    _ teachers: [Teacher], _ combination: TeacherCombination = .rescore, depth: Int = 1000, threads: Int = 2,
    queries: [ExternalID]? = nil, gold: GoldPassages? = nil, to name: String = "out.teacher"
  ) async throws -> (file: TeacherFile, summary: TeachingSummary) {
    let job = TeachingJob(
      passages: try collection(), teachers: teachers, combination: combination, depth: depth, threads: threads)
    let summary = try await job.run(queries, gold: gold, to: self(name))
    return (try TeacherFile(path: self(name)), summary)
  }

  static let four: [SparseVector] = [
    SparseVector([0: 1, 2: 2]), SparseVector([1: 1, 3: 0.5]), SparseVector([0: 0.5, 1: 0.25]), SparseVector([5: 4]),
  ]
}

extension SparseVector {
  /// A vector of a literal: ascending terms.
  init(_ entries: KeyValuePairs<UInt32, Float>) {
    self.init(exactly: entries.map { TermID($0.key) }, weights: entries.map(\.value))!
  }

  /// Weights of few values, so that scores tie.
  static func random(_ vocabularySize: Int, terms: Int, using generator: inout SeededGenerator) -> SparseVector {
    let chosen = Set((0..<terms).map { _ in Int.random(in: 0..<vocabularySize, using: &generator) }).sorted()
    return SparseVector(
      exactly: chosen.map { TermID(UInt32($0)) },
      weights: chosen.map { _ in Float(Int.random(in: 1...6, using: &generator)) / 4 })!
  }
}

extension Vocabulary {
  static func numbered(_ count: Int) -> Vocabulary {
    try! Vocabulary(pieces: (0..<count).map { ExternalID("term\($0)") })
  }
}

extension EncoderIdentity {
  static let frozen = EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "frozen")
  static let other = EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "other")
}

extension TeacherList {
  /// `p3 2.5, p1 1.0`
  var text: String { zip(passages, scores).map { "p\($0) \($1)" }.joined(separator: ", ") }
}

extension TeacherFile {
  /// The list of a query as text.
  func text(of query: ExternalID) throws -> String {
    guard let index = index(of: query) else { return "not there" }
    return try list(at: index).text
  }
}
