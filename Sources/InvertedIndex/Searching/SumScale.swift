/// What the sums of a search are worth: whole numbers for `u8`, the bits of floats otherwise.
///
/// Both kinds are compared as whole numbers: no float among them is negative, so their bits have their order.
struct SumScale: Sendable {
  var weights: StoredWeights
  /// What a sum of 1 is worth, where sums are whole numbers.
  var unit: Double

  @inline(__always)
  func score(of sum: Int32) -> Float {
    weights == .u8 ? ByteWeights.score(of: sum, unit: unit) : Float(bitPattern: UInt32(bitPattern: sum))
  }

  /// A sum such that no sum up to it has a score above `score`.
  func sum(scoringAtMost score: Float) -> Int32 {
    weights == .u8
      ? ByteWeights.sum(scoringAtMost: score, unit: unit) : Int32(bitPattern: score.bitPattern)
  }
}
