/// Brings a document's bytes into UTF-8, whatever they were.
struct TextDecoding: Hashable, Sendable {
  /// UTF-8 without a byte order mark, with `\n` line ends.
  var text: [UInt8]
  /// The name of the encoding that was read.
  var encoding: String
  /// Whether the bytes were not what the document says (or UTF-8 where it says nothing), so that Latin 1 was assumed.
  var isGuess = false

  /// Decodes bytes by their byte order mark, else by what HTML says in its first 1,024 bytes, else as UTF-8; what is
  /// neither is taken for Windows-1252, in which every byte is a character.
  ///
  /// Nil for what is no text: a NUL in the first 8 KiB outside UTF-16, or control characters more often than 1 in 10.
  init?(_ bytes: [UInt8], format: DocumentFormat) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      self.init(text: TextDecoding.fromUTF16(bytes), encoding: "utf-16")
      return
    }
    let head = bytes.prefix(8192)
    let controls = head.count { $0 < 0x20 && !$0.isWhiteSpace && $0 != 0x1B && $0 != 0x08 }
    guard !head.contains(0), controls * 10 <= head.count else { return nil }

    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    let declared = format == .html ? TextDecoding.declaredCharset(body) : nil
    if declared == "windows-1252" || declared == "iso-8859-15" {
      self.init(text: TextDecoding.fromSingleBytes(body, isLatin9: declared == "iso-8859-15"), encoding: declared ?? "")
    } else if TextDecoding.isUTF8(body) {
      self.init(text: TextDecoding.unixLines(body), encoding: "utf-8")
    } else {
      self.init(text: TextDecoding.fromSingleBytes(body, isLatin9: false), encoding: "windows-1252", isGuess: true)
    }
  }

  private init(text: [UInt8], encoding: String, isGuess: Bool = false) {
    self.text = text
    self.encoding = encoding
    self.isGuess = isGuess
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  private static func fromUTF16(_ bytes: [UInt8]) -> [UInt8] {
    let isLittle = bytes[0] == 0xFF
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { offset in
      let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    return unixLines(Array(String(decoding: units, as: UTF16.self).utf8))
  }

  private static func fromSingleBytes(_ bytes: [UInt8], isLatin9: Bool) -> [UInt8] {
    var result = ""
    result.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      result.unicodeScalars.append((isLatin9 ? latin9[byte] : nil) ?? Windows1252.scalar(byte))
    }
    return unixLines(Array(result.utf8))
  }

  private static let latin9: [UInt8: Unicode.Scalar] = [
    0xA4: "€", 0xA6: "Š", 0xA8: "š", 0xB4: "Ž", 0xB8: "ž", 0xBC: "Œ", 0xBD: "œ", 0xBE: "Ÿ",
  ]

  private static func unixLines(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0D) || bytes.contains(0) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() where byte != 0 {
      if byte != 0x0D {
        result.append(byte)
      } else if index + 1 == bytes.count || bytes[index + 1] != 0x0A {
        result.append(0x0A)
      }
    }
    return result
  }

  /// The canonical name of the charset in `<meta charset=…>`, `<meta … content="…; charset=…">` or `encoding="…"`.
  private static func declaredCharset(_ bytes: [UInt8]) -> String? {
    let head = bytes.prefix(1024).map(\.lowercase)
    for key in ["charset=", "encoding="] {
      guard let end = firstIndex(after: Array(key.utf8), in: head) else { continue }
      let name = head[end...].drop { $0.isWhiteSpace || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        .prefix { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
      if name.isEmpty { continue }
      switch String(decoding: name, as: UTF8.self) {
      case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252", "us-ascii",
        "ascii":
        return "windows-1252"
      case "iso-8859-15", "iso8859-15", "latin9", "latin-9", "l9": return "iso-8859-15"
      case let other: return other
      }
    }
    return nil
  }

  private static func firstIndex(after key: [UInt8], in text: [UInt8]) -> Int? {
    guard text.count >= key.count else { return nil }
    for start in 0...(text.count - key.count) where text[start] == key[0] {
      if text[start..<(start + key.count)].elementsEqual(key) { return start + key.count }
    }
    return nil
  }
}
