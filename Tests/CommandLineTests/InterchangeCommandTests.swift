import Foundation
import TestSupport
import Testing

@Suite("Files of other engines, on the command line")
struct InterchangeCommandTests {
  /// The third piece is in no vector.
  static let files = [
    "vocab.txt": "the\n7\nnone\n##s\n",
    "whole.jsonl": """
    {"id":"x","vector":{"the":3,"7":1}}
    {"id":"y","vector":{"##s":200,"the":255}}
    {"id":"z","vector":{}}

    """,
    "half.jsonl": "{\"id\":\"x\",\"vector\":{\"the\":0.5,\"7\":0.001}}\n",
    "query.jsonl": "{\"id\":\"q\",\"vector\":{\"the\":2,\"unseen\":1}}\n",
    "emptied.jsonl": "{\"id\":\"q\",\"vector\":{\"the\":2}}\n{\"id\":\"r\",\"vector\":{\"unseen\":1,\"new\":2}}\n"
      + "{\"id\":\"s\",\"vector\":{}}\n",
    "strange.jsonl": "{\"id\":\"q\",\"vector\":{\"unseen\":1}}\n{\"id\":\"s\",\"vector\":{}}\n",
    "number.jsonl": "{\"id\":12,\"content\":\"t\",\"vector\":{\"the\":0.1}}\n",
    "text.ciff": "this is none",
  ]

