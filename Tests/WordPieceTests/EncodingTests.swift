import Diagnostics
import Foundation
import TestSupport
import Testing
import WordPiece

@Suite("Encoding")
struct EncodingTests {
  let tokenizer: WordPieceTokenizer

  init() throws { tokenizer = try GoldenTokenizer.make("uncased") }

  private func pieces(_ encoding: Encoding) -> [String] { encoding.ids.map { tokenizer.pieces[Int($0)] } }

  @Test("a literal [SEP] is the separator, a lowercase one is text")
  func literalSeparator() {
    let encoding = tokenizer.encode("a [SEP] b[sep]")
    #expect(pieces(encoding).prefix(4) == ["[CLS]", "a", "[SEP]", "b"])
    #expect(pieces(encoding)[4] == "[")
    #expect(encoding.offsets.prefix(4) == [0..<0, 0..<1, 2..<7, 8..<9])
    #expect(encoding.isAdded == [true] + [Bool](repeating: false, count: encoding.count - 2) + [true])
  }

  @Test("offsets count scalars, byte offsets UTF-8 bytes, and both cut the same text out")
  func bothOffsets() throws {
    var texts = SeededTexts(seed: 11)
    for _ in 0..<500 {
      let text = texts.text()
      let scalars = Array(text.unicodeScalars)
      let bytes = Array(text.utf8)
      let encoding = tokenizer.encode(text)
      for (range, byteRange) in zip(encoding.offsets, encoding.byteOffsets) {
        let byScalars = scalars[range].map { Array(String($0).utf8) }.flatMap { $0 }
        #expect(byScalars == Array(bytes[byteRange]), "seed 11: \(text)")
      }
    }
  }

  @Test("what lies behind the cut costs nearly nothing")
  func longText() {
    let long = String(repeating: "größer als groß ", count: 1 << 17)
    let whole = ProcessorTime.of { _ = tokenizer.encode(long) }
    let cut = ProcessorTime.of { _ = tokenizer.encode(long, maxLength: 256) }
    #expect(cut * 50 < whole, "\(cut) of \(whole) seconds")
    #expect(
      tokenizer.encode(long, maxLength: 256).offsets
        == tokenizer.encode(String(long.prefix(4096)), maxLength: 256).offsets)
  }

  @Test("a reused buffer gives what a fresh encoding gives, at every length")
  func reusedBuffer() {
    var texts = SeededTexts(seed: 12)
    var buffer = TokenBuffer()
    for number in 0..<500 {
      let text = texts.text()
      let length = number % 3 == 0 ? nil : 2 + number % 40
      let encoding = tokenizer.encode(text, maxLength: length)
      tokenizer.encode(text, maxLength: length, into: &buffer)
      #expect(buffer.tokens.map(\.id) == encoding.ids, "seed 12: \(text)")
      #expect(buffer.tokens.map { Int($0.start)..<Int($0.end) } == encoding.byteOffsets, "seed 12: \(text)")
    }
  }

  @Test("many threads share one tokenizer")
  func manyThreads() async {
    var texts = SeededTexts(seed: 13)
    let corpus = (0..<200).map { _ in texts.text() }
    let shared = tokenizer
    let expected = corpus.map { shared.encode($0) }
    let agreeing = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { corpus.map { shared.encode($0) } == expected } }
      return await group.reduce(into: 0) { if $1 { $0 += 1 } }
    }
    #expect(agreeing == 8)
  }

  @Test("pieces are told apart by their bytes, not by what Swift takes for the same text")
  func canonicalEquivalents() throws {
    let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\u{E9}", "e\u{301}"]
    let cased = try WordPieceTokenizer(
      vocabularyText: Array(vocabulary.joined(separator: "\n").utf8),
      configurationJSON: Array("{\"do_lower_case\":false}".utf8))
    #expect(cased.encode("\u{E9} e\u{301}").ids == [2, 5, 6, 3])
    #expect(cased.id(of: "\u{E9}") == 5)
    #expect(cased.id(of: "e\u{301}") == 6)
  }

  @Test("vocab.txt with a configuration is the tokenizer that tokenizer.json is")
  func vocabularyText() throws {
    // A vocab.txt loses white space at the end of a piece, which no word can have.
    let lines = tokenizer.pieces.enumerated().map { number, piece in
      piece.unicodeScalars.last?.properties.isWhitespace == true ? "[unused\(number)]" : piece
    }
    let text = lines.joined(separator: "\n") + "\n"
    let read = try WordPieceTokenizer(
      vocabularyText: Array(text.utf8), configurationJSON: Array("{\"do_lower_case\":true}".utf8))
    var texts = SeededTexts(seed: 14)
    for _ in 0..<200 {
      let text = texts.text()
      if text.contains("[MASK]") { continue }  // The golden one strips the space before it.
      #expect(read.encode(text) == tokenizer.encode(text), "seed 14: \(text)")
    }
  }

  @Test("a tokenizer_config.json that is given with tokenizer.json wins over its normaliser")
  func configurationWins() throws {
    let read = try WordPieceTokenizer(
      tokenizerJSON: Array(GoldenTokenizer.json.utf8),
      configurationJSON: Array("{\"do_lower_case\":false,\"strip_accents\":true,\"model_max_length\":64}".utf8))
    #expect(
      read.normalizer
        == Normalizer(cleanText: true, handleChineseCharacters: true, stripAccents: true, lowercase: false))
    #expect(read.modelMaxLength == 64)
  }

  @Test("of added tokens that normalise alike the one with the lowest id is found")
  func alikeTokens() throws {
    let count = tokenizer.pieces.count
    let tokens = ["Covid", "COVID", "covid"].enumerated().map { place, content in
      """
      {"id":\(count + place),"content":"\(content)","single_word":false,"lstrip":false,"rstrip":false,\
      "normalized":true,"special":false}
      """
    }
    let json = GoldenTokenizer.json.replacingOccurrences(
      of: "\"added_tokens\":[", with: "\"added_tokens\":[" + tokens.joined(separator: ",") + ",")
    let first = Int32(count)
    let uncased = try GoldenTokenizer.make("uncased", json: json)
    #expect(uncased.encode("covid COVID Covid", addSpecialTokens: false).ids == [first, first, first])
    let cased = try GoldenTokenizer.make("cased", json: json)
    #expect(cased.encode("covid COVID Covid", addSpecialTokens: false).ids == [first + 2, first + 1, first])
  }

  @Test("a truncation that cannot be done is refused with the reason")
  func impossibleTruncation() throws {
    let cases: [(Truncation, String?, String)] = [
      (Truncation(maxLength: 1), nil, "no room for the 2 special tokens"),
      (Truncation(maxLength: 2), "b", "no room for the 3 special tokens"),
      (Truncation(maxLength: 3, strategy: .onlySecond), nil, "needs a second text"),
      (Truncation(maxLength: 5, strategy: .onlyFirst), "b c d e f g", "off the first text"),
      (Truncation(maxLength: 5, strategy: .onlySecond), "b", "off the second text"),
    ]
    for (truncation, second, says) in cases {
      let error = try #require(throws: ParlanceError.self) {
        _ = try tokenizer.encode("a b c d e f", pair: second, truncation: truncation)
      }
      #expect(error.code == .usage)
      #expect(error.message.contains(says), "\(error)")
    }
  }

  @Test("a limit below the special tokens leaves these and nothing else")
  func tinyLimit() {
    for length in [-1, 0, 1, 2] { #expect(tokenizer.encode("a b c", maxLength: length).ids == [2, 3]) }
  }
}
