import Foundation
import TestSupport
import Testing

@Suite("parlance data check")
struct DataCommandTests {
  static let good = [
    "conversations.jsonl":
      "{\"id\":\"c_1\",\"conversation\":\"c\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n",
    "passages.jsonl": "{\"_id\":\"p\",\"text\":\"words\"}\n", "qrels.txt": "c_1 0 p 1\n",
  ]

  func check(_ files: [String: String], _ arguments: [String] = []) throws -> (output: String, code: Int32) {
    var answer = ("", Int32(-1))
    try ParlanceProcess.inFolder(of: files) { folder in
      let result = try ParlanceProcess.run(["data", "check", "."] + arguments, in: folder)
      answer = (result.output + result.error, result.code)
    }
    return answer
  }

  @Test("files that fit are counted")
  func good() throws {
    let (output, code) = try check(Self.good)
    #expect(code == 0)
    #expect(
      output == """
        conversations.jsonl  1 turns
        passages.jsonl  1 passages
        qrels.txt  1 judgments
        1 turns of 1 conversations
        questions so far in a turn: half up to 1, nine in ten up to 1, all up to 1
        words of a whole conversation: half up to 1, nine in ten up to 1, all up to 1
        --model DIR counts tokens and says which turns do not fit
        qrels.txt: 1 turns have a relevant passage
        No faults.

        """)
    #expect(try check(Self.good, ["--json"]).output.contains("\"fault_count\" : 0"))
  }

  @Test(
    "what does not fit is told with its file and line",
    arguments: [
      ("qrels.txt", "c_1 0 p 1\nc_9 0 p 1\n", "qrels.txt:2: no turn has the id \"c_9\""),
      ("qrels.txt", "c_1 0 other 1\n", "qrels.txt:1: no passage has the id \"other\""),
      ("passages.jsonl", "{\"_id\":\"p\"}\n", "passages.jsonl:1: expected the key \"text\""),
      (
        "conversations.more.jsonl",
        "{\"id\":\"c_1\",\"conversation\":\"c\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n",
        "the turn \"c_1\" is in"
      ),
    ])
  func faults(name: String, text: String, message: String) throws {
    var files = Self.good
    files[name] = text
    let (output, code) = try check(files)
    #expect(code == 65)
    #expect(output.contains(message), "\(output)")
  }

  @Test("what has no name of a set's files is told, and what nobody would take for one is not")
  func others() throws {
    var files = Self.good
    for name in ["conversation.jsonl", "qrels.tsv", "rewrites/a.json", ".hidden"] { files[name] = "x\n" }
    let (output, code) = try check(files)
    #expect(
      code == 0 && output.contains("not looked at: conversation.jsonl, qrels.tsv, rewrites/a.json\n"), "\(output)")
  }

  /// A turn of the conversation: its questions, answered by "so".
  static func turn(_ id: String, _ conversation: String, _ questions: [String]) -> String {
    let messages = questions.map { "{\"role\":\"user\",\"content\":\"\($0)\"}" }
      .joined(separator: ",{\"role\":\"assistant\",\"content\":\"so\"},")
    return
      "{\"id\":\"\(id)\",\"conversation\":\"\(conversation)\",\"turn\":\(questions.count),\"messages\":[\(messages)]}\n"
  }

  @Test("what train and test share is a fault where it is a conversation or a run of questions, else it is told")
  func leaks() throws {
    let long = "who has built the tower"
    let files = [
      "conversations.train.jsonl": Self.turn("a_1", "a", ["who"]) + Self.turn("b_1", "b", ["x", "y"])
        + Self.turn("c_1", "c", ["other", long]),
      "conversations.test.jsonl": Self.turn("a_2", "a", ["who", "z"]) + Self.turn("d_1", "d", ["X ", " y"])
        + Self.turn("e_1", "e", ["who", long]),
      "qrels.txt": "c_1 0 p 1\ne_1 0 p 1\nd_1 0 p 0\n",
    ]
    let (output, code) = try check(files)
    #expect(code == 65)
    #expect(output.contains("\n2 faults:\n"), "\(output)")
    #expect(
      output.contains("conversations.train.jsonl:1: the conversation \"a\" of \"a_1\" is in test as well"), "\(output)")
    #expect(
      output.contains("conversations.train.jsonl:2: the turn \"b_1\" asks what \"d_1\" of test asks"), "\(output)")
    #expect(output.contains("train and test share 1 questions of five words or more"), "\(output)")
    #expect(output.contains("1 test turns have a relevant passage that a train turn has, too"), "\(output)")
    #expect(
      output.contains(
        """
        Shared by train and test:
          question: of test "e_1", of train "c_1"
          passage "p": of test "e_1", of train "c_1"

        """), "\(output)")
  }

  @Test("of what train and test share the first few are told, and all in JSON with every turn")
  func sharedLists() throws {
    let questions = (1...4).map { "what is there at number \($0)" }
    func side(_ name: String) -> String {
      questions.indices.map { Self.turn("\(name)\($0)", "\(name)\($0)", ["\(name) \($0) begins", questions[$0]]) }
        .joined()
        + (5...8).map { Self.turn("\(name)\($0)", "\(name)\($0)", ["\(name) \($0) too", questions[0]]) }.joined()
    }
    let files = [
      "conversations.train.jsonl": side("a"), "conversations.dev.jsonl": side("b"),
      "qrels.txt": ["p", "q"].flatMap { passage in ["a0", "b1", "b0"].map { "\($0) 0 \(passage) 1\n" } }.joined(),
    ]
    let (output, code) = try check(files, ["--limit", "1"])
    #expect(code == 0)
    #expect(
      output.contains(
        """
        Shared by train and dev:
          question: of dev "b0", "b5", "b6" and 2 more, of train "a0", "a5", "a6" and 2 more
          and 3 more (--json names all)
          passage "p": of dev "b0", "b1", of train "a0"
          and 1 more (--json names all)

        """), "\(output)")
    struct Document: Decodable {
      struct Shared: Decodable {
        struct Item: Decodable, Equatable {
          var passage: String?
          var test: [String]
          var train: [String]
        }
        var questions: [Item]
        var passages: [Item]
      }
      var shared: Shared
    }
    let json = try check(files, ["--limit", "0", "--json"]).output
    let shared = try JSONDecoder().decode(Document.self, from: Data(json.utf8)).shared
    #expect(shared.questions.count == 4 && shared.questions[0].train == ["a0", "a5", "a6", "a7", "a8"])
    #expect(
      shared.passages == [
        .init(passage: "p", test: ["b0", "b1"], train: ["a0"]), .init(passage: "q", test: ["b0", "b1"], train: ["a0"]),
      ])
  }

  @Test("turns out of order, repeated and empty texts, and rewrites that change nothing are told without being faults")
  func remarks() throws {
    let files = [
      "conversations.jsonl": Self.turn("a_2", "a", ["who", "z"]) + Self.turn("a_1", "a", ["who"])
        + Self.turn("a_1b", "a", ["who"]) + Self.turn("b_3", "b", ["x", "", "y"]),
      "rewrites/r.jsonl": "{\"id\":\"a_1\",\"text\":\" WHO\"}\n{\"id\":\"a_2\",\"text\":\"who is z\"}\n",
      "passages.jsonl": ["1", "2", "3"].map { "{\"_id\":\"\($0)\",\"text\":\"\($0 == "3" ? " " : "w")\"}\n" }.joined(),
    ]
    let (output, code) = try check(files)
    #expect(code == 0, "\(output)")
    for line in [
      "conversations.jsonl: 1 messages of histories have no words", "1 turns that others follow are not there",
      "1 turns come behind one that follows them, the first at ./conversations.jsonl:2",
      "1 turns have conversation and questions of an earlier one, the first at ./conversations.jsonl:3",
      "rewrites/r.jsonl: 2 of 4 turns", "rewrites/r.jsonl: 1 rewrites are the question as it was asked",
      "passages.jsonl: 1 passages have no words", "passages.jsonl: 1 passages have title and text of an earlier one",
    ] { #expect(output.contains(line + "\n"), "\(line)\n\(output)") }
  }

  @Test("a malformed line is told, and the next ones are read; what cannot be read on is said")
  func goingOn() throws {
    var files = Self.good
    files["passages.jsonl"] = "{\"_id\":1}\n{\"_id\":\"p\",\"text\":\"words\"}\n[]\n"
    let (output, code) = try check(files)
    #expect(code == 65)
    #expect(output.contains("passages.jsonl  1 passages") && output.contains("2 faults:"), "\(output)")
    #expect(output.contains("passages.jsonl:1: ") && output.contains("passages.jsonl:3: "), "\(output)")
    files["passages.jsonl.gz"] = "no gzip, but a folder's name follows"
    files["rewrites/a.jsonl/b"] = ""
    let folder = try check(files)
    #expect(folder.output.contains("a folder (the rest of the file was not read)"), "\(folder.output)")
  }

  @Test("--model counts tokens and says which turns do not fit", .enabled(if: TestSupport.demoModel != nil))
  func tokens() throws {
    let model = try #require(TestSupport.demoModel)
    let files = ["conversations.jsonl": Self.turn("a_2", "a", ["who is it", "z"])]
    let (output, code) = try check(files, ["--model", model, "--max-length", "8"])
    #expect(code == 0, "\(output)")
    // [CLS] z [SEP] so [SEP] who is it [SEP]
    #expect(output.contains("tokens of a whole conversation: half up to 9,"), "\(output)")
    #expect(
      output.contains("do not fit in 8 tokens: 0.0 % as last-turn, 0.0 % as user-turns, 100.0 % as conversation"),
      "\(output)")
    let json = try check(files, ["--model", model, "--max-length", "8", "--json"]).output
    #expect(json.contains("\"conversation\" : 1") && json.contains("\"unit\" : \"tokens\""), "\(json)")
  }

  @Test("a folder with nothing in it is no input")
  func empty() throws {
    let (output, code) = try check(["other.txt": ""])
    #expect(code == 66 && output.contains("there are none"))
  }
}
