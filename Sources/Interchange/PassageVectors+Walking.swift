import Diagnostics
import InvertedIndex
import SparseVectors

extension PassageVectors {
  /// Goes through all vectors in their order, tells how far it is, and stops when that is wished.
  func forEach(
    _ activity: String, _ progress: ProgressHandler?, _ interruption: Interruption?,
    _ body: (Int, SparseVector) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    for index in 0..<count {
      if index & 1023 == 0 {
        try interruption?.check()
        progress?(Progress(activity, completed: index, total: count, unit: "vectors"))
      }
      try body(index, try vector(at: index))
    }
  }

  /// The impacts of a vector's weights.
  ///
  /// - Throws: `badInput` for one that exceeds 31 bits.
  func impacts(_ vector: SparseVector, _ scale: ImpactScale, at index: Int) throws(ParlanceError) -> [Int32] {
    var impacts: [Int32] = []
    impacts.reserveCapacity(vector.count)
    for weight in vector.weights {
      guard let impact = scale.impact(of: weight) else {
        throw ParlanceError(
          .badInput,
          "expected weights whose impacts fit 31 bits, \(weight) times \(scale.factor) does not; choose a smaller scale",
          at: location(of: index))
      }
      impacts.append(impact)
    }
    return impacts
  }
}
