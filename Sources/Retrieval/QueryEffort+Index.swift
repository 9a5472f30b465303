package import Diagnostics
package import Evaluation
package import InvertedIndex
package import SparseVectors

// What queries cost by an index's postings, where the collection's float vectors are not at hand. Passages that were deleted and
// are still in the files count on both sides: among those that have a term, and among all.

extension QueryEffort {
  /// What follows from a query's vector.
  ///
  /// - Throws: `badInput` for a damaged index.
  package init(_ query: SparseVector, index: InvertedIndex) throws(ParlanceError) {
    var touched = 0
    for term in query.terms { touched += try index.passageCount(with: term) }
    self.init(terms: Double(query.count), flops: Double(touched) / Double(max(1, index.storedCount)))
  }
}

extension QueryCost {
  /// The means over queries.
  ///
  /// - Throws: `badInput` for a damaged index.
  package init(_ queries: ActivationFrequencies, index: InvertedIndex) throws(ParlanceError) {
    var passageCounts: [Int] = []
    for (term, count) in queries.counts.enumerated() {
      passageCounts.append(count == 0 ? 0 : try index.passageCount(with: TermID(UInt32(term))))
    }
    self.init(queries, passageCounts: passageCounts, passages: index.storedCount)
  }
}
