import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport

/// An index in a folder that goes away with it.
final class TinyIndex {
  let folder: String
  let index: InvertedIndex

  /// Passages `p0`, `p1`, …, one a dictionary of words and weights.
  init(
    _ passages: [[String: Float]] = TinyIndex.passages, vocabulary: Vocabulary = .words, weights: StoredWeights = .f32,
    texts: Bool = true
  ) throws {
    folder = try TestSupport.temporaryFolder("retrieval")
    var configuration = IndexConfiguration()
    configuration.weights = weights
    configuration.passagesPerRange = 64
    let vectors = MadeVectors(vectors: passages.map { Self.vector($0, vocabulary) })
    let made = passages.indices.map {
      Passage(id: ExternalID("p\($0)"), title: "Title \($0)", text: "Text \($0)", metadata: ["pageNumber": .integer(7)])
    }
    var next = made.makeIterator()
    try IndexBuilder(passageSpace: .teacher, vocabulary: vocabulary, configuration: configuration)
      .build(
        vectors, texts: texts ? PassageSource { () throws(ParlanceError) in next.next() } : nil, at: folder + "/index")
    index = try InvertedIndex(path: folder + "/index")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let passages: [[String: Float]] = [
    ["undo": 2, "commit": 1.5, "last": 0.5],
    ["branch": 1, "merge": 2],
    ["tag": 1.25, "commit": 1],
    ["undo": 1, "merge": 3],
  ]

  static func vector(_ words: [String: Float], _ vocabulary: Vocabulary) -> SparseVector {
    let entries = words.compactMap { word, weight in
      vocabulary.term(of: ExternalID(word)).map { ($0, weight) }
    }.sorted { $0.0 < $1.0 }
    return SparseVector(exactly: entries.map(\.0), weights: entries.map(\.1)) ?? .empty
  }
}

private struct MadeVectors: PassageVectors {
  var vectors: [SparseVector]
  var count: Int { vectors.count }
  func location(of index: Int) -> ParlanceError.Location { .init(file: "made", line: index + 1) }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { ExternalID("p\(index)") }
  func vector(at index: Int) throws(ParlanceError) -> SparseVector { vectors[index] }
}
