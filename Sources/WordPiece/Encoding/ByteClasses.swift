/// How the fast path reads one byte of text under a given normaliser.
///
/// What the normaliser and the splitter do to an ASCII character does not depend on its neighbours, so a word of plain ASCII is
/// looked up where it stands in the text, without a normalised copy.
struct ByteClasses: Sendable {
  enum Class: UInt8, Sendable {
    /// Part of a word, after `fold`.
    case word
    /// Between words.
    case space
    /// A word of its own.
    case punctuation
    /// Needs the normaliser: not ASCII, or an ASCII character that is removed.
    case other
  }

  /// The class of each byte.
  let classes: [Class]
  /// What each byte becomes; its lowercase form where the normaliser lowercases.
  let fold: [UInt8]

  init(_ normalizer: Normalizer, tables: UnicodeTables) {
    var classes = [Class](repeating: .other, count: 256)
    var fold = [UInt8](0...255)
    for byte in UInt32(0)..<128 {
      let record = tables[byte]
      let flags = record.flags
      if normalizer.cleansText, flags.contains(.cleanedAway) { continue }
      if normalizer.lowercases, record.lowercaseCount > 0 {
        let lower = tables.pool[Int(record.lowercase)]
        guard record.lowercaseCount == 1, lower < 128 else { continue }
        fold[Int(byte)] = UInt8(lower)
      }
      if flags.contains(.splitsWords) || (normalizer.cleansText && flags.contains(.cleanedToSpace)) {
        classes[Int(byte)] = .space
      } else {
        classes[Int(byte)] = flags.contains(.punctuation) ? .punctuation : .word
      }
    }
    self.classes = classes
    self.fold = fold
  }
}
