/// Makes keys of the bytes that a terminal sends, however they are cut: UTF-8, escape sequences, marked pastes.
struct KeyParser {
  private var bytes: [UInt8] = []
  /// What was pasted so far, while a paste goes on.
  private var pasted: [UInt8]?

  private static let escape: UInt8 = 0x1B
  private static let pasteEnds = Array("\u{1B}[201~".utf8)
  /// No sequence is as long; what is, is not one.
  private static let longestSequence = 32

  /// Whether an Escape waits for what may follow it.
  var isPending: Bool { !bytes.isEmpty && pasted == nil }

  mutating func feed(_ more: [UInt8]) -> [Key] {
    bytes += more
    var keys: [Key] = []
    while let key = next() {
      if case .text(let new) = key, case .text(let old)? = keys.last {
        keys[keys.count - 1] = .text(old + new)
      } else if key != .text("") {
        keys.append(key)
      }
    }
    return keys
  }

  /// Nothing follows: what is there is all there is.
  mutating func flush() -> [Key] {
    guard isPending else { return [] }
    let rest = bytes
    bytes = []
    return rest[0] == Self.escape ? [.escape] : [.text("\u{FFFD}")]
  }

  private mutating func next() -> Key? {
    if pasted != nil { return nextPasted() }
    guard let first = bytes.first else { return nil }
    if first == Self.escape { return nextSequence() }
    if first < 0x20 || first == 0x7F {
      bytes.removeFirst()
      return Key(control: first)
    }
    return nextText()
  }

  /// The characters up to a control character; an incomplete one at the end waits.
  private mutating func nextText() -> Key? {
    let end = bytes.firstIndex { $0 < 0x20 || $0 == 0x7F } ?? bytes.count
    var length = end
    if end == bytes.count, let lead = bytes.lastIndex(where: { $0 < 0x80 || $0 >= 0xC0 }) {
      let expected = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : bytes[lead] >= 0xC0 ? 2 : 1
      if bytes.count - lead < expected { length = lead }
    }
    guard length > 0 else { return nil }
    let text = Self.printable(bytes[..<length])
    bytes.removeFirst(length)
    return .text(text)
  }

  private mutating func nextSequence() -> Key? {
    guard bytes.count > 1 else { return nil }
    guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
      if bytes[1] == Self.escape {
        bytes.removeFirst()
        return .escape
      }
      let key = Key(alt: bytes[1])
      bytes.removeFirst(2)
      return key
    }
    guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      guard bytes.count > Self.longestSequence else { return nil }
      bytes = []
      return .other
    }
    let parameters = String(decoding: bytes[2..<end], as: UTF8.self)
    let final = bytes[end]
    bytes.removeFirst(end + 1)
    guard final == UInt8(ascii: "~"), parameters == "200" else { return Key(parameters: parameters, final: final) }
    pasted = []
    return .text("")
  }

  private mutating func nextPasted() -> Key? {
    guard let end = bytes.firstRange(of: Self.pasteEnds) else {
      // The end's own beginning may be there already.
      let kept = min(bytes.count, Self.pasteEnds.count - 1)
      pasted? += bytes.dropLast(kept)
      bytes.removeFirst(bytes.count - kept)
      return nil
    }
    let text = Self.printable((pasted ?? []) + bytes[..<end.lowerBound])
    bytes.removeFirst(end.upperBound)
    pasted = nil
    return .text(text)
  }

  /// Text for one line: what would break it is a blank, and no control character gets in.
  static func printable(_ bytes: some Collection<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: " ").unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t", "\u{2028}", "\u{2029}", "\u{85}": scalars.append(" ")
      case _ where scalar.properties.generalCategory == .control: break
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}
