extension ExternalID {
  /// Why `text` cannot be an id, in words that follow "expected an id": TREC's files separate columns by white space, so
  /// an id may hold none, and nothing that could be taken for it.
  ///
  /// - Returns: `nil` for a good id.
  package static func fault(of text: String) -> String? {
    if text.isEmpty { return "that is not empty" }
    // Nearly all ids; the library's properties of a scalar take a hundred times as long.
    if text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return nil }
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.isWhitespace {
        return "without white space and control characters, found U+\(hexadecimal(scalar.value))"
      }
    }
    return nil
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
