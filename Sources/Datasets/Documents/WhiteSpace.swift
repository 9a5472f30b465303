/// ASCII white space, which is what markup languages mean by the word.
extension UInt8 {
  var isWhiteSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D && self != 0x0B) }
  var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var lowercase: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}

extension StringProtocol {
  /// The text on one line: runs of white space (no-break space too) become one space, the ends none.
  var collapsed: String {
    var result = ""
    var gap = false
    for scalar in unicodeScalars {
      if scalar == "\u{AD}" { continue }
      if scalar.properties.isWhitespace {
        gap = true
        continue
      }
      if gap, !result.isEmpty { result.append(" ") }
      gap = false
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// How many runs of characters other than white space there are.
  var wordCount: Int {
    var count = 0
    var inside = false
    for byte in utf8 {
      let space = byte.isWhiteSpace
      if !space, !inside { count += 1 }
      inside = !space
    }
    return count
  }
}
