import Diagnostics
import Identifiers
import RankedResults
import SparseVectors

/// Where the passages that judgments call relevant are in the collection.
struct GoldPositions {
  private var places: [ExternalID: UInt32] = [:]
  /// How many of them the collection does not have.
  private(set) var outside = 0
  /// How many have no term in their vector.
  private(set) var withoutTerms = 0

  /// Reads the collection once.
  ///
  /// - Throws: `interrupted`; as `VectorsFile`.
  init(of judgments: [Qrels], in vectors: VectorsFile, interruption: Interruption?) throws(ParlanceError) {
    var wanted: Set<ExternalID> = []
    for qrels in judgments {
      for grades in qrels.grades.values {
        for (passage, grade) in grades where grade > 0 { wanted.insert(passage) }
      }
    }
    if wanted.isEmpty { return }
    for position in 0..<vectors.count {
      let id = try vectors.id(at: position)
      if wanted.contains(id) {
        places[id] = UInt32(position)
        if try vectors.vector(at: position).isEmpty { withoutTerms += 1 }
      }
      if position.isMultiple(of: 65_536) { try interruption?.check() }
    }
    outside = wanted.count - places.count
  }

  /// The relevant passages of one turn's judgments, ascending.
  func positions(in grades: [ExternalID: Int]) -> [UInt32] {
    grades.filter { $0.value > 0 }.keys.compactMap { places[$0] }.sorted()
  }
}
