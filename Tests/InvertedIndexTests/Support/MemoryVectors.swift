// Outside data never comes here.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport

/// Vectors that a test made up.
struct MemoryVectors: PassageVectors {
  var ids: [ExternalID]
  var vectors: [SparseVector]

  init(_ vectors: [SparseVector], ids: [ExternalID]? = nil) {
    self.vectors = vectors
    self.ids = ids ?? vectors.indices.map { ExternalID("p\($0)") }
  }

  var count: Int { vectors.count }
  func location(of index: Int) -> ParlanceError.Location { .init(file: "memory", line: index + 1) }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { ids[index] }
  func vector(at index: Int) throws(ParlanceError) -> SparseVector { vectors[index] }
}

/// A folder that goes away with the test.
final class Scratch {
  let path: String

  init(_ name: String = "index") throws { path = try TestSupport.temporaryFolder(name) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

import Foundation

extension SparseVector {
  /// A vector of a literal: ascending terms.
  init(_ entries: KeyValuePairs<UInt32, Float>) {
    self.init(exactly: entries.map { TermID($0.key) }, weights: entries.map(\.value))!
  }
}

extension Vocabulary {
  static func numbered(_ count: Int) -> Vocabulary {
    try! Vocabulary(pieces: (0..<count).map { ExternalID("term\($0)") })
  }
}

extension EncoderIdentity {
  static let test = EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "test-encoder")
}

extension InvertedIndex {
  /// Builds and opens an index.
  static func built(
    _ vectors: MemoryVectors, vocabularySize: Int, weights: StoredWeights = .u8, passagesPerRange: Int? = nil,
    texts: PassageSource? = nil, at path: String
  ) throws -> InvertedIndex {
    var configuration = IndexConfiguration()
    configuration.weights = weights
    if let passagesPerRange { configuration.passagesPerRange = passagesPerRange }
    try IndexBuilder(
      passageSpace: .test, vocabulary: .numbered(vocabularySize), configuration: configuration
    ).build(vectors, texts: texts, at: path)
    return try InvertedIndex(path: path)
  }
}
