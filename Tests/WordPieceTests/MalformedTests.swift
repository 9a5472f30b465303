import Foundation
import Diagnostics
import Testing
import WordPiece

@Suite("Malformed tokenizers")
struct MalformedTests {
  /// A change to the golden tokenizer.json, and what the error says about it.
  struct Change: Sendable, CustomTestStringConvertible {
    var find: String
    var replace: String
    var says: String
    var testDescription: String { says }
  }

  static let changes = [
    Change(
      find: "\"type\":\"WordPiece\",\"unk", replace: "\"type\":\"BPE\",\"unk",
      says: "expected the model WordPiece, found BPE"),
    Change(
      find: "\"type\":\"WordPiece\",\"unk", replace: "\"type\":\"Unigram\",\"unk",
      says: "expected the model WordPiece, found Unigram"),
    Change(
      find: "\"normalizer\":{\"type\":\"BertNormalizer\"", replace: "\"normalizer\":{\"type\":\"NFC\"",
      says: "expected the normaliser BertNormalizer, found NFC"),
    Change(
      find: "{\"type\":\"BertPreTokenizer\"}", replace: "{\"type\":\"ByteLevel\"}",
      says: "expected the pre_tokenizer BertPreTokenizer, found ByteLevel"),
    Change(
      find: "{\"type\":\"BertPreTokenizer\"}", replace: "null",
      says: "expected the pre_tokenizer BertPreTokenizer, found none"),
    Change(
      find: "\"type\":\"TemplateProcessing\"", replace: "\"type\":\"RobertaProcessing\"",
      says: "expected the post_processor TemplateProcessing or BertProcessing, found RobertaProcessing"),
    Change(
      find: "\"version\":\"1.0\"", replace: "\"version\":\"2.0\"", says: "expected version \"1.0\", found \"2.0\""),
    Change(find: "\"unk_token\":\"[UNK]\",", replace: "", says: "expected the key \"unk_token\""),
    Change(
      find: "\"unk_token\":\"[UNK]\"", replace: "\"unk_token\":\"<unk>\"", says: "lacks the unknown token \"<unk>\""),
    Change(find: "\"unk_token\":\"[UNK]\"", replace: "\"unk_token\":7", says: "expected a string, found a number"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":1,", says: "the id 1 belongs to"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":-1,", says: "expected a whole number from 0"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":0.5,", says: "expected a whole number from 0"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":99999999999,", says: "expected a whole number from 0"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":\"0\",", says: "expected a whole number, found a string"),
    Change(find: "\"[PAD]\":0,", replace: "\"[PAD]\":0,\"[PAD]\":0,", says: "[PAD]"),
    Change(find: "\"[PAD]\":0,", replace: "\"\\ud800\":0,", says: "surrogate"),
    Change(
      find: "\"id\":0,\"content\":\"[PAD]\"", replace: "\"id\":9,\"content\":\"[PAD]\"",
      says: "expected the id 0 for the token \"[PAD]\", found 9"),
    Change(find: "\"id\":0,\"content\":\"[PAD]\"", replace: "\"content\":\"[PAD]\"", says: "expected the key \"id\""),
    Change(
      find: "\"lowercase\":true", replace: "\"lowercase\":\"yes\"", says: "expected true or false, found a string"),
    Change(
      find: "\"ids\":[2]", replace: "\"ids\":[1234567]", says: "the special token 1234567 is not in the vocabulary"),
    Change(
      find: "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}", replace: "{\"Sequence\":{\"id\":\"C\",\"type_id\":0}}",
      says: "expected A or B, found C"),
    Change(
      find: "\"truncation\":null", replace: "\"truncation\":{\"max_length\":8,\"strategy\":\"Middle\",\"stride\":0}",
      says: "expected LongestFirst, OnlyFirst or OnlySecond, found Middle"),
    Change(find: "\"padding\":null", replace: "\"padding\":nul", says: "tokenizer.json"),
  ]

