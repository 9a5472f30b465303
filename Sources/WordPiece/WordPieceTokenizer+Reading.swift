// From text to tokens: added tokens are cut out first, the text between them is normalised, split into words, and each
// word into pieces. Plain ASCII takes a short cut through all of it.

extension WordPieceTokenizer {
  /// Appends the tokens of the text; stops after the word that brings them to `limit`.
  func read(_ text: String, into buffer: inout TokenBuffer, limit: Int) {
    buffer.text.removeAll(keepingCapacity: true)
    buffer.text.append(contentsOf: text.utf8)
    precondition(buffer.text.count < UInt32.max, "a text of 4 GiB or more")
    let held = buffer.text
    let bytes = held.span
    if literalTokens.isEmpty {
      readSegment(bytes, 0..<bytes.count, &buffer.tokens, &buffer.normalized, limit: limit)
      return
    }
    var cursor = AddedTokenFinder.Cursor()
    while buffer.tokens.count < limit, let piece = literalTokens.next(in: bytes, &cursor, tables: tables) {
      if let id = piece.id {
        buffer.tokens.append(.init(id: id, start: UInt32(piece.start), end: UInt32(piece.end)))
      } else {
        readSegment(bytes, piece.start..<piece.end, &buffer.tokens, &buffer.normalized, limit: limit)
      }
    }
  }

  /// Reads text between literal added tokens.
  private func readSegment(
    _ text: Span<UInt8>, _ range: Range<Int>, _ tokens: inout [TokenBuffer.Token], _ normalized: inout NormalizedText,
    limit: Int
  ) {
    if !normalizedTokens.isEmpty {
      normalizer.normalize(text, range, segmentStart: range.lowerBound, tables: tables, into: &normalized)
      var cursor = AddedTokenFinder.Cursor()
      while tokens.count < limit, let piece = normalizedTokens.next(in: normalized.bytes.span, &cursor, tables: tables)
      {
        if let id = piece.id {
          tokens.append(
            .init(id: id, start: normalized.places[piece.start].start, end: normalized.places[piece.end - 1].end))
        } else {
          readNormalized(normalized, piece.start..<piece.end, &tokens)
        }
      }
      return
    }

    let classes = byteClasses.classes.span
    var index = range.lowerBound
    while index < range.upperBound, tokens.count < limit {
      let start = index
      var kind = classes[Int(text[index])]
      index += 1
      switch kind {
      case .space:
        continue
      case .punctuation:
        appendPieces(text, start, index, isLong: false, byteClasses.fold.span, &tokens)
        continue
      case .word, .other:
        while kind == .word, index < range.upperBound {
          kind = classes[Int(text[index])]
          if kind == .word { index += 1 }
        }
      }
      if kind != .other {
        appendPieces(text, start, index, isLong: index - start > maxScalarsPerWord, byteClasses.fold.span, &tokens)
        continue
      }
      while index < range.upperBound {
        let kind = classes[Int(text[index])]
        guard kind == .word || kind == .other else { break }
        index += 1
      }
      normalizer.normalize(
        text, start..<index, segmentStart: range.lowerBound, tables: tables, into: &normalized)
      readNormalized(normalized, 0..<normalized.bytes.count, &tokens)
    }
  }

  /// Splits normalised text at white space and punctuation, and the words into pieces.
  private func readNormalized(
    _ normalized: NormalizedText, _ range: Range<Int>, _ tokens: inout [TokenBuffer.Token]
  ) {
    let bytes = normalized.bytes.span
    var wordStart = range.lowerBound
    var scalarCount = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = bytes.scalar(at: index)
      let flags = tables[scalar].flags
      if flags.isDisjoint(with: [.splitsWords, .punctuation]) {
        scalarCount += 1
      } else {
        appendWord(normalized, wordStart, index, scalarCount, &tokens)
        wordStart = index + length
        if flags.contains(.punctuation) { appendWord(normalized, index, wordStart, 1, &tokens) }
        scalarCount = 0
      }
      index += length
    }
    appendWord(normalized, wordStart, index, scalarCount, &tokens)
  }

  /// Appends the pieces of a word of normalised text at their places in the original text.
  private func appendWord(
    _ normalized: NormalizedText, _ start: Int, _ end: Int, _ scalarCount: Int, _ tokens: inout [TokenBuffer.Token]
  ) {
    if start >= end { return }
    var index = tokens.count
    appendPieces(
      normalized.bytes.span, start, end, isLong: scalarCount > maxScalarsPerWord, Self.unfolded.span, &tokens)
    while index < tokens.count {
      let token = tokens[index]
      tokens[index].start = normalized.places[Int(token.start)].start
      tokens[index].end = normalized.places[Int(token.end) - 1].end
      index += 1
    }
  }

  private static let unfolded = [UInt8](0...255)

  /// Appends the pieces of the word `text[start ..< end]`: the longest match first, over and over.
  @inline(__always)
  private func appendPieces(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, isLong: Bool, _ fold: Span<UInt8>,
    _ tokens: inout [TokenBuffer.Token]
  ) {
    let nodes = trie.nodes.span
    let countBefore = tokens.count
    var position = start
    var pieceRoot = nodes[0]
    while position < end {
      var value: UInt32 = 0
      var valueEnd = position
      var node = pieceRoot
      var index = isLong ? end : position
      while index < end {
        let byte = fold[Int(text[index])]
        node = nodes[node.base ^ Int(byte)]
        guard node.isChild(over: byte) else { break }
        index += 1
        if node.value != 0 {
          value = node.value
          valueEnd = index
        }
      }
      guard value != 0, let continuation = valueEnd == end ? pieceRoot : continuation else {
        tokens.removeLast(tokens.count - countBefore)
        tokens.append(.init(id: unknownID, start: UInt32(start), end: UInt32(end)))
        return
      }
      tokens.append(.init(id: Int32(value - 1), start: UInt32(position), end: UInt32(valueEnd)))
      position = valueEnd
      pieceRoot = continuation
    }
  }
}
