import Diagnostics

/// What may be chosen when an index is built.
public struct IndexConfiguration: Sendable, Hashable, Codable {
  /// How weights are kept.
  public var weights: StoredWeights = .u8
  /// How many passages share one range of postings: the accumulators of a range are what a search keeps in the
  /// processor's cache, and each range has a row for each term of the query. At most 65,536, since a posting numbers its
  /// passage within the range with 16 bits.
  public var passagesPerRange = 32_768
  /// How many bytes of passage text are compressed together: more is smaller, less is quicker to read one passage from.
  public var textBlockSize = 32_768
  /// zlib's level, from 1 (fastest) to 9 (smallest).
  public var compressionLevel = 6
  /// About how many bytes of memory a build may take beyond what the program and the vocabulary need, whatever the size of
  /// the collection: what does not fit is sorted in a file.
  public var memory = 1 << 30

  public init() {}

  /// - Throws: `usage` for a value out of its range.
  func check() throws(ParlanceError) {
    try Self.require("passagesPerRange", passagesPerRange, in: 1...65_536)
    try Self.require("textBlockSize", textBlockSize, in: 1...1_048_576)
    try Self.require("compressionLevel", compressionLevel, in: 1...9)
    try Self.require("memory", memory, in: 1 << 16...1 << 50)
  }

  private static func require(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(ParlanceError) {
    guard range.contains(value) else {
      throw ParlanceError(
        .usage, "expected \(name) between \(range.lowerBound) and \(range.upperBound), found \(value)")
    }
  }
}
