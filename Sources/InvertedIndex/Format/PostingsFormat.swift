import BinaryFiles

/// The postings of a segment, as Documentation/formats/index.md describes them.
///
///     shape     four numbers: passages, vocabulary size, postings, passages a range; then the kind of weights
///     terms     for each term how many passages have it, and its greatest weight
///     ranges    for each range where its postings lie
///     postings  for each range: directory, passage numbers, weights
enum PostingsFormat {
  static let format = FileFormat(magic: "PARLPOST", name: "postings file of an index", version: FormatVersion(1, 0))

  static let shape = "shape"
  static let terms = "terms"
  static let ranges = "ranges"
  static let postings = "postings"

  /// Each part of a range begins at a multiple of this many bytes, a cache line.
  static let alignment = 64

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

  /// What a code of 1 stands for, where weights are kept in bytes.
  var scale: Float { passages == 0 ? 0 : ByteWeights.scale(maximum: greatest) }
}

/// Where the postings of one range of passages lie, and in which form.
struct PostingsRange: Sendable {
  /// How the directory finds the postings of a term; whichever is smaller is written.
  enum Layout: UInt32, Sendable {
    /// `starts[term] ..< starts[term + 1]` for every term of the vocabulary.
    case everyTerm = 0
    /// The terms that occur, ascending, and `starts` for each of them.
    case listedTerms = 1
  }

  /// The number of the range's first passage in the segment.
  var firstPassage: UInt32
  var passages: Int
  var layout: Layout
  /// How many terms the directory has.
  var rows: Int
  /// How many of them are named.
  var listedTerms: Int
  var postings: Int
  /// Where the directory begins in the section `postings`.
  var directory: Int
  /// Where the passage numbers begin.
  var numbers: Int
  /// Where the weights begin.
  var weights: Int
  /// Where the range ends.
  var end: Int

  /// The bytes of a range in the section `ranges`.
  static let recordSize = 24

  init(
    firstPassage: UInt32, passages: Int, layout: Layout, rows: Int, postings: Int, offset: Int, bytesPerWeight: Int
  ) {
    self.firstPassage = firstPassage
    self.passages = passages
    self.layout = layout
    self.rows = rows
    self.postings = postings
    directory = offset
    listedTerms = layout == .listedTerms ? rows : 0
    numbers = PostingsFormat.aligned(directory + 4 * (listedTerms + rows + 1))
    weights = PostingsFormat.aligned(numbers + 2 * postings)
    end = PostingsFormat.aligned(weights + bytesPerWeight * postings)
  }

  /// The smaller of the two layouts for a range in which `rows` terms of a vocabulary occur.
  static func smallerLayout(rows: Int, vocabularySize: Int) -> Layout {
    vocabularySize <= 2 * rows ? .everyTerm : .listedTerms
  }
}
