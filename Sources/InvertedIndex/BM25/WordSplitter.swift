/// Where words begin and end, by the properties of Unicode scalars.
enum WordSplitter {
  /// Hands the lower-cased words of `text` to `take`, in its order, as UTF-8.
  static func forEachWord(of text: String, _ take: ([UInt8]) -> Void) {
    split(text, isPlaced: false) { word, _ in take(word) }
  }

  /// Hands them to `take` with the UTF-8 bytes of the text that each was made of.
  static func forEachPlacedWord(of text: String, _ take: ([UInt8], Range<Int>) -> Void) {
    split(text, isPlaced: true, take)
  }

  /// - Parameter isPlaced: whether places are told, a constant: indexing wants none and counts no bytes for them.
  @inline(__always)
  private static func split(_ text: String, isPlaced: Bool, _ take: ([UInt8], Range<Int>) -> Void) {
    var word: [UInt8] = []
    // An apostrophe belongs to a word only when a letter follows.
    var apostrophe = false
    // The bytes of the text that were read, and those among them that the word is made of.
    var read = 0
    var place = 0..<0

    func end() {
      apostrophe = false
      guard !word.isEmpty else { return }
      take(word, place)
      word.removeAll(keepingCapacity: true)
    }

    for scalar in text.unicodeScalars {
      let start = read
      if isPlaced { read += UTF8.width(scalar) }
      switch Kind(scalar) {
      case .letter:
        if isPlaced { place = (word.isEmpty ? start : place.lowerBound)..<read }
        if apostrophe {
          word.append(UInt8(ascii: "'"))
          apostrophe = false
        }
        append(scalar, to: &word)
      case .ideograph:
        end()
        if isPlaced { place = start..<read }
        word.append(contentsOf: String(scalar).utf8)
        end()
      case .apostrophe:
        if apostrophe || word.isEmpty { end() } else { apostrophe = true }
      case .between: end()
      }
    }
    end()
  }

  private static func append(_ scalar: Unicode.Scalar, to word: inout [UInt8]) {
    if scalar.isASCII {
      let upper = ("A"..."Z").contains(scalar)
      word.append(upper ? UInt8(scalar.value) + 32 : UInt8(scalar.value))
    } else {
      word.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
  }

  private enum Kind {
    case letter
    case ideograph
    case apostrophe
    case between

    init(_ scalar: Unicode.Scalar) {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": self = .letter
      case "'", "\u{2019}": self = .apostrophe
      case _ where scalar.isASCII: self = .between
      case "\u{3040}"..."\u{309F}": self = .ideograph
      default: self = Self.beyondASCII(scalar)
      }
    }

    private static func beyondASCII(_ scalar: Unicode.Scalar) -> Kind {
      if scalar.properties.isIdeographic { return .ideograph }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
        .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
        return .letter
      default: return .between
      }
    }
  }
}
