/// A text as a BERT model reads it: ids, and for each the place in the text that it came from.
///
/// All arrays have one element a token. The special tokens that the post-processor puts around a text (`[CLS]`, `[SEP]`)
/// have empty offsets at zero; a special token written in the text itself has its place there.
public struct Encoding: Sendable, Hashable {
  /// Positions in the vocabulary.
  public var ids: [Int32] = []
  /// Which sequence a token belongs to: as a rule 0 for the first text and 1 for the second of a pair.
  public var typeIDs: [Int32] = []
  /// Places in the text in Unicode scalars, as Python counts and the Hugging Face tokenizers report them.
  public var offsets: [Range<Int>] = []
  /// The same places in UTF-8 bytes, for `text.utf8`.
  public var byteOffsets: [Range<Int>] = []
  /// Whether the post-processor added the token.
  public var isAdded: [Bool] = []

  public init() {}

  /// How many tokens there are.
  public var count: Int { ids.count }
}
