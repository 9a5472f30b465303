/// A line and the place in it where the next character goes.
struct EditedLine: Equatable {
  private(set) var characters: [Character] = []
  /// Before the character with this index.
  private(set) var cursor = 0
  /// What was cut last, for `yank`.
  private(set) var killed: [Character] = []

  var text: String { String(characters) }
  var isEmpty: Bool { characters.isEmpty }

  init(_ text: String = "") { replace(by: text) }

  mutating func replace(by text: String) {
    characters = Array(text)
    cursor = characters.count
  }

  /// A mark that is typed after its letter joins it.
  mutating func insert(_ text: String) {
    let before = Array(String(characters[..<cursor]) + text)
    characters = Array(String(before) + String(characters[cursor...]))
    cursor = min(before.count, characters.count)
  }

  /// - Returns: whether the key means something for a line.
  mutating func apply(_ key: Key) -> Bool {
    switch key {
    case .text(let text): insert(text)
    case .backspace: remove(max(0, cursor - 1)..<cursor)
    case .delete, .endOfInput: remove(cursor..<min(cursor + 1, characters.count))
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home: cursor = 0
    case .end: cursor = characters.count
    case .wordLeft: cursor = wordStart
    case .wordRight: cursor = wordEnd
    case .killToEnd: kill(cursor..<characters.count)
    case .killToStart: kill(0..<cursor)
    case .killWordBack: kill(blankWordStart..<cursor)
    case .killWordForward: kill(cursor..<wordEnd)
    case .yank: insert(String(killed))
    case .transpose: transpose()
    default: return false
    }
    return true
  }

  private mutating func remove(_ range: Range<Int>) {
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func kill(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    killed = Array(characters[range])
    remove(range)
  }

  private mutating func transpose() {
    guard characters.count >= 2, cursor > 0 else { return }
    cursor = min(max(cursor, 1), characters.count - 1)
    characters.swapAt(cursor - 1, cursor)
    cursor += 1
  }

  private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

  private var wordStart: Int {
    var place = cursor
    while place > 0, !Self.isWord(characters[place - 1]) { place -= 1 }
    while place > 0, Self.isWord(characters[place - 1]) { place -= 1 }
    return place
  }

  private var wordEnd: Int {
    var place = cursor
    while place < characters.count, !Self.isWord(characters[place]) { place += 1 }
    while place < characters.count, Self.isWord(characters[place]) { place += 1 }
    return place
  }

  /// Where the word begins that white space ends, as `^W` wants it.
  private var blankWordStart: Int {
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }
}
