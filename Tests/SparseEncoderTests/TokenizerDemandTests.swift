import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("What a model wants of its tokenizer")
struct TokenizerDemandTests {
  /// Changes of a fixture's files, and what the refusal says; `nil` where there is none.
  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var fixture = "bert-old-names"
    var says: String?
    var edits: [Edit]
    var testDescription: String { what }
  }

  struct Edit: Sendable {
    var file: String
    var old: String
    var new: String
  }

  static let lowercases = Edit(
    file: "sentence_bert_config.json", old: #""do_lower_case": false"#, new: #""do_lower_case": true"#)
  static let casedFile = Edit(file: "tokenizer.json", old: #""lowercase": true"#, new: #""lowercase": false"#)
  static let noFlag = Edit(file: "tokenizer_config.json", old: #""do_lower_case": true,"#, new: "")
  static let wholeFile = Edit(file: "tokenizer_config.json", old: "BertTokenizer", new: "PreTrainedTokenizerFast")
  static let cutsLeft = Edit(
    file: "tokenizer.json", old: #""truncation": null"#,
    new: #""truncation": {"direction": "Left", "max_length": 24, "strategy": "LongestFirst", "stride": 0}"#)

  static func side(_ name: String, in folder: String = "") -> Edit {
    Edit(
      file: folder + "tokenizer_config.json", old: #""model_max_length": 512"#,
      new: #""model_max_length": 512, "truncation_side": "\#(name)""#)
  }

  static let cased = "`do_lower_case` of sentence_bert_config.json contradicts the cased tokenizer"
  static let cut = "the model wants long texts cut at their beginning"

  static let cases: [Case] = [
    Case(what: "lower case before a tokenizer that lower-cases", edits: [lowercases]),
    Case(what: "lower case before a file that BERT's class does not heed", edits: [lowercases, casedFile, noFlag]),
    Case(
      what: "lower case before a tokenizer that is cased by its configuration", says: cased,
      edits: [
        lowercases,
        Edit(file: "tokenizer_config.json", old: #""do_lower_case": true"#, new: #""do_lower_case": false"#),
      ]),
    Case(
      what: "lower case before a tokenizer that is cased by its file", says: cased,
      edits: [lowercases, casedFile, noFlag, wholeFile]),
    Case(
      what: "lower case before a file that is cased whatever the configuration says", says: cased,
      edits: [lowercases, casedFile, wholeFile]),
    Case(
      what: "a token beside the vocabulary for which the model has no column",
      edits: [
        Edit(
          file: "tokenizer_config.json", old: #""mask_token": "[MASK]""#,
          new: #""mask_token": "[MASK]", "eos_token": "</s>""#)
      ]),
    Case(what: "texts cut at their end", edits: [side("right")]),
    Case(what: "texts cut at their beginning", says: cut, edits: [side("left")]),
    Case(what: "texts that the file cuts at their beginning", says: cut, edits: [cutsLeft]),
    Case(what: "a configuration that wins over the file's cut", edits: [cutsLeft, side("right")]),
    Case(
      what: "queries cut at their beginning", fixture: "router-inference-free", says: cut,
      edits: [side("left", in: "query_0_SparseStaticEmbedding/")]),
  ]

  @Test("what the tokenizer does not do is refused when the model is opened", arguments: cases)
  func demands(_ case: Case) throws {
    let root = try TestSupport.temporaryFolder("demands")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: SmallCheckpoints.path(`case`.fixture), toPath: folder)
    for edit in `case`.edits {
      let path = folder + "/" + edit.file
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try #require(text.contains(edit.old), "\(edit.file) has no \(edit.old)")
      try text.replacingOccurrences(of: edit.old, with: edit.new).write(
        toFile: path, atomically: true, encoding: .utf8)
    }
    let checkpoint = try Checkpoint(folder: folder)
    let forward = FakeForwardPass(vocabularySize: checkpoint.architecture.vocabularySize)
    var failure: ParlanceError?
    do throws(ParlanceError) { _ = try SparseEncoder(checkpoint: checkpoint, forward: forward) } catch {
      failure = error
    }
    guard let says = `case`.says else {
      #expect(failure == nil)
      if `case`.what.hasPrefix("a token beside") {
        let original = try Checkpoint(folder: SmallCheckpoints.path(`case`.fixture))
        let digests = try [checkpoint, original].map { checkpoint throws(ParlanceError) in
          try EncoderIdentity(checkpoint: checkpoint, settings: EncoderSettings()).digest
        }
        #expect(digests[0] == digests[1], "no vector changes")
      }
      return
    }
    #expect(failure?.code == .badInput)
    #expect(failure?.message.hasPrefix(says) == true, "\(String(describing: failure))")
    #expect(failure?.location?.file.hasPrefix(folder) == true)
  }
}
