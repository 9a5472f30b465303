import BinaryFiles

/// The postings of a segment, as Documentation/formats/index.md describes them.
///
///     shape     four numbers: passages, vocabulary size, postings, passages a range; then the kind of weights
///     terms     for each term how many passages have it, and its greatest weight
///     common    the terms whose passages are bits (`CommonTerms`); from version 2 on
///     ranges    for each range where its postings lie, and in which form
///     postings  for each range: directory, bitmaps, passage numbers, weights
enum PostingsFormat {
  /// What can be read.
  static let format = format(FormatVersion(3, 0))

  /// What is written: without bytes, whose scales came with version 3, a file is one of version 2.
  static func format(of weights: StoredWeights) -> FileFormat {
    format(FormatVersion(weights == .u8 ? 3 : 2, 0))
  }

  private static func format(_ version: FormatVersion) -> FileFormat {
    FileFormat(magic: "PARLPOST", name: "postings file of an index", version: version, oldestMajor: 1)
  }

  static let shape = "shape"
  static let terms = "terms"
  static let common = "common"
  static let ranges = "ranges"
  static let postings = "postings"

  /// Each part of a range begins at a multiple of this many bytes, a cache line.
  static let alignment = 64

  /// How many numbers of four bytes a directory has for each row: where its postings begin and, where weights are bytes, the
  /// greatest of the range, which they are parts of. Before version 3 they are parts of the greatest of the segment.
  static func wordsPerRow(_ weights: StoredWeights, _ version: FormatVersion = format.version) -> Int {
    weights == .u8 && version.major >= 3 ? 2 : 1
  }

  static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }

  static func code(of weights: StoredWeights) -> UInt64 {
    switch weights {
    case .u8: 1
    case .f16: 2
    case .f32: 3
    }
  }

  static func weights(code: UInt64) -> StoredWeights? {
    StoredWeights.allCases.first { Self.code(of: $0) == code }
  }
}

/// What a postings file says about a term.
struct TermStatistics: BitwiseCopyable {
  /// How many passages of the segment have the term.
  var passages: UInt32
  /// Its greatest weight, before it was made smaller; 0 where no passage has it.
  var greatest: Float

  /// What a code of 1 stands for where weights are bytes: at most in any range, and in each before version 3.
  var scale: Float { passages == 0 ? 0 : ByteWeights.scale(maximum: greatest) }
}
