/// The tokens of one text, and the memory that finding them takes; reused from text to text, it stops growing.
///
/// One worker owns one buffer and hands it to ``WordPieceTokenizer/encode(_:maxLength:into:)`` for text after text.
public struct TokenBuffer: Sendable {
  /// A token and its place in the text, in UTF-8 bytes.
  public struct Token: Sendable, Hashable, BitwiseCopyable {
    public var id: Int32
    public var start: UInt32
    public var end: UInt32
  }

  /// The tokens of the text encoded last, special tokens included.
  public internal(set) var tokens: [Token] = []

  /// The text itself, so that it is read as one run of bytes whatever string it came from.
  var text: [UInt8] = []
  var normalized = NormalizedText()

  public init() {}
}