  private func inFolder(_ body: (String, (String) throws -> ParlanceResult) throws -> Void) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      func run(_ arguments: String) throws -> ParlanceResult {
        try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
      }
      let made = try run("vectors import whole.jsonl --vocabulary vocab.txt --encoder mine --out a.vectors")
      try #require(made.code == 0, "\(made.error)")
      try body(folder, run)
    }
  }

  @Test("vectors and an index go out and come back as the same file", arguments: ["ciff", "anserini", "seismic"])
  func roundTrip(format: String) throws {
    try inFolder { folder, run in
      let scale = format == "seismic" ? "" : "--scale 1 "
      for command in [
        "vectors export a.vectors --to \(format) --out a.out",
        "vectors import a.out --from \(format) --like a.vectors --out b.vectors",
        "index import a.out --from \(format) --like a.vectors --out index",
        "index verify index", "index export index --to vectors --out c.vectors",
        "index export index --to \(format) --out c.out",
        // A byte a weight is enough for whole numbers up to 255, once they are rounded again.
        "index build --vectors a.vectors --out bytes", "index export bytes --to \(format) \(scale)--out d.out",
      ] {
        let result = try run(command)
        #expect(result.code == 0 && !result.error.contains("whole numbers"), "\(command): \(result.error)")
      }
      func isSame(_ one: String, _ other: String) -> Bool {
        FileManager.default.contentsEqual(atPath: "\(folder)/\(one)", andPath: "\(folder)/\(other)")
      }
      #expect(isSame("a.vectors", "b.vectors") && isSame("a.vectors", "c.vectors"))
      if format != "ciff" { #expect(isSame("a.out", "c.out")) }
      if format == "anserini" { #expect(isSame("a.out", "d.out")) }
    }
  }

  @Test("what rounding costs is said, and topics have their own format")
  func rounding() throws {
    try inFolder { folder, run in
      _ = try run("vectors import half.jsonl --vocabulary vocab.txt --encoder mine --out h.vectors")
      let lines = try run("vectors export h.vectors --to anserini --out -")
      #expect(lines.output == "{\"id\":\"x\",\"contents\":\"\",\"vector\":{\"the\":255,\"7\":1}}\n")
      #expect(lines.error.contains("weights times 510.000 became whole numbers"))
      let topics = try run("vectors export h.vectors --to anserini-topics --greatest-impact 2 --out -")
      #expect(topics.output == "x\tthe the 7\n")
      _ = try run("vectors export h.vectors --to ciff --out h.ciff.gz")
      let info = try run("index import h.ciff.gz --encoder mine --out index")
      #expect(info.output.contains("vocabulary       2 terms"))
      _ = try run("vectors import number.jsonl --from seismic --encoder mine --out n.vectors")
      #expect(try run("vectors export n.vectors --to seismic --out -").output.contains("{\"id\":\"12\""))
      #expect(FileManager.default.fileExists(atPath: folder + "/n.vectors"))
    }
  }

  @Test("queries may leave out terms that no passage has", arguments: ["", " --from seismic"])
  func unknownTerms(format: String) throws {
    try inFolder { folder, run in
      let command = "vectors import query.jsonl\(format) --like a.vectors --out q.vectors"
      let refused = try run(command)
      #expect(refused.code == 65 && refused.error.contains("it has no \"unseen\""), "\(refused.error)")
      let done = try run(command + " --drop-unknown-terms")
      #expect(done.code == 0, "\(done.error)")
      #expect(
        done.error.contains("left out 1 term that the vocabulary does not have, the first \"unseen\""), "\(done.error)")
      let vectors = try run("vectors export q.vectors --to seismic --out -")
      #expect(vectors.output == "{\"id\":\"q\",\"content\":\"\",\"vector\":{\"the\":2.0}}\n")
      #expect(!done.error.contains("no other terms"), "\(done.error)")

      let emptied = try run(
        "vectors import emptied.jsonl\(format) --like a.vectors --drop-unknown-terms --out e.vectors")
      #expect(emptied.code == 0 && emptied.error.contains("left out 2 terms"), "\(emptied.error)")
      #expect(emptied.error.contains("warning: 1 vector had no other terms"), "\(emptied.error)")
      let strange = try run(
        "vectors import strange.jsonl\(format) --like a.vectors --drop-unknown-terms --out s.vectors")
      #expect(strange.code == 65, "\(strange.error)")
      #expect(strange.error.contains("strange.jsonl: expected terms of the vocabulary"), "\(strange.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/s.vectors"))
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and no file is left",
    arguments: [
      ("vectors import text.ciff --encoder e --out out.vectors", 65, "text.ciff (header, byte"),
      ("vectors import text.ciff --out out.vectors", 64, "--encoder"),
      ("vectors import text.ciff --like a.vectors --drop-unknown-terms --out o.vectors", 64, "is for JSON lines"),
      (
        "vectors import query.jsonl --from seismic --encoder e --drop-unknown-terms --out o.vectors", 64,
        "needs the vocabulary"
      ),
      ("index import half.jsonl --encoder e --out out", 64, "--from"),
      ("index import half.jsonl --from anserini --encoder e --out out", 65, "half.jsonl:1"),
      ("vectors export a.vectors --to ciff --scale 0 --out out.ciff", 64, "above zero"),
      ("vectors export a.vectors --to ciff --scale 1e9 --out out.ciff", 65, "smaller scale"),
      ("vectors export a.vectors --to ciff --scale 2 --greatest-impact 3 --out out.ciff", 64, "give one of them"),
      (
        "vectors export a.vectors --to seismic --greatest-impact 3 --out o", 64,
        "--greatest-impact is for formats of whole"
      ),
      ("vectors export a.vectors --to npz --scale 2 --out o.npz", 64, "--scale is for formats of whole"),
      ("vectors export a.vectors --to ciff --spelling indices --out o", 64, "--spelling goes with --to jsonl"),
      ("index export none --to vectors --scale 2 --out o", 64, "--scale is for formats of whole"),
      ("index export none --to ciff --out out.ciff", 66, "none"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try inFolder { folder, run in
      let result = try run(arguments)
      #expect(result.code == code && result.error.contains(words), "\(result.code) \(result.error)")
      let left = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting([".output", ".error"])
      #expect(left == Set(Self.files.keys).union(["a.vectors"]))
    }
  }
}
