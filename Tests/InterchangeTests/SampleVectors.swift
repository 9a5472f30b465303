import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport

/// Vectors in memory.
struct SampleVectors: PassageVectors {
  var ids: [ExternalID]
  var vectors: [SparseVector]
  var count: Int { vectors.count }

  func location(of index: Int) -> ParlanceError.Location { .init(file: "sample", component: "vector \(index)") }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { ids[index] }
  func vector(at index: Int) throws(ParlanceError) -> SparseVector { vectors[index] }

  init(ids: [ExternalID], vectors: [SparseVector]) {
    self.ids = ids
    self.vectors = vectors
  }

  /// - Parameter give: hands the vectors of a file to what it gets.
  init(_ give: ((ExternalID, SparseVector) throws(ParlanceError) -> Void) throws -> Void) rethrows {
    var (ids, vectors): ([ExternalID], [SparseVector]) = ([], [])
    try give { id, vector in
      ids.append(id)
      vectors.append(vector)
    }
    self.init(ids: ids, vectors: vectors)
  }

  /// - Parameter weight: gives a weight above zero.
  init(count: Int, terms: Int, seed: UInt64, weight: (inout SeededGenerator) -> Float) {
    var random = SeededGenerator(seed: seed)
    ids = (0..<count).map { ExternalID("passage-\($0 * 7 % count)-é") }
    vectors = (0..<count).map { number in
      let density = number % 5 == 0 ? 0.5 : 0.05
      let own = (0..<terms).filter { _ in Double.random(in: 0..<1, using: &random) < density }
      return SparseVector(exactly: own.map { TermID(UInt32($0)) }, weights: own.map { _ in weight(&random) }) ?? .empty
    }
  }

  /// Terms that need not be in the order of their bytes.
  static func vocabulary(_ count: Int) throws -> Vocabulary {
    try Vocabulary(pieces: (0..<count).map { ExternalID($0 % 3 == 0 ? "##\($0)" : "\($0 * 37 % 1000)\u{E9}-\($0)") })
  }
}
