/// What the normaliser and the word splitter do to one Unicode scalar; scalars that are treated alike share a record.
struct ScalarRecord: Sendable, BitwiseCopyable {
  /// Bits that `Scripts/unicode/make_tables.py` writes.
  struct Flags: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8

    /// Removed by `clean_text`: control and format characters, unassigned scalars, U+0000, U+FFFD.
    static let cleanedAway = Flags(rawValue: 1 << 0)
    /// Made a space by `clean_text`.
    static let cleanedToSpace = Flags(rawValue: 1 << 1)
    /// Set apart by `handle_chinese_chars`.
    static let chinese = Flags(rawValue: 1 << 2)
    /// Removed by `strip_accents`, after decomposition.
    static let nonspacing = Flags(rawValue: 1 << 3)
    /// White space to the word splitter.
    static let splitsWords = Flags(rawValue: 1 << 4)
    /// A word of its own to the word splitter.
    static let punctuation = Flags(rawValue: 1 << 5)
    /// Holds back an added token with `single_word` that it touches.
    static let wordCharacter = Flags(rawValue: 1 << 6)
  }

  var flags: Flags
  /// The place of its combining class among all classes; 0 is a starter.
  var rank: UInt8
  /// Where its canonical decomposition lies in the pool of scalars; empty for one that does not decompose.
  var decomposition: UInt16
  var decompositionCount: UInt8
  /// Where its lowercase form lies in the pool; empty for one that is its own.
  var lowercase: UInt16
  var lowercaseCount: UInt8
}
