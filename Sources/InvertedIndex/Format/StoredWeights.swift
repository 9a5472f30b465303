/// How an index keeps the weights of its passages; search is exact over what is kept.
public enum StoredWeights: String, Sendable, Hashable, Codable, CaseIterable {
  /// One byte a posting: `code = max(1, round(weight / scale))`, where a term's `scale` is its greatest weight in a range of
  /// passages divided by 255. Rounding is to nearest, ties to even; a weight above zero never becomes zero.
  case u8
  /// IEEE half precision, rounded to nearest, ties to even; a weight above zero becomes at least the smallest subnormal.
  case f16
  /// The weights as they were.
  case f32

  /// The bytes that one weight takes.
  public var bytesPerWeight: Int {
    switch self {
    case .u8: 1
    case .f16: 2
    case .f32: 4
    }
  }
}
