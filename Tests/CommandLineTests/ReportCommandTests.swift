import ArgumentParser
import Conversations
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import ParlanceCLI

@Suite("parlance report")
struct ReportCommandTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    try SearchFixture.inFolder { folder in
      try "c_1 0 p1 1\nc_2 0 p2 1\n".write(toFile: folder + "/qrels.txt", atomically: false, encoding: .utf8)
      for (name, form) in [("last", "last-turn"), ("whole", "conversation")] {
        let result = try SearchFixture.search(
          "--index bm25 --conversations turns.jsonl --form \(form) --tag \(name) --run \(name).trec "
            + "--save-queries \(name).vectors --costs \(name).costs.jsonl", in: folder)
        try #require(result.code == 0, "\(result.error)")
      }
      try body(folder)
    }
  }

  private func report(_ arguments: String, in folder: String, input: String? = nil) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["report"] + arguments.split(separator: " ").map(String.init), in: folder, input: input)
  }

  private func text(_ file: String, in folder: String) throws -> String {
    try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
  }

  private static let known =
    "last.trec whole.trec --qrels qrels.txt --conversations turns.jsonl --queries last.vectors whole.vectors "
    + "--index bm25 --costs last.costs.jsonl whole.costs.jsonl"

  @Test("runs become a page with the conversation, the terms and both rankings")
  func page() throws {
    try inFolder { folder in
      let result = try report("\(Self.known) --out r.html", in: folder)
      #expect(result.code == 0 && result.error.contains("the report is in r.html"), "\(result.error)")
      let html = try String(contentsOfFile: folder + "/r.html", encoding: .utf8)
      for part in [
        "<svg", "RR against FLOPS", "What last searched for", "Wins and losses", "SHA-256", "parlance report",
      ] {
        #expect(html.contains(part) || part.hasPrefix("RR"), "\(part)")
      }
      #expect(html.contains("nDCG@3 against FLOPS") && html.contains("class=\"relevant\""))
    }
  }

  @Test("a baseline that is not among the runs has its rankings, terms and file on the page, whatever its tag")
  func otherBaseline() throws {
    try inFolder { folder in
      let tagged = try text("last.trec", in: folder).replacing(" last\n", with: " whole\n")
      try tagged.write(toFile: folder + "/base.trec", atomically: false, encoding: .utf8)
      for (file, name, queries) in [
        ("last.trec", "last", "last.vectors"), ("base.trec", "whole (base.trec)", "base=last.vectors"),
      ] {
        let result = try report(
          "whole.trec --baseline \(file) --qrels qrels.txt --conversations turns.jsonl --unit query "
            + "--queries whole.vectors \(queries) --index bm25 --out r.html", in: folder)
        #expect(result.code == 0, "\(result.error)")
        let page = try text("r.html", in: folder)
        #expect(page.contains("What \(name) searched for") && !page.contains("nothing found"), "\(name)")
        #expect(page.contains("<td>\(file)</td>") && page.contains("<td>whole.trec</td>"), "\(name)")
      }
    }
  }

  @Test("runs, judgments and conversations may come through a pipe")
  func pipe() throws {
    try inFolder { folder in
      for name in ["last.trec", "qrels.txt", "turns.jsonl"] {
        let arguments = Self.known.split(separator: " ").map { $0 == name ? "-" : String($0) }.joined(separator: " ")
        let queries = arguments.replacing("last.vectors", with: "last=last.vectors")
        let result = try report("\(queries) --out r.html", in: folder, input: text(name, in: folder))
        #expect(result.code == 0, "\(name): \(result.error)")
        let page = try text("r.html", in: folder)
        #expect(page.contains("What last searched for") && !page.contains("nothing found"), "\(name)")
      }
    }
  }

  private func turn(_ id: String, _ questions: [String]) -> String { DataCommandTests.turn(id, "c", questions) }

  /// The page on which `c_3` is won, of these turns.
  private func casePage(of turns: String) throws -> String {
    var page = ""
    try SearchFixture.inFolder { folder in
      let files = [
        "c.jsonl": turns, "qrels.txt": "c_3 0 p3 1\n", "base.trec": "c_3 Q0 p1 1 1 base\n",
        "other.trec": "c_3 Q0 p3 1 1 other\n",
      ]
      for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8) }
      let found = try SearchFixture.search(
        "--index bm25 --conversations c.jsonl --form last-turn --run x.trec --save-queries base.vectors", in: folder)
      try #require(found.code == 0, "\(found.error)")
      let result = try report(
        "base.trec other.trec --qrels qrels.txt --conversations c.jsonl --queries base.vectors --index bm25 --out r.html",
        in: folder)
      #expect(result.code == 0, "\(result.error)")
      page = try text("r.html", in: folder)
    }
    return page
  }

  @Test("where a conversation branches, only the turns on the way to a case tell their terms")
  func branches() throws {
    let page = try casePage(
      of: turn("c_1", ["undo a commit"]) + turn("c_2", ["undo a commit", "and a branch?"])
        + turn("c_2b", ["undo a commit", "names of a reset"])
        + turn("c_3", ["undo a commit", "and a branch?", "and a tag?"]))
    #expect(page.contains("turn 1: <bdi>undo a commit</bdi>") && page.contains("turn 2: <bdi>and a branch?</bdi>"))
    #expect(!page.contains("names of a reset"))
  }

  @Test(
    "where histories are cut, left out or rewritten, the earlier turns of a conversation tell their terms all the same",
    arguments: [
      [["undo a commit"], ["undo a commit", "and a branch?"], ["and a branch?", "and a tag?"]],
      [["undo a commit"], ["and a branch?"], ["and a tag?"]],
      [
        ["undo a commit"], ["undo a commit", "and a branch?"], ["undo a commit", "can I undo a branch?", "and a tag?"],
      ],
    ])
  func cutHistories(questions: [[String]]) throws {
    let page = try casePage(of: questions.enumerated().map { turn("c_\($0 + 1)", $1) }.joined())
    for asked in questions {
      let words = "turn \(asked.count): <bdi>\(asked[asked.count - 1])</bdi>"
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test("options of tests are refused where a sweep has no second arm, those that intervals have are not")
  func faults() throws {
    for option in [["--test", "t-test"], ["--correction", "none"], ["--permutations", "9"]] {
      let options = try SignificanceOptions.parse(option)
      #expect(
        options.fault(hasBaseline: false, need: "a second arm")
          == "\(option[0]) is of the tests against a baseline, and needs a second arm")
      #expect(options.fault(hasBaseline: true) == nil)
    }
    let options = try SignificanceOptions.parse([
      "--unit", "query", "--alpha", "0.1", "--resamples", "9", "--seed", "1",
    ])
    #expect(options.fault(hasBaseline: false) == nil)
  }

  @Test("which turns lead to one")
  func way() {
    func turn(_ id: String, _ questions: [String]) -> Turn {
      Turn(
        id: ExternalID(id), conversation: "c", number: questions.count,
        messages: questions.map { Message(role: .user, content: $0) })
    }
    let tree = [
      turn("1", ["a"]), turn("2", ["a", "b"]), turn("2b", ["a", "x"]), turn("3", ["a", "b", "c"]),
      turn("3b", ["a", "x", "c"]), turn("0", ["z"]),
    ]
    for (last, way) in [
      ("3", ["1", "2", "3"]), ("3b", ["1", "2b", "3b"]), ("2b", ["1", "2b"]), ("1", ["1"]), ("0", ["0"]),
    ] as [(String, [String])] {
      let found = tree.first { $0.id.string == last }.map { CaseFinder.way(to: $0, among: tree) } ?? []
      #expect(found.map(\.id.string) == way, "\(last)")
    }
    var other = turn("9", ["a"])
    other.conversation = "d"
    let alone = [turn("1", ["a"]), turn("2", ["b"]), turn("3", ["c"]), other]
    #expect(CaseFinder.way(to: alone[1], among: alone).map(\.id.string) == ["1", "2", "3"])
    let cut = [turn("1", ["a"]), turn("2", ["a", "b"]), turn("3", ["b", "c"])]
    #expect(CaseFinder.way(to: cut[2], among: cut).map(\.id.string) == ["1", "2", "3"])
    #expect(CaseFinder.way(to: cut[1], among: cut).map(\.id.string) == ["1", "2"])
  }

  @Test("the form follows from the name, and --format wins")
  func formats() throws {
    try inFolder { folder in
      for (options, file, says) in [
        ("--out r.md", "r.md", "| run |"), ("--out r.tex", "r.tex", "\\toprule"),
        ("--out r.csv", "r.csv", "set,run,query,conversation,turn,measure,value\r\nruns,last,c_1,c,1,nDCG@3,"),
        ("--out r.txt --format markdown", "r.txt", "| run |"),
        ("--out d --format svg", "d/01-ndcg-3-against-flops.svg", "<svg xmlns"),
      ] {
        let result = try report("\(Self.known) \(options)", in: folder)
        #expect(result.code == 0, "\(result.error)")
        #expect(try String(contentsOfFile: folder + "/" + file, encoding: .utf8).contains(says), "\(file)")
      }
    }
  }

  @Test(
    "what is missing is told",
    arguments: [
      ("last.trec --out r.html", 64, "expected --qrels FILE"),
      ("none.trec --qrels qrels.txt --out r.html", 66, "none.trec"),
      ("nowhere --out r.html", 66, "nowhere: there is no such sweep or run"),
      ("last.trec --qrels qrels.txt --out r.pdf", 64, "no report is of the form .pdf"),
      ("last.trec --qrels qrels.txt --out last.trec", 64, "one of the inputs"),
      ("last.trec --qrels qrels.txt --vectors p.vectors --out r.html", 64, "needs --queries"),
      ("last.trec --qrels qrels.txt --queries last.vectors --out r.html", 64, "and --index DIR... go together"),
      ("last.trec whole.trec --qrels qrels.txt --cases x --out r.html", 64, "called 'x'; there are whole"),
      ("last.trec --qrels qrels.txt --out d --format svg", 64, "there is nothing to draw"),
      ("last.trec --qrels qrels.txt --training x=dir --out r.html", 64, "no run is called 'x'"),
      ("whole.trec --baseline last.trec --qrels qrels.txt --out last.trec", 64, "one of the inputs"),
      ("last.trec --qrels qrels.txt --test t-test --out r.html", 64, "--test is of the tests against a baseline"),
      ("last.trec --qrels qrels.txt --resamples 99999999999 --out r.html", 64, "--resamples is between 1 and 10000000"),
    ])
  func refused(arguments: String, code: Int32, says: String) throws {
    try inFolder { folder in
      let result = try report(arguments, in: folder)
      #expect(result.code == code && result.error.contains(says), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/r.html"))
    }
  }

  @Test("--leave-out tells the figures once more without turns, as a file or data check names them")
  func leaveOut() throws {
    try inFolder { folder in
      func write(_ text: String, _ name: String) throws {
        try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
      }
      try write("c_1\n\nnone\n", "ids")
      try write(#"{"shared":{"questions":[],"passages":[{"passage":"p","test":["c_2"],"train":["x"]}]}}"#, "check.json")
      try write("c\n", "all")
      try write("none\n", "none")
      try write(#"{"files":[]}"#, "unsplit.json")
      for file in ["ids", "check.json"] {
        let result = try report("\(Self.known) --leave-out \(file) --out r.md", in: folder)
        let text = try String(contentsOfFile: folder + "/r.md", encoding: .utf8)
        #expect(result.code == 0 && text.contains("runs, without 1 of 2 turns"), "\(result.error)")
        let says = "1 of the 2 ids in ids are of no turn or conversation that is measured, none among them"
        #expect(result.error.contains(says) == (file == "ids"), "\(result.error)")
        #expect(text.contains("Means over 2 queries") && text.contains("Means over 1 query"))
      }
      try write(#"{"shared":{"questions":[],"passages":[]}}"#, "clean.json")
      let clean = try report("\(Self.known) --leave-out clean.json --out r.md", in: folder)
      #expect(clean.code == 0 && clean.error.contains("clean.json names no turns"), "\(clean.error)")
      for (file, code, says) in [
        ("none", 65 as Int32, "none: none of its 1 ids is a turn"),
        ("unsplit.json", 65, "unsplit.json: expected `shared`"),
        ("all", 64, "there is none left"), ("nowhere", 66, "nowhere"),
      ] {
        let result = try report("\(Self.known) --leave-out \(file) --out bad.md", in: folder)
        #expect(result.code == code && result.error.contains(says), "\(result.error)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/bad.md"))
      }
    }
  }
}
