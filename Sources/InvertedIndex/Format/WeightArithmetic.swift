/// The arithmetic of search, for the three kinds of stored weights.
///
/// The score of a passage is defined by these operations alone:
///
///     sum = sum + factor(term, range of the passage) * stored(term, passage)
///     score = score(of: sum)
///
/// where terms ascend and floats are rounded after each product and each sum, so a plain loop in any language gives the same
/// bits (no fused multiply-add, no reordering).

/// `StoredWeights.u8`: codes times whole factors, added up without loss in 31 bits. A code is a part of the term's greatest
/// weight in its range of passages; before version 3 of postings files, in the segment. `PreparedQuery` chooses the factors so
/// that no sum can overflow. For f16 and f32 a term has one factor, its weight in the query.
enum ByteWeights {
  @inline(__always)
  static func product(_ stored: UInt8, _ factor: Int32) -> Int32 { Int32(stored) &* factor }
  @inline(__always)
  static func score(of sum: Int32, unit: Double) -> Float { Float(Double(sum) * unit) }
  static func sum(scoringAtMost score: Float, unit: Double) -> Int32 {
    // Of tiny weights all scores may be rounded to zero, and what is less than zero is that of no sum.
    guard score > 0 else { return 0 }
    // A score is rounded to 24 bits; twice that margin is on the safe side of every rounding here.
    return max(0, Int32(min(Double(Int32.max), Double(score) / unit * (1 - 0x1p-22))) - 1)
  }

  /// What a code of 1 stands for in a row whose greatest weight is `maximum`: a quotient in single precision.
  static func scale(maximum: Float) -> Float { max(maximum / 255, .leastNonzeroMagnitude) }

  static func encode(_ weight: Float, scale: Float) -> UInt8 {
    UInt8(min(255, max(1, (weight / scale).rounded(.toNearestOrEven))))
  }

  static func decode(_ code: UInt8, scale: Float) -> Float { Float(code) * scale }
}

/// `StoredWeights.f16`: products and sums in single precision.
enum HalfWeights {
  /// The greatest weight that half precision can hold.
  static let greatest: Float = 65_504

  /// The half-precision bits of a weight in `0 < weight <= greatest`, rounded to nearest, ties to even, at least the smallest
  /// subnormal.
  static func encode(_ weight: Float) -> UInt16 {
    // Below 2^-14 halves are multiples of 2^-24; above, ten bits of fraction follow the exponent.
    if weight < 0x1p-14 {
      return max(1, UInt16((weight * 0x1p24).rounded(.toNearestOrEven)))
    }
    let bits = weight.bitPattern
    let rounded = bits + 0x0FFF + (bits >> 13 & 1)
    return UInt16(truncatingIfNeeded: (rounded >> 13) - (112 << 10))
  }

  /// The value of half-precision bits of a finite number that is not negative.
  @inline(__always)
  static func decode(_ bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 13) * 0x1p112
  }
}
