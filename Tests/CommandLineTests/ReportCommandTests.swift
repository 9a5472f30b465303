import Foundation
import TestSupport
import Testing

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

  private func report(_ arguments: String, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["report"] + arguments.split(separator: " ").map(String.init), in: folder)
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

  @Test("the form follows from the name, and --format wins")
  func formats() throws {
    try inFolder { folder in
      for (options, file, says) in [
        ("--out r.md", "r.md", "| run |"), ("--out r.tex", "r.tex", "\\toprule"),
        ("--out r.csv", "r.csv", "set,run,query"),
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
      ("last.trec whole.trec --qrels qrels.txt --cases x --out r.html", 64, "called 'x'; there are whole"),
      ("last.trec --qrels qrels.txt --out d --format svg", 64, "there is nothing to draw"),
      ("last.trec --qrels qrels.txt --training x=dir --out r.html", 64, "no run is called 'x'"),
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
