extension RawSpan {
  /// The bytes as text; they must have been found to be UTF-8.
  public func string() -> String {
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// Where `bytes` stop being UTF-8 as Unicode defines it (no overlong forms, no surrogates, nothing above U+10FFFF).
///
/// - Returns: the offset of the first byte of the first malformed sequence, or `nil`.
public func invalidUTF8Offset(in bytes: RawSpan) -> Int? {
  let count = bytes.byteCount
  var at = 0
  while at < count {
    while at + 8 <= count, bytes.load(UInt64.self, at: at) & 0x8080_8080_8080_8080 == 0 { at += 8 }
    guard at < count else { return nil }
    let lead = bytes.byte(at: at)
    if lead < 0x80 {
      at += 1
      continue
    }
    let length: Int
    // The second byte's range tells overlong forms, surrogates and too large scalars apart (Unicode, table 3-7).
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE, 0xEF: length = 3
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return at
    }
    guard at + length <= count, second.contains(bytes.byte(at: at + 1)) else { return at }
    for next in at + 2..<max(at + 2, at + length) where bytes.byte(at: next) & 0xC0 != 0x80 { return at }
    at += length
  }
  return nil
}
