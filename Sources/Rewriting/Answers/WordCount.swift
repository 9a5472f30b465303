/// How many words a text has, in any script: what stands between blanks, and where a script writes no blanks two characters for a
/// word, as is about right for Chinese, Japanese and Thai.
enum WordCount {
  static func of(_ text: String) -> Int {
    var words = 0
    for part in text.split(whereSeparator: \.isWhitespace) {
      let dense = part.unicodeScalars.count { isWithoutBlanks($0) }
      words += dense == 0 ? 1 : (dense + 1) / 2 + (hasOthers(part) ? 1 : 0)
    }
    return words
  }

  /// Whether a part has letters or digits of scripts that write blanks, too: `iPhoneの発売日`.
  private static func hasOthers(_ part: Substring) -> Bool {
    part.unicodeScalars.contains {
      !isWithoutBlanks($0) && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
    }
  }

  /// Thai, Lao, Myanmar, Khmer, kana, and Han with its extensions.
  private static func isWithoutBlanks(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x20000...0x323AF:
      true
    default: false
    }
  }
}
