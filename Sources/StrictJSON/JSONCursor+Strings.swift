import BinaryFiles
public import Diagnostics

extension JSONCursor {
  /// The next value, which must be a string.
  ///
  /// - Throws: `badInput`; a surrogate escape without its partner is an error, since it is no character.
  public mutating func string() throws(ParlanceError) -> String {
    try expect(.string)
    at += 1
    let start = at
    skipPlain()
    if byte == UInt8(ascii: "\""), at < bytes.byteCount {
      defer { at += 1 }
      return bytes.extracting(start..<at).string()
    }
    return try escapedString(from: start)
  }

  /// A string with escapes in it; the cursor stands at the first byte that is not plain.
  private mutating func escapedString(from start: Int) throws(ParlanceError) -> String {
    var text = bytes.extracting(start..<at).array()
    while true {
      guard at < bytes.byteCount else { throw expected("the string's closing quotation mark") }
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        at += 1
        try appendEscape(to: &text)
      default:
        throw error("expected control characters in strings to be escaped, found byte 0x\(String(byte, radix: 16))")
      }
      let plain = at
      skipPlain()
      for offset in plain..<at { text.append(bytes.byte(at: offset)) }
    }
  }

  /// Moves to the next quotation mark, backslash or control character, eight bytes at a time.
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while at + 8 <= bytes.byteCount {
      let word = bytes.load(UInt64.self, at: at)
      // A byte's high bit tells, from the lowest byte up, whether it is below 0x20, a quotation mark, or a backslash.
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let control = (word &- (ones &* 0x20)) & ~word
      let hits = (control | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & highs
      if hits != 0 {
        at += hits.trailingZeroBitCount / 8
        return
      }
      at += 8
    }
    while at < bytes.byteCount {
      let byte = byte
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      at += 1
    }
  }

  /// The cursor stands behind the backslash.
  private mutating func appendEscape(to text: inout [UInt8]) throws(ParlanceError) {
    let letter = byte
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(Character(try unicodeEscape())).utf8))
    default:
      at -= 1
      throw error("expected one of \" \\ / b f n r t u behind the backslash")
    }
  }

  /// The cursor stands behind the `u`.
  private mutating func unicodeEscape() throws(ParlanceError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let lone = "expected a surrogate escape to have its partner (\\ud83d\\ude00), this one stands alone"
    guard first < 0xDC00, byte == UInt8(ascii: "\\") else { throw error(lone) }
    at += 1
    guard byte == UInt8(ascii: "u") else { throw error(lone) }
    at += 1
    let second = try fourDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error(lone) }
    return scalar
  }

  private mutating func fourDigits() throws(ParlanceError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error("expected four hexadecimal digits behind \\u")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
