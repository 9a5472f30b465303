import BinaryFiles
import Foundation
import TestSupport
import Testing

@testable import WordPiece

@Suite("a tokenizer that was read before") struct KeptTokenizerTests {
  private static let json = """
    {"version": "1.0", "added_tokens": [
      {"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
      {"id": 7, "content": "[NEW]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
     "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
      "lowercase": true},
     "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": null,
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 100,
      "vocab": {"[PAD]": 0, "[UNK]": 1, "the": 2, "##re": 3, "é": 4, "e\\u0301": 5, "a": 6}}}
    """
  private static let texts = ["There, the é e\u{301} [NEW] a b", "", "THEre[UNK]a", "\u{4e2d}the"]

  private func expectSame(_ kept: WordPieceTokenizer, _ read: WordPieceTokenizer, _ what: String) {
    #expect(kept.pieces == read.pieces, "\(what)")
    #expect(kept.trie.nodes.map(\.bits) == read.trie.nodes.map(\.bits), "\(what)")
    for text in Self.texts { #expect(kept.encode(text) == read.encode(text), "\(what): \(text)") }
    #expect(kept.id(of: "[NEW]") == 7 && kept.addedTokens == read.addedTokens && kept.unknownID == read.unknownID)
  }

  @Test("it is the tokenizer that reading gives, from a kept file and from a damaged one")
  func sameTokenizer() throws {
    let folder = try TestSupport.temporaryFolder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let derived = DerivedFiles(folder: folder)
    func tokenizer(_ derived: DerivedFiles, _ json: String = Self.json) throws -> WordPieceTokenizer {
      try WordPieceTokenizer(
        tokenizerJSON: Array(json.utf8), TokenizerConfiguration(), file: "tokenizer.json", derived: derived)
    }
    let read = try tokenizer(.none)
    expectSame(try tokenizer(derived), read, "when it is kept")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    let path = URL(fileURLWithPath: folder + "/" + name)
    expectSame(try tokenizer(derived), read, "from the kept file")
    let bytes = try [UInt8](Data(contentsOf: path))
    for place in stride(from: 0, to: bytes.count, by: 29) {
      var damaged = bytes
      damaged[place] ^= 4
      try Data(damaged).write(to: path)
      expectSame(try tokenizer(derived), read, "byte \(place) damaged")
    }
    // A byte of no meaning may have been left as it was; after one that counts the file is whole again.
    try Data(bytes.prefix(bytes.count / 2)).write(to: path)
    expectSame(try tokenizer(derived), read, "cut")
    #expect(try [UInt8](Data(contentsOf: path)) == bytes)
    // A file under another's name, whole as it is, is not that other.
    let others = Self.json.replacingOccurrences(of: "\"a\": 6", with: "\"c\": 6")
    let foreign = "tokenizer-\(SHA256.digest(of: Array(others.utf8)))" + ".derived"
    try FileManager.default.copyItem(atPath: path.path, toPath: folder + "/" + foreign)
    #expect(try tokenizer(derived, others).pieces[6] == "c")
    try FileManager.default.removeItem(atPath: folder + "/" + foreign)
    // Another file is another name.
    let other = try tokenizer(derived, Self.json.replacingOccurrences(of: "\"a\": 6", with: "\"b\": 6"))
    #expect(other.pieces[6] == "b")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
  }

  @Test("a vocabulary that leaves ids out is not kept")
  func gaps() throws {
    let folder = try TestSupport.temporaryFolder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let json = Self.json.replacingOccurrences(of: "\"a\": 6", with: "\"a\": 9")
      .replacingOccurrences(of: "\"id\": 7", with: "\"id\": 7")
    for _ in 0..<2 {
      let read = try WordPieceTokenizer(
        tokenizerJSON: Array(json.utf8), TokenizerConfiguration(), file: "t", derived: DerivedFiles(folder: folder))
      #expect(read.pieces.count == 10 && read.pieces[8].isEmpty && read.pieces[9] == "a")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test("nodes that lead out of the trie are refused")
  func wildNodes() {
    let nodes = [ByteTrie.Node](repeating: ByteTrie.Node(bits: 0), count: 256)
    #expect(ByteTrie.checked(nodes.span) != nil)
    var wild = nodes
    wild[3].bits = 256 << 32
    #expect(ByteTrie.checked(wild.span) == nil)
    #expect(ByteTrie.checked(nodes.span.extracting(0..<255)) == nil)
    #expect(ByteTrie.checked([ByteTrie.Node]().span) == nil)
  }
}
