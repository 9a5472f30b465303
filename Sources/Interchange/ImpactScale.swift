public import Diagnostics
public import InvertedIndex
import SparseVectors

/// How weights become the whole numbers that CIFF and Anserini keep: `impact = round(weight * factor)`, at least 1.
///
/// One factor serves all terms, since other engines know nothing of a scale a term. Weights that are whole numbers already go
/// out as they are, so that impacts survive any number of ways out and in.
public struct ImpactScale: Sendable, Equatable {
  /// What a weight is multiplied with.
  public var factor: Double

  /// The greatest impact, unless another is asked for: what engines with a byte for an impact can hold.
  public static let usualGreatest = 255

  /// - Throws: `usage` unless the factor is a number above zero.
  public init(factor: Double) throws(ParlanceError) {
    guard factor > 0, factor.isFinite else {
      throw ParlanceError(.usage, "expected a scale above zero, found \(factor)")
    }
    self.factor = factor
  }

  /// 1 where all weights are whole numbers; otherwise what makes `greatest` of the greatest weight.
  ///
  /// - Parameter greatest: the greatest impact; `nil` is 255, and lets whole numbers be as great as they are.
  /// - Throws: `usage` for a `greatest` below 1 or above 31 bits.
  public init(fitting vectors: VectorSurvey, greatest: Int? = nil) throws(ParlanceError) {
    if let greatest, !(1...Int(Int32.max)).contains(greatest) {
      throw ParlanceError(.usage, "expected a greatest impact from 1 to \(Int32.max), found \(greatest)")
    }
    let isKept = vectors.areWhole && Double(vectors.greatest) <= Double(greatest ?? Int(Int32.max))
    factor =
      isKept || vectors.greatest == 0 ? 1 : Double(greatest ?? Self.usualGreatest) / Double(vectors.greatest)
  }

  /// The impact of a weight, to nearest, ties to even; `nil` where it exceeds 31 bits or is below zero.
  public func impact(of weight: Float) -> Int32? {
    let scaled = (Double(weight) * factor).rounded(.toNearestOrEven)
    return scaled >= 0 && scaled <= Double(Int32.max) ? max(1, Int32(scaled)) : nil
  }
}

/// What has to be known of all vectors before the first is written.
public struct VectorSurvey: Sendable {
  /// For each term of the vocabulary how many vectors have it.
  public private(set) var frequencies: [UInt32]
  public private(set) var postings = 0
  /// The greatest weight; 0 where there is none.
  public private(set) var greatest: Float = 0
  /// Whether all weights are whole numbers.
  public private(set) var areWhole = true

  /// - Throws: `badInput` for damaged vectors and for a term outside of the vocabulary; `interrupted`.
  public init(
    of vectors: some PassageVectors, vocabularySize: Int, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    frequencies = [UInt32](repeating: 0, count: vocabularySize)
    try vectors.forEach("looking through", progress, interruption) { index, vector throws(ParlanceError) in
      if let last = vector.terms.last, Int(last.rawValue) >= vocabularySize {
        throw ParlanceError(
          .badInput, "expected terms below \(vocabularySize), found \(last.rawValue)", at: vectors.location(of: index))
      }
      for (term, weight) in zip(vector.terms, vector.weights) {
        frequencies[Int(term.rawValue)] += 1
        greatest = max(greatest, weight)
        areWhole = areWhole && weight.rounded(.towardZero) == weight
      }
      postings += vector.count
    }
  }
}
