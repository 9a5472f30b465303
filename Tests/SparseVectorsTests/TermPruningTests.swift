import SparseVectors
import TestSupport
import Testing

@Suite("Which terms a vector keeps")
struct TermPruningTests {
  private let vector = SparseVector(exactly: [0, 2, 3, 5].map { TermID($0) }, weights: [0.5, 2, 1, 0.25]) ?? .empty

  private func pruned(_ pruning: TermPruning) -> [UInt32] { pruning(vector).terms.map(\.rawValue) }

  @Test("without a rule all of them")
  func everything() { #expect(TermPruning()(vector) == vector) }

  @Test("a term stays with its least weight, and goes with less; nothing reaches infinity")
  func leastWeights() {
    #expect(pruned(TermPruning(leastWeights: [0.5, 0, 2.01, 1, 0, 0.2])) == [0, 3, 5])
    #expect(pruned(TermPruning(leastWeights: [0, 0, .infinity, 0, 0, .infinity])) == [0, 3])
  }

  @Test("the heaviest of those that weigh enough are kept")
  func both() {
    #expect(pruned(TermPruning(keptTerms: 2)) == [2, 3])
    #expect(pruned(TermPruning(keptTerms: 2, leastWeights: [0, 0, 3, 0, 0, 0])) == [0, 3])
    #expect(pruned(TermPruning(keptTerms: 0)) == [])
  }
}
