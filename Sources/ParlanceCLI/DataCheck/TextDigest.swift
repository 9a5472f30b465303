/// A text as a number, to find equal ones among millions without keeping them. Two texts that differ have the same number
/// once in 2^64 pairs; numbers are of this process only.
struct TextDigest: Hashable {
  private let value: Int

  /// Of texts as they are, in their order.
  init(_ texts: some Sequence<String>) {
    var hasher = Hasher()
    for text in texts { hasher.combine(text) }
    value = hasher.finalize()
  }

  /// Of the words, whatever their case, the punctuation around them and the space between them. A text that has none is told
  /// from the empty one by what it has instead.
  init(wordsOf text: String) {
    var hasher = Hasher()
    let words = Self.words(of: text)
    for word in words { hasher.combine(word) }
    if words.isEmpty {
      for sign in text.split(whereSeparator: \.isWhitespace) { hasher.combine(sign) }
    }
    value = hasher.finalize()
  }

  /// The words of a text in small letters, without the punctuation around them. What is within a word stays, and so do signs
  /// at its ends that make another of it: `c++`, `c#`, `1.5`, `.5`, `-5`, `$5`, `5%`. Apostrophes are dropped: `what's` and
  /// `whats` are one.
  static func words(of text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).compactMap { word -> String? in
      let signs: [Character] = word.filter { !apostrophes.contains($0) }.map { $0 == "\u{2212}" ? "-" : $0 }
      guard var first = signs.firstIndex(where: isOfWord), var last = signs.lastIndex(where: isOfWord) else {
        return nil
      }
      let isNumber = signs[first].isNumber
      // A decimal point, and no ellipsis.
      if isNumber, first > 0, signs[first - 1] == ".", first == 1 || signs[first - 2] != "." { first -= 1 }
      while first > 0, belongs(signs[first - 1], before: isNumber) { first -= 1 }
      while last + 1 < signs.count, belongsBehind(signs[last + 1]) { last += 1 }
      return String(signs[first...last]).lowercased()
    }
  }

  private static let apostrophes: Set<Character> = ["'", "\u{2019}", "\u{2018}", "\u{02BC}"]

  private static func isOfWord(_ sign: Character) -> Bool { sign.isLetter || sign.isNumber }

  private static func belongs(_ sign: Character, before isNumber: Bool) -> Bool {
    sign == "#" || sign.isCurrencySymbol || isNumber && (sign == "-" || sign == "+")
  }

  private static func belongsBehind(_ sign: Character) -> Bool {
    sign == "+" || sign == "#" || sign == "%" || sign.isCurrencySymbol
  }
}
