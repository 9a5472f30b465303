extension StringProtocol {
  /// The text with blanks in place of what would control a terminal or turn the direction of what follows: passages come
  /// from anywhere. Each blank takes as many bytes of UTF-8 as what it stands for, so that places in the text stay.
  package var withoutControls: String {
    guard unicodeScalars.contains(where: \.controlsTerminals) else { return String(self) }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if !scalar.controlsTerminals {
        text.append(scalar)
      } else if scalar.value < 0x80 {
        text.append(" ")
      } else {
        text.append(scalar.value < 0x800 ? "\u{A0}" : "\u{3000}")
      }
    }
    return String(text)
  }
}

extension Unicode.Scalar {
  /// The controls of ASCII and Latin-1, and the embeddings, overrides and isolates of direction.
  fileprivate var controlsTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
