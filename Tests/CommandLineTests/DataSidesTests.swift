import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

/// What belongs to which side, and what the sides share.
@Suite("parlance data check: sides")
struct DataSidesTests {
  private func check(_ files: [String: String], _ arguments: [String] = []) throws -> (output: String, code: Int32) {
    try ParlanceProcess.inFolder(of: files) { folder -> (output: String, code: Int32) in
      let result = try ParlanceProcess.run(["data", "check", "."] + arguments, in: folder)
      return (result.output + result.error, result.code)
    }
  }

  private func turn(_ id: String, _ conversation: String, _ questions: [String]) -> String {
    DataCommandTests.turn(id, conversation, questions)
  }

  @Test("each name is a side of its own: what dev, valid and test share is told as what train shares with them")
  func names() throws {
    let files = [
      "conversations.dev.jsonl": turn("a_1", "a", ["who"]),
      "conversations.test.jsonl": turn("a_2", "a", ["who", "z"]) + turn("b_1", "b", ["x", "y"]),
      "conversations.valid.jsonl": turn("c_1", "c", ["x", "y"]),
    ]
    let (output, code) = try check(files)
    #expect(code == 65 && output.contains("\n2 faults:\n"), "\(output)")
    #expect(
      output.contains("conversations.test.jsonl:1: the conversation \"a\" of \"a_2\" is in dev as well"), "\(output)")
    #expect(
      output.contains("conversations.valid.jsonl:1: the turn \"c_1\" asks what \"b_1\" of test asks"), "\(output)")
  }

  @Test("questions and passages that two sides share without train are told, in JSON apart from what is left out")
  func withoutTrain() throws {
    let long = "who has built the tower"
    let files = [
      "conversations.dev.jsonl": turn("a_1", "a", ["first", long]),
      "conversations.test.jsonl": turn("b_1", "b", ["other", long]), "qrels.txt": "a_1 0 p 1\nb_1 0 p 1\n",
    ]
    let (output, code) = try check(files)
    #expect(code == 0, "\(output)")
    #expect(
      output.contains(
        """
        dev and test share 1 questions of five words or more
        1 test turns have a relevant passage that a dev turn has, too
        Shared by dev and test:
          question: of test "b_1", of dev "a_1"
          passage "p": of test "b_1", of dev "a_1"

        """), "\(output)")
    struct Document: Decodable {
      struct Pair: Decodable {
        struct Item: Decodable, Equatable {
          var passage: String?
          var turns: [String: [String]]
        }
        var sides: [String]
        var questions: [Item]
        var passages: [Item]
      }
      struct Shared: Decodable {}
      var shared: Shared?
      var other_shared: [Pair]
    }
    let document = try JSONDecoder().decode(Document.self, from: Data(check(files, ["--json"]).output.utf8))
    #expect(document.shared == nil && document.other_shared.map(\.sides) == [["dev", "test"]])
    let turns = ["dev": ["a_1"], "test": ["b_1"]]
    #expect(document.other_shared[0].questions == [.init(passage: nil, turns: turns)])
    #expect(document.other_shared[0].passages == [.init(passage: "p", turns: turns)])
  }

  @Test("a question is the same whatever its punctuation and case; one of punctuation alone is not the empty one")
  func punctuation() throws {
    let files = [
      "conversations.train.jsonl": turn("a_1", "a", ["one", "Who\u{2019}s built \u{201C}the\u{201D} big tower?"]),
      "conversations.test.jsonl": turn("b_1", "b", ["two", "who's built the big tower ?"]),
    ]
    let (output, code) = try check(files)
    #expect(code == 0 && output.contains("train and test share 1 questions of five words or more"), "\(output)")
    func digest(_ text: String) -> TextDigest { TextDigest(wordsOf: text) }
    #expect(digest("?") != digest("") && digest("?") != digest("!") && digest("?!") == digest(" ?!"))
    #expect(digest("Où est-il ?") == digest("où est-il") && digest("où est-il") != digest("ou est-il"))
    #expect(digest("now here") != digest("nowhere") && digest("1.") == digest("1") && digest("1") != digest("2"))
  }

  @Test("signs that make another word of one are kept, the punctuation around it is not")
  func signs() {
    for words in [
      ["c", "c++", "c#"], ["1.5", "15"], ["-5", "5", "$5", "5%", "+5", "-$5", ".5", "#5"], ["e-mail", "email"],
      ["12:30", "1230"], ["3/4", "34"], ["\u{20AC}5", "5"],
    ] {
      #expect(Set(words.map { TextDigest(wordsOf: $0) }).count == words.count, "\(words)")
    }
    for (text, words) in [
      ("(C++), \"C#\"? c.", ["c++", "c#", "c"]), ("\u{201C}$5\u{201D}; 5%!", ["$5", "5%"]), ("\u{2212}5.", ["-5"]),
      ("It's what\u{2019}s 'quoted'", ["its", "whats", "quoted"]), ("so\u{2026} ...then - yes", ["so", "then", "yes"]),
      ("...5 -word word- +word", ["5", "word", "word", "word"]), ("e-mail, 1.5.", ["e-mail", "1.5"]), ("? - ++", []),
    ] as [(String, [String])] {
      #expect(TextDigest.words(of: text) == words, "\(text)")
    }
  }

  @Test("questions that differ in a sign alone are no leak")
  func noLeak() throws {
    let files = [
      "conversations.train.jsonl": turn("a_1", "a", ["how do I sort in C++"])
        + turn("b_1", "b", ["what is 1.5 times 2"]),
      "conversations.test.jsonl": turn("c_1", "c", ["how do I sort in C#?"])
        + turn("d_1", "d", ["what is 15 times 2?"]),
    ]
    let (output, code) = try check(files)
    #expect(code == 0 && output.contains("train and test share 0 questions"), "\(output)")
  }

  @Test(
    "what data split wrote is checked, in a folder of its own and beside the file that was dealt, with judgments",
    arguments: ["halves", "."])
  func parts(out: String) throws {
    let turns = (0..<4).map { number in
      turn("c\(number)_1", "c\(number)", ["first \(number)"])
        + turn("c\(number)_2", "c\(number)", ["first \(number)", "then \(number)"])
    }
    let qrels = (0..<4).map { "c\($0)_2 0 p\($0) 1\n" }.joined()
    let files = ["conversations.jsonl": turns.joined(), "\(out)/qrels.txt": qrels]
    try ParlanceProcess.inFolder(of: files) { folder in
      let judged = ["--qrels", "\(out)/qrels.txt"]
      let split = try ParlanceProcess.run(["data", "split", "conversations.jsonl", "--out", out] + judged, in: folder)
      #expect(split.code == 0, "\(split.error)")
      let result = try ParlanceProcess.run(["data", "check", out], in: folder)
      #expect(result.code == 0, "\(result.output)\(result.error)")
      for part in 1...2 {
        #expect(result.output.contains("part-\(part).qrels.txt: 2 turns have a relevant passage"), "\(result.output)")
      }
      #expect(result.output.contains("part-1.jsonl  4 turns\npart-2.jsonl  4 turns\n"), "\(result.output)")
      #expect(result.output.contains("\n8 turns of 4 conversations\n"), "\(result.output)")
      #expect(!result.output.contains("of an earlier one") && !result.output.contains("not looked at: part"))
    }
  }

  @Test("what two parts have is a fault, also beside the file that was dealt")
  func dealtTwice() throws {
    let (first, second, other) = (turn("a_1", "a", ["who"]), turn("a_2", "a", ["who", "z"]), turn("b_1", "b", ["x"]))
    var parts = ["part-2.jsonl": first + other, "part-10.jsonl": second + other]
    for number in [1, 3, 4, 5, 6, 7, 8, 9] { parts["part-\(number).jsonl"] = turn("n\(number)", "n\(number)", ["n"]) }
    let wholes: [[String: String]] = [[:], ["conversations.jsonl": first + second + other]]
    for whole in wholes {
      let (output, code) = try check(parts.merging(whole) { part, _ in part })
      #expect(code == 65 && output.contains("\n3 faults:\n"), "\(output)")
      for fault in [
        "part-10.jsonl:1: the conversation \"a\" of \"a_2\" is in part-2 as well",
        "part-10.jsonl:2: the turn \"b_1\" is in part-2.jsonl as well",
        "part-10.jsonl:2: the conversation \"b\" of \"b_1\" is in part-2 as well",
      ] { #expect(output.contains(fault), "\(output)") }
    }
  }

  @Test(
    "files called part-N that are not what data split wrote are not looked at: passages, a number from 0, and a gap",
    arguments: [
      (["part-0.jsonl", "part-1.jsonl"], false), (["part-1.jsonl", "part-2.jsonl"], false),
      (["part-01.jsonl", "part-02.jsonl"], true), (["part-1.jsonl", "part-3.jsonl"], true), (["part-2.jsonl"], true),
    ])
  func otherParts(names: [String], areOfTurns: Bool) throws {
    var files = ["conversations.jsonl": turn("a_1", "a", ["who"])]
    for name in names { files[name] = areOfTurns ? turn(name, name, ["who"]) : "{\"_id\":\"p\",\"text\":\"words\"}\n" }
    let (output, code) = try check(files)
    #expect(code == 0 && output.contains("not looked at: \(names.joined(separator: ", "))\n"), "\(output)")
  }

  @Test("a part that begins with a malformed line is a part where another begins with a turn")
  func malformedPart() throws {
    let (output, code) = try check([
      "part-1.jsonl": "{}\n" + turn("a_1", "a", ["who"]), "part-2.jsonl": turn("b_1", "b", ["why"]),
    ])
    #expect(code == 65 && output.contains("part-1.jsonl:1:") && !output.contains("not looked at"), "\(output)")
  }

  @Test("which side a name says")
  func sides() {
    let names: [(String, SplitSide)] = [
      ("conversations.train.jsonl", .train), ("conversations-training.jsonl.gz", .train),
      ("conversations.dev.jsonl", .dev), ("conversations_validation.jsonl", .valid),
      ("conversations.eval.jsonl", .eval),
      ("conversations.test.jsonl", .test), ("part-1.jsonl", .part(1)), ("part-12.jsonl.gz", .part(12)),
    ]
    for (name, side) in names { #expect(SplitSide(fileName: name) == side, "\(name)") }
    for name in [
      "conversations.jsonl", "part-.jsonl", "part-one.jsonl", "part-1.txt", "part--1.jsonl", "part-0.jsonl",
      "part-01.jsonl",
    ] {
      #expect(SplitSide(fileName: name) == nil, "\(name)")
    }
  }
}
