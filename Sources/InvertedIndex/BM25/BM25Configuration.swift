import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How BM25 weighs words: Okapi's formula as Lucene computes it, with Anserini's settings by default.
///
///     idf(t)       = ln(1 + (N - n_t + 0.5) / (n_t + 0.5))
///     weight(t, d) = idf(t) tf / (tf + k1 (1 - b + b |d| / average |d|))
///
/// N is the number of passages, n_t of those with the word, tf how often `d` has it, |d| the number of its words that
/// were kept. A query's weight of a word is how often the query has it. Unlike Lucene, which keeps a length in one byte,
/// lengths are exact.
public struct BM25Configuration: Sendable, Hashable, Codable {
  /// How quickly further occurrences of a word stop to count, from 0 (at once) to a million.
  public var k1: Double = 0.9
  /// How much longer passages are held back, from 0 to 1.
  public var b: Double = 0.4
  /// How text becomes words, of passages and queries alike.
  public var analyzer = TextAnalyzer()

  public init() {}

  /// More than anybody means, and little enough that no weight becomes 0.
  private static let greatestK1 = 1e6

  /// - Throws: `usage` for a value out of its range.
  func check() throws(ParlanceError) {
    guard (0...Self.greatestK1).contains(k1) else {
      throw ParlanceError(.usage, "expected k1 between 0 and \(Int(Self.greatestK1)), found \(k1)")
    }
    guard (0...1).contains(b) else { throw ParlanceError(.usage, "expected b between 0 and 1, found \(b)") }
  }

  /// idf of the formula.
  static func inverseFrequency(passagesWithWord: Int, passages: Int) -> Double {
    log(1 + (Double(passages - passagesWithWord) + 0.5) / (Double(passagesWithWord) + 0.5))
  }

  /// What is left of the formula.
  func saturation(count: Double, length: Double, averageLength: Double) -> Double {
    count / (count + k1 * (1 - b + b * length / averageLength))
  }
}
