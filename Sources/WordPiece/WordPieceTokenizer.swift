public import Diagnostics

/// The tokenizer of BERT models, equal to Hugging Face's fast one in ids and offsets on every text.
///
/// Use it to see a text as the model sees it. It is immutable: one instance serves any number of threads, each with a
/// ``TokenBuffer`` of its own where speed matters.
///
/// ```swift
/// let tokenizer = try WordPieceTokenizer(folder: "models/splade-tiny")
/// let encoding = tokenizer.encode("Where is it? [SEP] The Eiffel tower.", maxLength: 256)
/// ```
///
/// WordPiece takes the longest piece of the vocabulary that a word begins with, then the longest continuation (`##...`), and
/// so on; a word that cannot be covered becomes the unknown token (arXiv 1609.08144, section 4.1).
public struct WordPieceTokenizer: Sendable {
  /// The text of each id: the model's vocabulary, then added tokens that it lacks. Continuations carry their prefix
  /// (`##ing`). An id that the files leave out has an empty one.
  public let pieces: [String]
  public let normalizer: Normalizer
  /// Tokens that are matched literally in the text, in the order of their ids.
  public let addedTokens: [AddedToken]
  /// What a word becomes that the vocabulary does not cover.
  public let unknownID: Int32
  /// What a piece that does not begin a word begins with: `##`.
  public let continuationPrefix: String
  /// A word of more scalars is unknown as a whole.
  public let maxScalarsPerWord: Int
  /// The truncation that tokenizer.json declares; `encode` cuts only on request.
  public let truncation: Truncation?
  /// The longest input of the model as tokenizer_config.json declares it, special tokens included.
  public let modelMaxLength: Int?

  let tables: UnicodeTables
  let single: SequenceTemplate
  let pair: SequenceTemplate
  let trie: ByteTrie
  /// The trie's node after the continuation prefix, where the vocabulary has continuations.
  let continuation: ByteTrie.Node?
  let byteClasses: ByteClasses
  /// Added tokens that are looked for in the text as it is.
  let literalTokens: AddedTokenFinder
  /// Added tokens that are looked for after normalisation.
  let normalizedTokens: AddedTokenFinder

  /// The id of a piece of the vocabulary or an added token, compared by UTF-8 bytes.
  public func id(of piece: String) -> Int32? {
    if let id = trie.value(of: piece.utf8) { return Int32(id) }
    return addedTokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
  }

  /// How many tokens the post-processor adds to a text, or to a pair.
  public func specialTokenCount(isPair: Bool = false) -> Int { (isPair ? pair : single).specialCount }
}

extension WordPieceTokenizer {
  /// Tokenizes one text, special tokens around it.
  ///
  /// - Parameters:
  ///   - maxLength: how many tokens there may be, special ones included; nil for no limit. The special tokens themselves are
  ///     never cut off.
  ///   - side: which end of the text is cut off.
  ///   - addSpecialTokens: false leaves out `[CLS]` and `[SEP]` around the text.
  /// - Complexity: linear in the length of the text; with a limit and `.right`, it stops reading there.
  public func encode(
    _ text: String, maxLength: Int? = nil, side: Truncation.Side = .right, addSpecialTokens: Bool = true
  ) -> Encoding {
    var buffer = TokenBuffer()
    let room = maxLength.map { max(0, $0 - (addSpecialTokens ? single.specialCount : 0)) } ?? .max
    fill(&buffer, text, room: room, side: side)
    var encoding = Encoding()
    // Of a text that was cut, the places behind the cut are nobody's.
    let ranges = ScalarOffsets(buffer.text.prefix(buffer.tokens.last.map { Int($0.end) } ?? 0))
    encoding.append(buffer.tokens[...], ranges, template: addSpecialTokens ? single : .bareFirst)
    return encoding
  }

  /// Tokenizes one text into memory that is reused; the quickest way where ids and byte offsets are enough.
  ///
  /// - Parameter maxLength: how many tokens there may be, special ones included; the text is cut at its end.
  public func encode(_ text: String, maxLength: Int? = nil, into buffer: inout TokenBuffer) {
    let room = maxLength.map { max(0, $0 - single.specialCount) } ?? .max
    buffer.tokens.removeAll(keepingCapacity: true)
    var bodyStart = 0
    for part in single.parts {
      guard case .special(let id, _) = part else { break }
      buffer.tokens.append(.init(id: id, start: 0, end: 0))
      bodyStart += 1
    }
    read(text, into: &buffer, limit: room == .max ? .max : room + bodyStart)
    if buffer.tokens.count - bodyStart > room { buffer.tokens.removeLast(buffer.tokens.count - bodyStart - room) }
    for part in single.parts.dropFirst(bodyStart) {
      if case .special(let id, _) = part { buffer.tokens.append(.init(id: id, start: 0, end: 0)) }
    }
  }

  /// Tokenizes one text, or a pair as models for sentence pairs read it: `[CLS] first [SEP] second [SEP]`.
  ///
  /// - Throws: `usage` where the truncation cannot reach its length: `maxLength` under the number of special tokens, or the
  ///   one text that may be cut is missing or too short.
  public func encode(
    _ first: String, pair second: String?, truncation: Truncation? = nil, addSpecialTokens: Bool = true
  ) throws(ParlanceError) -> Encoding {
    var buffers = (TokenBuffer(), TokenBuffer())
    fill(&buffers.0, first, room: .max, side: .right)
    if let second { fill(&buffers.1, second, room: .max, side: .right) }
    var kept = (buffers.0.tokens[...], buffers.1.tokens[...])
    if let truncation {
      let special = addSpecialTokens ? specialTokenCount(isPair: second != nil) : 0
      guard truncation.maxLength >= special else {
        throw ParlanceError(
          .usage, "a maximal length of \(truncation.maxLength) leaves no room for the \(special) special tokens")
      }
      let lengths = try truncation.lengths(
        first: kept.0.count, second: second == nil ? nil : kept.1.count, room: truncation.maxLength - special)
      kept.0 = truncation.side == .right ? kept.0.prefix(lengths.first) : kept.0.suffix(lengths.first)
      kept.1 = truncation.side == .right ? kept.1.prefix(lengths.second) : kept.1.suffix(lengths.second)
    }
    var encoding = Encoding()
    if second == nil {
      encoding.append(
        kept.0, ScalarOffsets(buffers.0.text), template: addSpecialTokens ? single : .bareFirst)
    } else {
      encoding.append(
        kept.0, ScalarOffsets(buffers.0.text), kept.1, ScalarOffsets(buffers.1.text),
        template: addSpecialTokens ? pair : .barePair)
    }
    return encoding
  }

  /// Fills the buffer with the tokens of the text, without special ones, `room` of them at most.
  private func fill(_ buffer: inout TokenBuffer, _ text: String, room: Int, side: Truncation.Side) {
    buffer.tokens.removeAll(keepingCapacity: true)
    read(text, into: &buffer, limit: side == .right ? room : .max)
    if buffer.tokens.count > room {
      let excess = buffer.tokens.count - room
      if side == .right { buffer.tokens.removeLast(excess) } else { buffer.tokens.removeFirst(excess) }
    }
  }
}
