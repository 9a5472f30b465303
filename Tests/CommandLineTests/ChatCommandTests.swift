import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

@Suite("parlance chat")
struct ChatCommandTests {
  private func chat(_ arguments: String = "", _ input: String, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["chat", "--index", "bm25"] + arguments.split(separator: " ").map(String.init), in: folder, input: input)
  }

  @Test("lines in, text out: each question is searched for with what was said before")
  func text() throws {
    try SearchFixture.inFolder { folder in
      let result = try chat(
        "-k 2", "How do I undo a commit?\n\n/answer By a reset.\nand a branch?\n/turns\n", in: folder)
      #expect(result.code == 0, "\(result.error)")
      #expect(
        result.output == """
          > How do I undo a commit?
            1  git reset  0.73
               Undoing the last commit keeps your files
               p1
            2  git tag  0.26
               A tag names a commit
               p3

          > /answer By a reset.

          > and a branch?
            1  git reset  1.22
               Undoing the last commit keeps your files
               p1
            2  git branch  0.76
               A branch is merged into another branch
               p2

          > /turns
            1  you  How do I undo a commit?  2 terms
            2  ans  By a reset.  1 term
            3  you  and a branch?  1 term

          """, "\(result.output)")
      #expect(result.error.contains("noted as the answer: By a reset."))
    }
  }

  @Test("JSON is one document a line, with the words that were searched for")
  func json() throws {
    try SearchFixture.inFolder { folder in
      let result = try chat(
        "--json --explain -k 1", "undo\n/answer 1\nbranch\n/undo\n/form last-turn\ntag\n", in: folder)
      #expect(result.code == 0, "\(result.error)")
      let lines = try result.output.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(
        lines.map { $0["query"] as? String } == [
          "undo", "branch [SEP] Undoing the last commit keeps your files [SEP] undo", "tag",
        ])
      #expect(lines.map { $0["form"] as? String } == ["conversation", "conversation", "last-turn"])
      let hit = try #require((lines[0]["hits"] as? [[String: Any]])?.first)
      #expect((hit["metadata"] as? [String: Any])?["pageNumber"] as? Int == 7, "the user's own key")
      #expect((hit["terms"] as? [[String: Any]])?.first?["piece"] as? String == "undo")
    }
  }

  @Test("a fault in the input ends it, and names the line")
  func faults() throws {
    try SearchFixture.inFolder { folder in
      for (input, says) in [
        ("undo\n/frob\n", "standard input:2: there is no command /frob"), ("/undo\n", "nothing was asked yet"),
        ("undo\n/answer 9\n", "expected a passage from 1 to 1, found 9"), ("/form rewrite\n", "/form takes"),
      ] {
        let result = try chat("", input, in: folder)
        #expect(result.code == 64 && result.error.contains(says), "\(result.error)")
      }
      let json = try chat("--json", "undo\n/turns\n", in: folder)
      #expect(json.code == 64 && json.error.contains("goes without --json"))
      #expect(try chat("--form rewrite", "", in: folder).code == 64)
      #expect(try !chat("--help", "", in: folder).output.contains("rewrite+conversation"))
      #expect(try chat("--explain", "", in: folder).code == 64)
      #expect(try chat("", "", in: folder).code == 0)
    }
  }

  @Test("what explains, compares and shows is about the last answer")
  func commands() throws {
    try SearchFixture.inFolder { folder in
      let input = "undo a commit\nwhat of a tag?\n/explain 1\n/compare\n/passage 1\n/new\n/turns\n/help\n/quit\nundo\n"
      let result = try chat("", input, in: folder)
      #expect(result.code == 0, "\(result.error)")
      let parts = result.output.components(separatedBy: "\n> ")
      #expect(parts.count == 9, "nothing comes after /quit")
      #expect(parts[2].contains("from message 1: undo 1.00, commit 1.00") && parts[2].contains("= "))
      #expect(parts[3].contains("conversation  last question"))
      #expect(parts[3].contains("found by both; 3 terms against 1"))
      #expect(parts[6] == "/turns\nnothing was said yet\n")
      for command in ChatInstruction.commands { #expect(parts[7].contains(command.name)) }
    }
  }

  @Test("what begins with a slash is a command, unless it is a path")
  func instructions() throws {
    #expect(try ChatInstruction("/etc/fstab, what is it?") == .question("/etc/fstab, what is it?"))
    #expect(try ChatInstruction(" \t") == .nothing)
    #expect(try ChatInstruction("/") == .question("/"))
    #expect(try ChatInstruction("  /explain") == .explain(nil))
    #expect(try ChatInstruction("/explain 2") == .explain(2))
    #expect(try ChatInstruction("/answer 2") == .answerBy(passage: 2))
    #expect(try ChatInstruction("/answer 2 of them") == .answer("2 of them"))
    #expect(try ChatInstruction("/form user-turns") == .form(.userTurns))
    for fault in ["/passage", "/passage x", "/k", "/answer", "/form rewrite", "/explain 0", "/explian"] {
      #expect(throws: (any Error).self) { try ChatInstruction(fault) }
    }
  }

  @Test("a snippet shows the lines with the most marked words, and marks them where they stand")
  func snippets() {
    let text = "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk mark, and the (mark) too"
    func bytes(_ part: String) -> [Range<Int>] {
      text.ranges(of: part).map {
        text.utf8.distance(
          from: text.startIndex, to: $0.lowerBound)..<text.utf8.distance(
            from: text.startIndex, to: $0.upperBound)
      }
    }
    let marked = Snippet(text, marks: bytes("mark"), width: 24, lines: 2).text { "<\($0)>" }
    #expect(marked == ["… iiii jjjj kkkk <mark>,", "and the (<mark>) too"])
    #expect(
      Snippet(text, marks: [], width: 24, lines: 2).text { $0 } == ["aaaa bbbb cccc dddd", "eeee ffff gggg hhhh …"])
    #expect(Snippet("日本語 x", marks: [3..<6], width: 40, lines: 2).text { "<\($0)>" } == ["日<本>語 x"])
    #expect(Snippet("", marks: [], width: 40, lines: 2).text { $0 } == [""])
    #expect(Snippet("one two", marks: [0..<7], width: 40, lines: 2).text { "<\($0)>" } == ["<one> <two>"])
    // Nothing of a passage reaches the terminal as an order; marks stay where they were.
    let orders = "a\u{1B}[2Jb \u{9B}31m \u{202E}cd \u{1B}]52;c;eA==\u{7} mark"
    let place = orders.utf8.count - 4..<orders.utf8.count
    #expect(
      Snippet(orders, marks: [place], width: 60, lines: 2).text { "<\($0)>" } == ["a [2Jb 31m cd ]52;c;eA== <mark>"])
    #expect(ResultPage.wrapped(orders, width: 60, lines: 2) == ["a [2Jb 31m cd ]52;c;eA== mark"])
  }
}
