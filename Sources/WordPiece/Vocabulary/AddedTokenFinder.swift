/// Finds added tokens in a text: leftmost first, and the longest at each place.
struct AddedTokenFinder: Sendable {
  /// A stretch of text: a token, or (without an id) text between tokens.
  struct Piece {
    var start: Int
    var end: Int
    var id: Int32?
  }

  /// How far a text was searched.
  struct Cursor {
    /// Up to here the text was handed out.
    var done = 0
    /// From here on a token may begin.
    var next = 0
    /// A token that was found behind text between tokens.
    var waiting: Piece?
  }

  private let tokens: [AddedToken]
  private let trie: ByteTrie
  /// Which bytes a token can begin with.
  private let isFirstByte: [Bool]
  /// Special tokens in the text are ordinary text (`split_special_tokens`).
  private let ignoresSpecial: Bool

  var isEmpty: Bool { tokens.isEmpty }

  /// - Parameter trie: what to look for, the value of each key the token's position in `tokens`.
  init(_ tokens: [AddedToken], trie: ByteTrie, ignoresSpecial: Bool) {
    self.tokens = tokens
    self.trie = trie
    self.ignoresSpecial = ignoresSpecial
    isFirstByte = (0...255).map { trie.node(after: CollectionOfOne($0), from: trie.nodes[0]) != nil }
  }

  /// The next stretch; all stretches together cover the text, in order.
  func next(in text: Span<UInt8>, _ cursor: inout Cursor, tables: UnicodeTables) -> Piece? {
    if let waiting = cursor.waiting {
      cursor.waiting = nil
      cursor.done = waiting.end
      return waiting
    }
    while let token = nextToken(in: text, &cursor, tables) {
      let between = Piece(start: cursor.done, end: token.start, id: nil)
      if between.start < between.end {
        cursor.waiting = token
        return between
      }
      cursor.done = token.end
      return token
    }
    if cursor.done >= text.count { return nil }
    defer { cursor.done = text.count }
    return Piece(start: cursor.done, end: text.count, id: nil)
  }

  private func nextToken(in text: Span<UInt8>, _ cursor: inout Cursor, _ tables: UnicodeTables) -> Piece? {
    let firstBytes = isFirstByte.span
    while true {
      var index = cursor.next
      while index < text.count, !firstBytes[Int(text[index])] { index += 1 }
      if index >= text.count {
        cursor.next = index
        return nil
      }
      guard let match = trie.longestMatch(in: text, at: index) else {
        cursor.next = index + 1
        continue
      }
      cursor.next = match.end
      let token = tokens[Int(match.value)]
      if ignoresSpecial, token.isSpecial { continue }
      if token.isSingleWord, touchesWord(text, index, match.end, tables) { continue }
      var piece = Piece(start: index, end: match.end, id: token.id)
      if token.stripsLeft {
        while piece.start > cursor.done {
          let (scalar, length) = text.scalar(before: piece.start)
          guard tables[scalar].flags.contains(.splitsWords) else { break }
          piece.start -= length
        }
        // A token before this one may have taken white space that this one begins with.
        piece.start = max(piece.start, cursor.done)
        piece.end = max(piece.end, piece.start)
      }
      if token.stripsRight {
        while piece.end < text.count {
          let (scalar, length) = text.scalar(at: piece.end)
          guard tables[scalar].flags.contains(.splitsWords) else { break }
          piece.end += length
        }
      }
      return piece
    }
  }

  private func touchesWord(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ tables: UnicodeTables) -> Bool {
    (start > 0 && tables[text.scalar(before: start).value].flags.contains(.wordCharacter))
      || (end < text.count && tables[text.scalar(at: end).value].flags.contains(.wordCharacter))
  }
}
