import Diagnostics
import SparseVectors

/// The vectors of one range of passages, turned from rows of passages into rows of terms by counting.
struct RangeInversion {
  /// For each term of the vocabulary where its postings begin, and the end of the last.
  private let starts: [UInt32]
  /// How many terms occur.
  let rows: Int
  /// Passage numbers within the range, ascending within a term.
  private(set) var numbers: [UInt16]
  private(set) var weights: [Float]

  init(
    _ vectors: some PassageVectors, _ passages: Range<Int>, vocabularySize: Int
  ) throws(ParlanceError) {
    var rows: [SparseVector] = []
    rows.reserveCapacity(passages.count)
    var starts = [UInt32](repeating: 0, count: vocabularySize + 1)
    for passage in passages {
      let vector = try vectors.vector(at: passage)
      for term in vector.terms { starts[Int(term.rawValue) + 1] += 1 }
      rows.append(vector)
    }
    self.rows = starts.count { $0 > 0 }
    for term in 0..<vocabularySize { starts[term + 1] += starts[term] }
    let count = Int(starts[vocabularySize])
    var free = starts
    numbers = Array(repeating: 0, count: count)
    weights = Array(repeating: 0, count: count)
    for (number, vector) in rows.enumerated() {
      for (term, weight) in zip(vector.terms, vector.weights) {
        let place = Int(free[Int(term.rawValue)])
        free[Int(term.rawValue)] += 1
        numbers[place] = UInt16(number)
        weights[place] = weight
      }
    }
    self.starts = starts
  }

  /// The directory as it is written.
  func directory(_ layout: PostingsRange.Layout) -> [UInt32] {
    guard layout == .listedTerms else { return starts }
    let terms = (0..<starts.count - 1).filter { starts[$0] < starts[$0 + 1] }
    return terms.map(UInt32.init) + terms.map { starts[$0] } + [UInt32(weights.count)]
  }

  /// The weights as they are kept, each made from its term and weight.
  func mapWeights<Stored>(_ encode: (Int, Float) -> Stored) -> [Stored] {
    var stored: [Stored] = []
    stored.reserveCapacity(weights.count)
    for term in 0..<starts.count - 1 {
      for place in Int(starts[term])..<Int(starts[term + 1]) { stored.append(encode(term, weights[place])) }
    }
    return stored
  }
}
