/// What a person pressed.
enum Key: Equatable {
  /// What goes into the line: typed or pasted, without control characters.
  case text(String)
  case enter
  case tab
  case backspace
  case delete
  case left
  case right
  case up
  case down
  case home
  case end
  case wordLeft
  case wordRight
  case killToEnd
  case killToStart
  case killWordBack
  case killWordForward
  case yank
  case transpose
  case clearScreen
  case interrupt
  /// `^D`: deletes, or ends where there is nothing.
  case endOfInput
  case searchBack
  case suspend
  case escape
  /// A key that means nothing here.
  case other
}

extension Key {
  /// What a control character means, by its code.
  init(control byte: UInt8) {
    switch byte {
    case 0x01: self = .home
    case 0x02: self = .left
    case 0x03: self = .interrupt
    case 0x04: self = .endOfInput
    case 0x05: self = .end
    case 0x06: self = .right
    case 0x08, 0x7F: self = .backspace
    case 0x09: self = .tab
    case 0x0A, 0x0D: self = .enter
    case 0x0B: self = .killToEnd
    case 0x0C: self = .clearScreen
    case 0x0E: self = .down
    case 0x10: self = .up
    case 0x12: self = .searchBack
    case 0x14: self = .transpose
    case 0x15: self = .killToStart
    case 0x17: self = .killWordBack
    case 0x19: self = .yank
    case 0x1A: self = .suspend
    case 0x07: self = .escape
    default: self = .other
    }
  }

  /// What a character after Escape means: the Alt key.
  init(alt byte: UInt8) {
    switch byte {
    case UInt8(ascii: "b"), UInt8(ascii: "B"): self = .wordLeft
    case UInt8(ascii: "f"), UInt8(ascii: "F"): self = .wordRight
    case UInt8(ascii: "d"), UInt8(ascii: "D"): self = .killWordForward
    case 0x08, 0x7F: self = .killWordBack
    default: self = .other
    }
  }

  /// What a sequence of ECMA-48 means: `ESC [ PARAMETERS FINAL`, or `ESC O FINAL`.
  init(parameters: String, final: UInt8) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    // Alt, Control or both held down: 3, 5, 7.
    let byWords = numbers.count > 1 && [3, 5, 7].contains(numbers[1])
    switch final {
    case UInt8(ascii: "A"): self = .up
    case UInt8(ascii: "B"): self = .down
    case UInt8(ascii: "C"): self = byWords ? .wordRight : .right
    case UInt8(ascii: "D"): self = byWords ? .wordLeft : .left
    case UInt8(ascii: "F"): self = .end
    case UInt8(ascii: "H"): self = .home
    case UInt8(ascii: "~"):
      switch numbers.first.flatMap({ $0 }) {
      case 1, 7: self = .home
      case 3: self = byWords ? .killWordForward : .delete
      case 4, 8: self = .end
      default: self = .other
      }
    default: self = .other
    }
  }
}
