import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

extension InvertedIndex {
  /// A search of one of many queries, whose errors say which one it was.
  ///
  /// - Throws: as the search without a name.
  func search(
    _ query: SparseVector, named id: ExternalID, k: Int, filter: PassageFilter?, approximation: Approximation?,
    interruption: Interruption?
  ) throws(ParlanceError) -> SearchAnswer {
    do throws(ParlanceError) {
      return try search(query, k: k, filter: filter, approximation: approximation, interruption: interruption)
    } catch {
      guard error.code == .badInput else { throw error }
      throw ParlanceError(error.code, "\(error.message) (query \"\(id)\")", at: error.location)
    }
  }
}
