import TestSupport

/// Texts that are hard on a tokenizer, from a seed.
struct SeededTexts {
  private var generator: SeededGenerator
  private let more: [String]

  init(seed: UInt64, more: [String] = []) {
    generator = SeededGenerator(seed: seed)
    self.more = more
  }

  private mutating func number(_ range: Range<Int>) -> Int {
    range.lowerBound + Int(generator.next() % UInt64(range.count))
  }

  private mutating func any(_ choices: [String]) -> String { choices[number(0..<choices.count)] }

  private mutating func scalars(_ range: Range<Int>, _ count: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<number(count) { if let scalar = Unicode.Scalar(UInt32(number(range))) { text.append(scalar) } }
    return String(text)
  }

  private static let words = [
    "the", "The", "of", "Paris", "Berlin", "tower", "Tower", "unbelievable", "tokenization", "naïve", "CAFÉ", "café",
    "straße", "ELEPHANT",
    "don't", "U.S.A.", "x", "I", "3.14", "2024", "built", "Москва", "Ελλάδα", "ΕΛΛΆΔΑ", "İstanbul", "東京", "서울", "각",
    "שָׁלוֹם", "नमस्ते",
  ]
  private static let special = [
    "[SEP]", "[MASK]", "[CLS]", "[PAD]", "[UNK]", "[sep]", "[Mask]", "[mask]", "[[MASK]]", "[SEP", "SEP]",
    "[MASK][MASK]", "  [MASK]  ",
  ]
  private static let emoji = [
    "👨‍👩‍👧‍👦", "🏳️‍🌈", "❤️", "👍🏽", "🇫🇷", "☃️", "1️⃣", "😀", "\u{200D}", "\u{FE0F}", "\u{FE0E}",
  ]
  private static let odd = [
    "\0", "\u{1}", "\u{B}", "\u{C}", "\u{1C}", "\u{7F}", "\u{85}", "\u{A0}", "\u{AD}", "\u{200B}", "\u{2028}",
    "\u{2029}", "\u{3000}", "\u{FEFF}",
    "\u{FFFD}", "\u{E000}", "\u{E0041}", "\u{10FFFF}", "\u{378}", "\r\n", "\t",
  ]
  private static let scripts: [Range<Int>] = [
    0x20..<0x7F, 0xA0..<0x250, 0x370..<0x530, 0x590..<0x700, 0x900..<0xE00, 0xE00..<0x1100, 0x1100..<0x1200,
    0x1D00..<0x2000, 0x2000..<0x2C00, 0x3000..<0x3400, 0x4E00..<0x4E40, 0xAC00..<0xD7A4, 0xF900..<0xFB50,
    0xFB50..<0x10000,
    0x1D150..<0x1D1F0, 0x1F300..<0x1F700, 0x20000..<0x20010, 0x2F800..<0x2FA20, 0x10000..<0x11000, 0x0..<0x110000,
  ]
  /// Bases that decompose, and marks of many classes.
  private static let bases = [
    "a", "e", "é", "ệ", "Ǖ", "\u{344}", "\u{1F82}", "\u{958}", "\u{1D15E}", "가", "\u{1112}\u{1161}", "[", " ", "",
  ]
  private static let marks: [Range<Int>] = [
    0x300..<0x370, 0x591..<0x5C8, 0x64B..<0x660, 0x93C..<0x954, 0x302A..<0x3030, 0x1AB0..<0x1ABF, 0x1DC0..<0x1E00,
    0x20D0..<0x20F1, 0x1D165..<0x1D173, 0xFE20..<0xFE30, 0xE31..<0xE4F, 0x11A8..<0x11C3, 0x3099..<0x309B,
  ]

  mutating func text() -> String {
    var text = ""
    for _ in 0..<number(1..<12) {
      if !more.isEmpty, number(0..<2) == 0 { text += any(more) + any(["", " ", "  "]) }
      switch number(0..<16) {
      case 0...4: text += any(Self.words) + any(["", "", "ing", "##ing", "s", "'s"])
      case 5, 6: text += any(Self.special)
      case 7: text += any(Self.emoji)
      case 8: text += any(Self.odd)
      case 9, 10: text += scalars(Self.scripts[number(0..<Self.scripts.count)], 1..<6)
      case 11, 12:
        text += any(Self.bases)
        for _ in 0..<number(1..<5) { text += scalars(Self.marks[number(0..<Self.marks.count)], 1..<3) }
      case 13 where number(0..<4) == 0:
        text += String(repeating: any(["a", "é", "e\u{301}", "字", "w\u{200B}"]), count: number(95..<106))
      default: text += scalars(0x20..<0x7F, 1..<8)
      }
      text += any([" ", " ", " ", "", "", ".", ", ", "  "])
    }
    return text
  }
}
