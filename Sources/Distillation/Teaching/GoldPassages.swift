public import Diagnostics
import Identifiers
import RankedResults

/// The passages that people judged relevant, by position, to see how many of them the teachers found.
public struct GoldPassages: Sendable {
  /// What is known of one query.
  struct Query {
    var positions: Set<UInt32> = []
    /// Relevant passages that the collection does not have.
    var unknown = 0
  }

  let queries: [ExternalID: Query]

  /// - Parameter path: judgments in TREC's form, or in DiSCo's where the name ends with `.json`; a grade above 0 is relevant.
  /// - Throws: as `QrelsReader`; `badInput` when nothing is judged relevant.
  public init(readingFrom path: String, in passages: PassageCollection) throws(ParlanceError) {
    var queries: [ExternalID: Query] = [:]
    for (id, grades) in try Qrels(readingAnyForm: path).grades {
      for (passage, grade) in grades where grade > 0 {
        if let position = try passages.position(of: passage) {
          queries[id, default: Query()].positions.insert(position)
        } else {
          queries[id, default: Query()].unknown += 1
        }
      }
    }
    guard !queries.isEmpty else {
      throw ParlanceError(.badInput, "expected judgments, none has a grade above 0", at: .init(file: path))
    }
    self.queries = queries
  }
}
