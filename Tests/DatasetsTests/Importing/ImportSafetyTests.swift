import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// That an import loses nothing without a word, and leaves nothing half done.
@Suite("Importing whole files")
struct ImportSafetyTests {
  private static func log(_ id: String?, _ question: String) -> String {
    let id = id.map { #""id": "\#($0)", "# } ?? ""
    return "{\(id)\"messages\": [{\"role\": \"user\", \"content\": \"\(question)\"}]}\n"
  }

  @Test("a file whose first row is malformed is told, not taken for one of something else")
  func firstRow() throws {
    let good = Self.log("a", "Hi?") + Self.log("b", "Ho?")
    for (bad, place) in [("{\"id\": \"x\", \n", "logs.jsonl:1"), ("{\"messages\": [}]}\n", "logs.jsonl:1")] {
      let files = ["logs.jsonl": bad + good, "more.jsonl": Self.log("c", "And?")]
      let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.openai, files) }
      #expect(error?.code == .badInput && error?.description.contains(place) == true, "\(error as Any)")
      let result = try ImportedFolder(.openai, files, keepsGoing: true)
      #expect(try result.turns().sorted() == ["a_1 a: Hi?", "b_1 b: Ho?", "c_1 c: And?"])
      #expect(result.summary.malformedCount == 1)
    }
  }

  @Test("a file that cannot be unpacked is told, and with keepsGoing the others are read")
  func damaged() throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let input = folder + "/in"
    try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
    try Data(Self.log("a", "Hi?").utf8).write(to: URL(fileURLWithPath: input + "/a.jsonl"))
    try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]).write(
      to: URL(fileURLWithPath: input + "/b.jsonl.gz"))
    let error = #expect(throws: ParlanceError.self) {
      try DatasetImport(.openai).run(from: [input], to: folder + "/out")
    }
    #expect(error?.code == .badInput && error?.description.contains("b.jsonl.gz") == true)
    #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    let summary = try DatasetImport(.openai, keepsGoing: true).run(from: [input], to: folder + "/out")
    #expect(summary.conversations == 1 && summary.malformedCount == 1)
    #expect(summary.malformed[0].contains("b.jsonl.gz"))
    // An archive among them, in a folder and by its name.
    try Data("PK\u{3}\u{4}no archive".utf8).write(to: URL(fileURLWithPath: input + "/c.zip"))
    for paths in [[input], [input + "/c.zip", input + "/a.jsonl"]] {
      let name = "/out\(paths.count)+"
      let error = #expect(throws: ParlanceError.self) {
        try DatasetImport(.openai).run(from: paths, to: folder + name)
      }
      #expect(error?.code == .badInput)
      let others = try DatasetImport(.openai, keepsGoing: true).run(from: paths, to: folder + name)
      #expect(others.conversations == 1 && others.malformed.contains { $0.contains("c.zip") })
    }
  }

  @Test("logs of one name in several folders are several conversations, and blanks in names do no harm")
  func names() throws {
    let result = try ImportedFolder(
      .openai,
      [
        "2024/01.jsonl": Self.log(nil, "Hi?"), "2025/01.jsonl": Self.log(nil, "Ho?"),
        "chat log.jsonl": Self.log(nil, "He?"),
      ])
    #expect(
      try result.turns().sorted() == [
        "2024/01-1_1 2024/01-1: Hi?", "2025/01-1_1 2025/01-1: Ho?", "chat_log-1_1 chat_log-1: He?",
      ])
    let formats = try ImportedFolder(.openai, ["c/a.jsonl": Self.log(nil, "Hi?"), "c/a.json": Self.log(nil, "Ho?")])
    #expect(try formats.turns().sorted() == ["c/a.json-1_1 c/a.json-1: Ho?", "c/a.jsonl-1_1 c/a.jsonl-1: Hi?"])
    let blanks = try ImportedFolder(.openai, ["a b.jsonl": Self.log(nil, "Hi?"), "a_b.jsonl": Self.log(nil, "Ho?")])
    #expect(try blanks.turns().count == 2 && blanks.summary.skipped.isEmpty)
    // Named one by one they have no folder in common.
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var paths: [String] = []
    for (place, question) in ["Hi?", "Ho?"].enumerated() {
      try FileManager.default.createDirectory(atPath: folder + "/\(place)", withIntermediateDirectories: true)
      paths.append(folder + "/\(place)/log.jsonl")
      try Data(Self.log(nil, question).utf8).write(to: URL(fileURLWithPath: paths[place]))
    }
    #expect(try DatasetImport(.openai).run(from: paths, to: folder + "/out").conversations == 2)
  }

  @Test("a conversation that comes again is gone on with, and one of other words under its id is left out whole")
  func sameIDs() throws {
    func log(_ texts: [String]) -> String {
      let messages = texts.enumerated().map {
        #"{"role": "\#($0.isMultiple(of: 2) ? "user" : "assistant")", "content": "\#($1)"}"#
      }
      return #"{"id": "a", "messages": [\#(messages.joined(separator: ", "))]}"# + "\n"
    }
    let result = try ImportedFolder(
      .openai, ["1.jsonl": log(["Hi?"]) + log(["Hi?", "so", "Ho?"]) + log(["No?", "so", "He?", "so", "Hu?"])])
    #expect(try result.turns() == ["a_1 a: Hi?", "a_2 a: Hi? > = so > Ho?"])
    #expect(
      result.summary.skipped == ["turns that are there already": 1, "conversations whose id another one has": 1])
  }

  @Test("a quotation mark without an end costs its own row, not those behind it")
  func openQuote() throws {
    let turn = #"[{"conv_id": 1, "turn_id": 1, "question": "why?", "positive_ctxs": []}]"#
    let rows = (1...100).map { "\($0)\t\($0 == 3 ? "\"open" : "text \($0)")\ttitle" }
    let files = [
      "train.json": turn, "full_wiki_segments.tsv": "id\ttext\ttitle\n" + rows.joined(separator: "\n") + "\n",
    ]
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.topiocqa, files) }
    #expect(error?.description.contains("full_wiki_segments.tsv:4: the quotation mark") == true, "\(error as Any)")
    let result = try ImportedFolder(.topiocqa, files, keepsGoing: true)
    #expect(result.lines["passages.jsonl"]?.count == 99 && result.summary.malformedCount == 1)
    #expect(result.lines["passages.jsonl"]?.contains { $0.contains("\"4\"") && $0.contains("text 4") } == true)
  }

  @Test("what follows an array is told; an element of a file of one line is named by its number")
  func arrays() throws {
    let one = "[" + Self.log("a", "Hi?") + "]"
    let two = one + "\n" + "[" + Self.log("b", "Ho?") + "]"
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.openai, ["logs.json": two]) }
    #expect(
      error?.description.contains("logs.json:3: expected nothing behind the array's end") == true, "\(error as Any)")
    #expect(try ImportedFolder(.openai, ["logs.json": two], keepsGoing: true).summary.malformedCount == 1)
    let line = #"[{"id":"a","messages":[]},{"id":"b"},{"id":"c","messages":[]}]"#
    let wrong = #expect(throws: ParlanceError.self) { try ImportedFolder(.openai, ["logs.json": line]) }
    #expect(wrong?.description.contains("logs.json:1 (element 2): expected an array") == true, "\(wrong as Any)")
  }

  @Test("of a malformed row nothing is written, also where it held several turns")
  func wholeRows() throws {
    let bad =
      #"{"id":"a","messages":[{"role":"user","content":"Hi?"},{"role":"assistant","content":""},{"content":"x"}]}"#
    let result = try ImportedFolder(
      .openai, ["logs.jsonl": bad + "\n" + Self.log("a", "Again?") + Self.log("b", "Ho?")], keepsGoing: true)
    #expect(try result.turns() == ["a_1 a: Again?", "b_1 b: Ho?"])
    #expect(result.summary.malformedCount == 1 && result.summary.skipped.isEmpty && result.summary.conversations == 2)
  }

  @Test("a malformed topic of CAsT does not keep another file's from being read")
  func malformedTopic() throws {
    let bad = #"[{"number": 9, "turn": [{"number": 1, "raw_utterance": "A?"}, {"number": 2}]}]"#
    let good = #"[{"number": 9, "turn": [{"number": 1, "raw_utterance": "A?"}, {"number": 2, "raw_utterance": "B?"}]}]"#
    let result = try ImportedFolder(.cast, ["a.json": bad, "b.json": good], keepsGoing: true)
    #expect(try result.turns() == ["9_1 9: A?", "9_2 9: A? > B?"])
    #expect(result.summary.malformedCount == 1)
  }

  @Test("an import that failed leaves nothing, so that it can be repeated")
  func repeated() throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows = #"[{"Conversation_no":1,"Turn_no":1,"Question":"q?","Truth_rewrite":"what is q?","Context":[]},{"x":1}]"#
    try Data(rows.utf8).write(to: URL(fileURLWithPath: folder + "/qrecc_train.json"))
    let out = folder + "/deep/out"
    _ = #expect(throws: ParlanceError.self) {
      try DatasetImport(.qrecc).run(from: [folder + "/qrecc_train.json"], to: out)
    }
    #expect(!FileManager.default.fileExists(atPath: out))
    let summary = try DatasetImport(.qrecc, keepsGoing: true).run(from: [folder + "/qrecc_train.json"], to: out)
    #expect(summary.written == ["conversations.train.jsonl": 1, "rewrites/human.jsonl": 1])
  }

  @Test("the output does not lie among the inputs")
  func outAmongInputs() throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(Self.log("a", "Hi?").utf8).write(to: URL(fileURLWithPath: folder + "/logs.jsonl"))
    for out in [folder, folder + "/out", folder + "/x/../out"] {
      let error = #expect(throws: ParlanceError.self) { try DatasetImport(.openai).run(from: [folder], to: out) }
      #expect(error?.code == .usage && error?.message.contains("among the inputs") == true)
    }
    #expect(try DatasetImport(.openai).run(from: [folder + "/logs.jsonl"], to: folder + "/out").conversations == 1)
  }
}
