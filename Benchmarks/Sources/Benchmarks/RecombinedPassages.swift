import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

/// A larger collection out of a smaller one: the passages themselves, then mixtures of two of them each. A mixture takes each
/// term of either with probability one half, so that terms are as frequent and passages as long as they were.
struct RecombinedPassages: PassageVectors {
  let base: VectorsFile
  let count: Int
  let seed: UInt64 = 1

  func location(of index: Int) -> ParlanceError.Location { .init(file: base.path, component: "mixture \(index)") }

  func id(at index: Int) throws(ParlanceError) -> ExternalID {
    index < base.count ? try base.id(at: index) : ExternalID("mixture-\(index)")
  }

  func vector(at index: Int) throws(ParlanceError) -> SparseVector {
    guard index >= base.count else { return try base.vector(at: index) }
    var bits = RandomBits(state: seed &+ UInt64(index) &* 0x2545_F491_4F6C_DD1D)
    let first = try base.vector(at: Int(bits.next() % UInt64(base.count)))
    let second = try base.vector(at: Int(bits.next() % UInt64(base.count)))
    var (terms, weights): ([TermID], [Float]) = ([], [])
    var (left, right) = (0, 0)
    while left < first.count || right < second.count {
      let isFirst = right == second.count || (left < first.count && first.terms[left] <= second.terms[right])
      let (term, weight) =
        isFirst ? (first.terms[left], first.weights[left]) : (second.terms[right], second.weights[right])
      if isFirst { left += 1 } else { right += 1 }
      if bits.next() & 1 == 1, terms.last != term {
        terms.append(term)
        weights.append(weight)
      }
    }
    return SparseVector(exactly: terms, weights: weights) ?? .empty
  }
}

/// SplitMix64.
private struct RandomBits {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
