/// Character references (`&amp;`, `&#8230;`, `&#x2026;`) as the HTML standard reads them, mistakes included.
enum CharacterReference {
  /// The reference that begins at the ampersand at `start`, and where the text goes on; nil where there is none.
  ///
  /// In an attribute an old name without its semicolon is no reference before `=` or a letter: `?a=1&copy=2`.
  static func read(_ text: [UInt8], at start: Int, inAttribute: Bool) -> (text: String, end: Int)? {
    guard start + 1 < text.count else { return nil }
    if text[start + 1] == UInt8(ascii: "#") { return numeric(text, at: start + 2) }
    return named(text, at: start + 1, inAttribute: inAttribute)
  }

  private static func numeric(_ text: [UInt8], at start: Int) -> (text: String, end: Int)? {
    var position = start
    let isHex = position < text.count && text[position] | 0x20 == UInt8(ascii: "x")
    if isHex { position += 1 }
    let radix: UInt32 = isHex ? 16 : 10
    let firstDigit = position
    var value: UInt32 = 0
    while position < text.count, let digit = hexDigit(text[position]), digit < radix {
      value = min(value * radix + digit, 0x110000)
      position += 1
    }
    guard position > firstDigit else { return nil }
    if position < text.count, text[position] == UInt8(ascii: ";") { position += 1 }
    return (String(scalar(for: value)), position)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    if byte.isDigit { return UInt32(byte - UInt8(ascii: "0")) }
    guard byte.isLetter else { return nil }
    let digit = UInt32((byte | 0x20) - UInt8(ascii: "a")) + 10
    return digit < 16 ? digit : nil
  }

  /// The code points 0x80 to 0x9F mean Windows-1252, as in every browser; what is no scalar is U+FFFD.
  private static func scalar(for value: UInt32) -> Unicode.Scalar {
    if value >= 0x80, value <= 0x9F { return Windows1252.scalar(UInt8(value)) }
    guard value != 0, let scalar = Unicode.Scalar(value) else { return "\u{FFFD}" }
    return scalar
  }

  private static func named(_ text: [UInt8], at start: Int, inAttribute: Bool) -> (text: String, end: Int)? {
    var end = start
    while end < text.count, end - start < longestName, text[end].isLetter || text[end].isDigit { end += 1 }
    guard end > start else { return nil }
    var name = String(decoding: text[start..<end], as: UTF8.self)
    if end < text.count, text[end] == UInt8(ascii: ";"), let found = names[name + ";"] { return (found, end + 1) }
    while !name.isEmpty {
      if let found = names[name] {
        if inAttribute, end < text.count {
          let next = text[end]
          if next == UInt8(ascii: "=") || next.isLetter || next.isDigit { return nil }
        }
        return (found, end)
      }
      name.removeLast()
      end -= 1
    }
    return nil
  }

  private static let longestName = 32

  private static let names: [String: String] = {
    var names: [String: String] = [:]
    for entry in HTMLEntityList.text.split(separator: " ") {
      let parts = entry.split(separator: "=")
      guard parts.count == 2 else { continue }
      var text = ""
      for point in parts[1].split(separator: ",") {
        if let value = UInt32(point, radix: 16), let scalar = Unicode.Scalar(value) {
          text.unicodeScalars.append(scalar)
        }
      }
      names[String(parts[0])] = text
    }
    return names
  }()
}
