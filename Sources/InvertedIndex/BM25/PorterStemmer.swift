/// M. F. Porter, An algorithm for suffix stripping, Program 14 (1980), as published.
///
/// Words of other letters than a to z, and words of one or two letters, stay as they are.
enum PorterStemmer {
  static func stem(_ word: String) -> String {
    let bytes = Array(word.utf8)
    guard bytes.count > 2, bytes.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else {
      return word
    }
    var stem = Stem(letters: bytes)
    stem.removePlural()
    stem.removePastAndProgressive()
    stem.replaceFinalY()
    stem.replaceFirst(of: step2)
    stem.replaceFirst(of: step3)
    stem.removeSuffix()
    stem.removeFinalE()
    stem.shortenFinalDoubleL()
    return String(decoding: stem.letters, as: UTF8.self)
  }

  typealias Replacement = (suffix: [UInt8], with: [UInt8])

  private static func table(_ pairs: KeyValuePairs<String, String>) -> [Replacement] {
    pairs.map { (Array($0.key.utf8), Array($0.value.utf8)) }
  }

  /// Double suffixes to single ones, where m > 0.
  private static let step2 = table([
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "abli": "able", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
  ])

  /// `-ic-`, `-full`, `-ness` and their like, where m > 0.
  private static let step3 = table([
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
  ])

  /// Single suffixes that fall where m > 1.
  fileprivate static let step4: [[UInt8]] = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti",
    "ous", "ive", "ize",
  ].map { Array($0.utf8) }
}

/// A word on its way to its stem.
private struct Stem {
  var letters: [UInt8]

  /// Step 1a.
  mutating func removePlural() {
    if ends("sses") || ends("ies") {
      letters.removeLast(2)
    } else if ends("s"), !ends("ss") {
      letters.removeLast()
    }
  }

  /// Step 1b.
  mutating func removePastAndProgressive() {
    if ends("eed") {
      if measure(letters.count - 3) > 0 { letters.removeLast() }
      return
    }
    let count = ends("ed") ? 2 : ends("ing") ? 3 : 0
    guard count > 0, hasVowel(letters.count - count) else { return }
    letters.removeLast(count)
    if ends("at") || ends("bl") || ends("iz") {
      letters.append(UInt8(ascii: "e"))
    } else if endsInDoubleConsonant, let last = letters.last, !"lsz".utf8.contains(last) {
      letters.removeLast()
    } else if measure(letters.count) == 1, endsInShortSyllable(letters.count) {
      letters.append(UInt8(ascii: "e"))
    }
  }

  /// Step 1c.
  mutating func replaceFinalY() {
    if ends("y"), hasVowel(letters.count - 1) { letters[letters.count - 1] = UInt8(ascii: "i") }
  }

  /// Steps 2 and 3: of the suffixes that fit, the longest counts, whether or not what stands before it is long enough.
  mutating func replaceFirst(of table: [PorterStemmer.Replacement]) {
    let fitting = table.filter { ends($0.suffix) }.max { $0.suffix.count < $1.suffix.count }
    guard let (suffix, replacement) = fitting, measure(letters.count - suffix.count) > 0 else { return }
    letters.removeLast(suffix.count)
    letters += replacement
  }

  /// Step 4.
  mutating func removeSuffix() {
    let fitting = PorterStemmer.step4.filter { ends($0) }.max { $0.count < $1.count }
    guard let suffix = fitting, measure(letters.count - suffix.count) > 1 else { return }
    if suffix == Array("ion".utf8) {
      guard letters.count > 3, "st".utf8.contains(letters[letters.count - 4]) else { return }
    }
    letters.removeLast(suffix.count)
  }

  /// Step 5a.
  mutating func removeFinalE() {
    guard ends("e") else { return }
    let measure = measure(letters.count - 1)
    if measure > 1 || (measure == 1 && !endsInShortSyllable(letters.count - 1)) { letters.removeLast() }
  }

  /// Step 5b.
  mutating func shortenFinalDoubleL() {
    if ends("ll"), measure(letters.count - 1) > 1 { letters.removeLast() }
  }

  private func ends(_ suffix: StaticString) -> Bool {
    ends(suffix.description.utf8.map { $0 })
  }

  private func ends(_ suffix: [UInt8]) -> Bool {
    letters.count >= suffix.count && letters[(letters.count - suffix.count)...].elementsEqual(suffix)
  }

  /// A, E, I, O, U, and Y behind a consonant, are vowels.
  private static func isVowel(_ letter: UInt8, behindConsonant: Bool) -> Bool {
    switch letter {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): true
    case UInt8(ascii: "y"): behindConsonant
    default: false
    }
  }

  private func isVowel(_ index: Int) -> Bool {
    // Of a run of Y, however long, every other one is a vowel.
    var first = index
    while first > 0, letters[first] == UInt8(ascii: "y") { first -= 1 }
    var vowel = Self.isVowel(letters[first], behindConsonant: false)
    for place in first..<index { vowel = Self.isVowel(letters[place + 1], behindConsonant: !vowel) }
    return vowel
  }

  private func hasVowel(_ count: Int) -> Bool {
    var vowel = true
    for letter in letters.prefix(count) {
      vowel = Self.isVowel(letter, behindConsonant: !vowel)
      if vowel { return true }
    }
    return false
  }

  /// m of the paper: how many times a run of vowels is followed by one of consonants in the first `count` letters.
  private func measure(_ count: Int) -> Int {
    var measure = 0
    // The first letter is behind no consonant.
    var (vowel, isFirst) = (false, true)
    for letter in letters.prefix(count) {
      let afterVowel = vowel
      vowel = Self.isVowel(letter, behindConsonant: !isFirst && !afterVowel)
      if afterVowel, !vowel { measure += 1 }
      isFirst = false
    }
    return measure
  }

  private var endsInDoubleConsonant: Bool {
    let count = letters.count
    return count >= 2 && letters[count - 1] == letters[count - 2] && !isVowel(count - 1)
  }

  /// *o of the paper: the first `count` letters end in consonant, vowel, consonant, the last not being w, x or y.
  private func endsInShortSyllable(_ count: Int) -> Bool {
    count >= 3 && !isVowel(count - 3) && isVowel(count - 2) && !isVowel(count - 1)
      && !"wxy".utf8.contains(letters[count - 1])
  }
}
