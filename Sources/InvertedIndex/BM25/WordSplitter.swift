/// Where words begin and end, by the properties of Unicode scalars.
enum WordSplitter {
  /// The lower-cased words of `text`, in its order.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    // An apostrophe belongs to a word only when a letter follows.
    var apostrophe = false

    func end() {
      apostrophe = false
      guard !word.isEmpty else { return }
      words.append(String(word))
      word.removeAll(keepingCapacity: true)
    }

    for scalar in text.unicodeScalars {
      switch Kind(scalar) {
      case .letter:
        if apostrophe {
          word.append("'")
          apostrophe = false
        }
        append(scalar, to: &word)
      case .ideograph:
        end()
        word.append(scalar)
        end()
      case .apostrophe:
        if apostrophe || word.isEmpty { end() } else { apostrophe = true }
      case .between: end()
      }
    }
    end()
    return words
  }

  private static func append(_ scalar: Unicode.Scalar, to word: inout String.UnicodeScalarView) {
    if scalar.isASCII {
      let upper = ("A"..."Z").contains(scalar)
      word.append(upper ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
    } else {
      word.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
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