  @Test(
    "a tokenizer.json that is not BERT's, or is broken, is refused by a message that names what was found",
    arguments: changes)
  func tokenizerJSON(change: Change) throws {
    let start = try #require(GoldenTokenizer.json.range(of: change.find), "the goldens have no \(change.find)")
    let json = GoldenTokenizer.json.replacingCharacters(in: start, with: change.replace)
    let error = try #require(throws: ParlanceError.self) {
      try WordPieceTokenizer(tokenizerJSON: Array(json.utf8), file: "m/tokenizer.json")
    }
    #expect(error.code == .badInput)
    #expect(error.description.contains(change.says), "\(error)")
    #expect(error.location?.file == "m/tokenizer.json")
  }

  @Test("a tokenizer.json that is cut short anywhere is refused")
  func cutShort() throws {
    let bytes = Array(GoldenTokenizer.json.utf8)
    for end in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: ParlanceError.self) { try WordPieceTokenizer(tokenizerJSON: Array(bytes[..<end])) }
    }
  }

  @Test(
    "a broken vocab.txt is refused by a message that names the fault",
    arguments: [
      ("", "expected a piece a line, found an empty file"),
      ("[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\n", "lacks the special token \"[MASK]\""),
      ("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nthe\n", "the piece \"the\" appears twice, as 5 and as 6"),
      ("{\"version\":\"1.0\"}", "is this the vocab.txt of a BERT model?"),
    ])
  func vocabularyText(text: String, says: String) throws {
    let error = try #require(throws: ParlanceError.self) { try WordPieceTokenizer(vocabularyText: Array(text.utf8)) }
    #expect(error.code == .badInput)
    #expect(error.description.contains(says), "\(error)")
  }

  @Test("a line of vocab.txt that is not UTF-8 is named")
  func vocabularyEncoding() throws {
    let bytes = Array("[PAD]\n[UNK]\n".utf8) + [0xFF, 0x0A]
    let error = try #require(throws: ParlanceError.self) {
      try WordPieceTokenizer(vocabularyText: bytes, file: "vocab.txt")
    }
    #expect(error.description == "vocab.txt:3: expected UTF-8")
  }

  @Test(
    "the tokenizer of another class than BERT's is refused, whatever its name begins with",
    arguments: [
      "BertJapaneseTokenizer", "BertGenerationTokenizer", "BertweetTokenizer", "Bert",
      "MPNetTokenizer", "RobertaTokenizerFast", "DPRQuestionEncoderTokenizerFast", "PreTrained", "",
    ])
  func otherClasses(name: String) throws {
    let configuration = Array("{\"tokenizer_class\":\"\(name)\"}".utf8)
    let vocabulary = Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n".utf8)
    let file = Array(GoldenTokenizer.json.utf8)
    var errors = [
      try #require(throws: ParlanceError.self) {
        try WordPieceTokenizer(vocabularyText: vocabulary, configurationJSON: configuration)
      }
    ]
    if ["Bert", "PreTrained", ""].contains(name) {
      // Of a class that it does not know transformers takes tokenizer.json as it stands.
      _ = try WordPieceTokenizer(tokenizerJSON: file, configurationJSON: configuration)
    } else {
      errors.append(
        try #require(throws: ParlanceError.self) {
          try WordPieceTokenizer(tokenizerJSON: file, configurationJSON: configuration)
        })
    }
    for error in errors {
      #expect(error.code == .badInput)
      #expect(error.message.contains("expected the vocabulary of a BERT tokenizer"), "\(error)")
      #expect(error.message.hasSuffix("names \(name)"), "\(error)")
    }
  }

  @Test(
    "a value of tokenizer_config.json that means another tokenizer, or none, is refused with its key",
    arguments: [
      ("word_tokenizer_type", "\"mecab\"", "expected basic, found mecab"),
      ("word_tokenizer_type", "\"sudachi\"", "expected basic, found sudachi"),
      ("subword_tokenizer_type", "\"character\"", "expected wordpiece, found character"),
      ("truncation_side", "\"middle\"", "expected left or right, found middle"),
      ("added_tokens_decoder", "{\"one\": {\"content\": \"[A]\"}}", "expected an id as the key, found \"one\""),
      ("added_tokens_decoder", "{\"1\": {}}", "expected the key \"content\""),
      ("additional_special_tokens", "\"[A]\"", "expected an array, found a string"),
      ("mask_token", "7", "expected a string, found a number"),
    ])
  func configurations(key: String, value: String, says: String) throws {
    let error = try #require(throws: ParlanceError.self) {
      try WordPieceTokenizer(
        tokenizerJSON: Array(GoldenTokenizer.json.utf8), configurationJSON: Array("{\"\(key)\": \(value)}".utf8),
        file: "m/tokenizer.json")
    }
    #expect(error.code == .badInput)
    #expect(error.description.contains(says), "\(error)")
    #expect(error.location?.file == "m/tokenizer_config.json")
    #expect(error.location?.component?.hasPrefix(key) == true, "\(error)")
  }

  @Test("words of BERT's own kind may be called so")
  func basicWords() throws {
    let configuration =
      #"{"word_tokenizer_type": "basic", "subword_tokenizer_type": "wordpiece", "truncation_side": "left"}"#
    let file = Array(GoldenTokenizer.json.utf8)
    let named = try WordPieceTokenizer(tokenizerJSON: file, configurationJSON: Array(configuration.utf8))
    let plain = try WordPieceTokenizer(tokenizerJSON: file)
    let text = "the unbelievable [SEP] words"
    #expect(named.encode(text).ids == plain.encode(text).ids && named.pieces == plain.pieces)
  }

  @Test("a folder without a tokenizer is no input")
  func noFolder() throws {
    let error = try #require(throws: ParlanceError.self) { try WordPieceTokenizer(folder: "/nonexistent") }
    #expect(error.code == .noInput)
  }
}
