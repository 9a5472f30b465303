import Diagnostics
import SparseVectors

/// What has to be known of all vectors before the first posting is written; also the check that they can be indexed.
struct CollectionStatistics {
  /// For each term of the vocabulary.
  private(set) var terms: [TermStatistics]
  private(set) var postings = 0
  private(set) var emptyPassages = 0

  /// - Throws: `badInput` for a term outside of the vocabulary or a weight that cannot be kept; `interrupted`.
  init(
    of vectors: some PassageVectors, vocabularySize: Int, weights: StoredWeights, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) {
    terms = Array(repeating: TermStatistics(passages: 0, greatest: 0), count: vocabularySize)
    for index in 0..<vectors.count {
      if index & 1023 == 0 {
        try interruption?.check()
        progress?(Progress("reading", completed: index, total: vectors.count, unit: "passages"))
      }
      try take(vectors.vector(at: index), weights: weights, from: vectors, at: index)
    }
    progress?(Progress("reading", completed: vectors.count, total: vectors.count, unit: "passages"))
  }

  /// Takes for each term that occurs the greatest weight that `segment` says, where that is greater.
  mutating func raiseGreatest(to segment: SegmentPostings) throws(ParlanceError) {
    let all = try segment.statistics(of: terms.indices.map { TermID(UInt32($0)) })
    for index in terms.indices where terms[index].passages > 0 {
      terms[index].greatest = max(terms[index].greatest, all[index].greatest)
    }
  }

  private mutating func take(
    _ vector: SparseVector, weights: StoredWeights, from vectors: some PassageVectors, at index: Int
  ) throws(ParlanceError) {
    guard (vector.terms.last?.rawValue).map({ Int($0) < terms.count }) ?? true else {
      throw ParlanceError(
        .badInput,
        "expected terms below \(terms.count), the size of the vocabulary, found term "
          + "\(vector.terms[vector.count - 1].rawValue)", at: vectors.location(of: index))
    }
    for (term, weight) in zip(vector.terms, vector.weights) {
      guard weight.isFinite, weight > 0 else {
        throw ParlanceError(
          .badInput, "expected a finite weight above zero, found \(weight)", at: vectors.location(of: index))
      }
      let position = Int(term.rawValue)
      terms[position].passages += 1
      if weight > terms[position].greatest { terms[position].greatest = weight }
      if weights == .f16, weight > HalfWeights.greatest {
        throw ParlanceError(
          .badInput, "expected weights up to \(HalfWeights.greatest), which f16 can hold, found \(weight); keep f32",
          at: vectors.location(of: index))
      }
    }
    postings += vector.count
    if vector.isEmpty { emptyPassages += 1 }
  }
}
