import CKernels
import Diagnostics
import SparseVectors

/// A query made ready for one index: its terms that some passage has, and what each multiplies with.
///
/// For `f16` and `f32` a term's factor is its query weight. For `u8` factors are whole numbers of 15 bits, which processors
/// multiply many at once, so that scores are sums of integers: with `f_t = query weight * scale of the term in the segment` and
/// m matched terms
///
///     F = min(32767 / max f_t, (2^31 - 1 - 255 (m + 1)) / (255 sum f_t))
///     factor_t = max(1, round(f_t F))        score = sum / F
///
/// In a range of passages whose weights are parts of a scale of its own, `factor_tr = max(1, round(query weight * scale_tr * F))`
/// takes its place, which is no greater: no range's scale is above the segment's, and products and rounding keep the order of
/// what they are made of. (Products are of double precision, from left to right.)
///
/// The greatest sum that a passage can reach is `255 sum factor_t <= 255 (F sum f_t + m) < 2^31`, so no sum overflows,
/// whatever the passages hold. A factor is off by less than one (by at most one half, but for those that are raised to 1):
/// of the term that can add most by 1 in 65,534, which is a hundredth of what keeping weights in bytes may cost.
struct PreparedQuery: Sendable {
  /// The terms that some passage has, ascending.
  var terms: [TermID] = []
  /// Their weights in the query.
  var weights: [Float] = []
  /// For each segment what it says of each term.
  var statistics: [[TermStatistics]] = []
  /// For `u8` and each segment the factor of each term, no less than that of any of its ranges.
  var factors: [[Int32]] = []
  /// F for `u8`, 1 otherwise.
  private(set) var multiplier = 1.0
  /// What a sum of 1 is worth: 1 / F for `u8`, 1 otherwise.
  var unit: Double { 1 / multiplier }

  /// - Throws: `usage` for a query whose terms are not of this index's vocabulary; `badInput` for a damaged index.
  init(_ query: SparseVector, segments: [SegmentPostings], vocabularySize: Int) throws(ParlanceError) {
    if let last = query.terms.last, Int(last.rawValue) >= vocabularySize {
      throw ParlanceError(
        .usage,
        "expected terms below \(vocabularySize), the size of the index's vocabulary, the query has term \(last.rawValue)"
      )
    }
    var all: [[TermStatistics]] = []
    for segment in segments { all.append(try segment.statistics(of: query.terms)) }
    terms.reserveCapacity(query.count)
    weights.reserveCapacity(query.count)
    statistics = [[TermStatistics]](repeating: [], count: segments.count)
    for (index, term) in query.terms.enumerated() where all.contains(where: { $0[index].passages > 0 }) {
      terms.append(term)
      weights.append(query.weights[index])
      for segment in segments.indices { statistics[segment].append(all[segment][index]) }
    }
    if segments.first?.weights == .u8, !terms.isEmpty { try makeFactorsWhole() }
  }

  /// How many terms can be added up in 31 bits with more than half of the bits' room left for the weights.
  static let greatestTermCount = 4_000_000

  /// What `255 F sum f_t` may come to for m terms, so that their rounded factors still fit 31 bits.
  static func room(forTerms count: Int) -> Int { Int(Int32.max) - 255 * (count + 1) }

  /// The greatest factor.
  static let greatestFactor = Int(PARLANCE_POSTINGS_GREATEST_FACTOR)

  /// What the codes of a term are multiplied with where a code of 1 stands for `scale`.
  @inline(__always)
  static func factor(_ weight: Float, scale: Float, multiplier: Double) -> Int32 {
    max(1, Int32((Double(weight) * Double(scale) * multiplier).rounded(.toNearestOrEven)))
  }

  private mutating func makeFactorsWhole() throws(ParlanceError) {
    guard terms.count <= Self.greatestTermCount else {
      throw ParlanceError(
        .usage, "the query has \(terms.count) terms; at most \(Self.greatestTermCount) can be added up")
    }
    // A term weighs what it weighs in the segment where it weighs most, so one F serves all segments.
    var (total, most) = (0.0, 0.0)
    for (index, weight) in weights.enumerated() {
      let product = Double(weight) * Double(statistics.reduce(0) { max($0, $1[index].scale) })
      total += product
      most = max(most, product)
    }
    multiplier = min(
      Double(Self.greatestFactor) / most, Double(Self.room(forTerms: terms.count)) / (255 * total))
    factors = statistics.map { own in
      zip(weights, own).map { Self.factor($0, scale: $1.scale, multiplier: multiplier) }
    }
  }
}
