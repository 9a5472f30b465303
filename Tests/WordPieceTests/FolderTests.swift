import BinaryFiles
import Diagnostics
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import WordPiece

@Suite("Tokenizers of whole folders")
struct FolderTests {
  /// What `folders.jsonl` has: what all folders have in common, then a folder a line.
  struct Goldens {
    let lines: [String]
    let common: JSONValue
    let texts: [String]
    let folders: [JSONValue]

    init() throws {
      let text = try String(contentsOfFile: GoldenTokenizer.folder + "/folders.jsonl", encoding: .utf8)
      lines = text.split(separator: "\n").map(String.init)
      let values = try lines.map { try JSONValue(parsing: Array($0.utf8), file: "folders.jsonl") }
      common = try #require(values.first)
      texts = try #require(common["texts"]?.array).compactMap(\.string)
      folders = Array(values.dropFirst())
    }

    /// Writes the files of a folder.
    func write(_ folder: JSONValue, to path: String) throws {
      let files = try #require(folder["files"]?.object)
      for (name, value) in files {
        var whole = value
        if name == "tokenizer.json" { whole = laid(value, over: try #require(common[name])) }
        try Data(whole.text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
      }
      guard files["tokenizer.json"] == nil else { return }
      let pieces = try #require(common["vocab.txt"]?.array).compactMap(\.string)
      try Data((pieces.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path + "/vocab.txt"))
    }

    private func laid(_ value: JSONValue, over common: JSONValue) -> JSONValue {
      if value == .bool(true) { return common }
      guard var object = common.object, let changes = value.object else { return value }
      for (key, change) in changes {
        let old = object[key]
        object[key] = old.map { laid(change, over: $0) } ?? change
      }
      return .object(object)
    }
  }

  @Test("each committed folder has the ids of transformers' AutoTokenizer, also when its vocabulary is kept")
  func folders() throws {
    let goldens = try Goldens()
    let root = try TestSupport.temporaryFolder("tokenizers")
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (number, golden) in goldens.folders.enumerated() {
      let folder = root + "/\(number)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try goldens.write(golden, to: folder)
      let expected = try #require(golden["ids"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
      let files = try TokenizerFiles(folder: folder)
      for derived in [DerivedFiles.none, DerivedFiles(folder: root + "/kept"), DerivedFiles(folder: root + "/kept")] {
        let tokenizer = try WordPieceTokenizer(files, derived: derived)
        let found = goldens.texts.map { tokenizer.encode($0).ids.map { Int($0) } }
        #expect(found == expected, "\(golden["name"]?.string ?? "")")
      }
    }
    #expect(goldens.folders.count == 137)
  }

  @Test(
    "the committed folders are what the judge that is installed makes of them",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test does)"))
  func foldersOfTheJudge() throws {
    let lines = try Judge.run(["-"], script: "make_folders.py")
    let goldens = try Goldens()
    try #require(lines.count == goldens.lines.count)
    for (found, golden) in zip(lines, goldens.lines) { #expect(found == golden) }
  }

  @Test("what transformers makes otherwise of the files is told, and of most models nothing is")
  func departures() throws {
    let goldens = try Goldens()
    let root = try TestSupport.temporaryFolder("tokenizers")
    defer { try? FileManager.default.removeItem(atPath: root) }
    var told: [String: [TokenizerFiles.Departure]] = [:]
    for (number, golden) in goldens.folders.enumerated() {
      let folder = root + "/\(number)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try goldens.write(golden, to: folder)
      let files = try TokenizerFiles(folder: folder)
      let path = try #require(files.tokenizerJSON ?? files.vocabulary)
      let digest = SHA256.digest(of: try TokenizerFiles.bytes(of: path))
      let derived = DerivedFiles(folder: root + "/kept")
      let found = files.departures(digest)
      #expect(files.departures(digest, derived) == found)
      _ = try WordPieceTokenizer(files, derived: derived)
      #expect(files.departures(digest, derived) == found, "of a vocabulary that is kept")
      told[golden["name"]?.string ?? ""] = found
    }
    let uncased = ["clean-text", "split-chinese", "strip-accents", "lowercase"]
    let five = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].flatMap { [$0, "special"] }
    let expected: [String: [TokenizerFiles.Departure]] = [
      "cased, BertTokenizer": [.init(key: "normalizer", values: uncased)],
      "cased, TokenizersBackend": [],
      "PreTrainedTokenizerFast, cased, do_lower_case": [
        .init(key: "normalizer", values: ["clean-text", "split-chinese"])
      ],
      "BertTokenizer, uncased, do_lower_case false": [],
      "PreTrainedTokenizerFast, the file adds one": [],
      "BertTokenizer, the file adds one": [],
      "BertTokenizer, a decoder without the file's": [.init(key: "added-tokens", values: five)],
      "BertTokenizer, a decoder": [.init(key: "added-tokens", values: five + ["[NEW1]", "special"])],
      "BertTokenizer, added_tokens.json": [.init(key: "added-tokens", values: five + ["[NEW1]", "normalized"])],
      "BertTokenizer, words of three characters": [.init(key: "word-pieces", values: ["##", "100"])],
      "BertTokenizer, no template": [
        .init(key: "special-tokens", values: ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"])
      ],
      "PreTrainedTokenizerFast, no template": [],
      "vocab.txt, nothing else": [],
      "vocab.txt, cased, strip_accents": [],
      "vocab.txt, cls_token": [],
    ]
    for (name, departures) in expected { #expect(told[name] == departures, "\(name)") }
    #expect(told["BertTokenizer, cls_token"]?.map(\.key) == ["special-tokens", "added-tokens"])
    #expect(told["vocab.txt, special_tokens_map.json"]?.map(\.key) == ["added-tokens"])
  }
}
