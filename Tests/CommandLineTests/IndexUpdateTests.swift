import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("parlance index add, delete and merge")
struct IndexUpdateTests {
  static func write(_ vectors: [(ExternalID, UInt32)], encoder: String = "ab", to path: String) throws {
    let writer = try VectorsWriter(
      path: path,
      description: VectorsDescription(
        encoder: EncoderIdentity(digest: String(repeating: encoder, count: 32), name: "test-encoder"),
        vocabulary: try Vocabulary(pieces: (0..<4).map { ExternalID("piece\($0)") })))
    for (id, term) in vectors {
      try writer.append(id, try #require(SparseVector(exactly: [TermID(term)], weights: [1])))
    }
    try writer.finish()
  }

  static let files = [
    "old.jsonl": #"{"_id":"a","text":"one"}"# + "\n" + #"{"_id":"b","text":"two"}"# + "\n",
    "new.jsonl": #"{"_id":"b","text":"two again"}"# + "\n" + #"{"_id":"c","text":"three"}"# + "\n",
    "gone.txt": "a\nzzz\n\n",
  ]

  func inFolder(_ body: (String, (String) throws -> ParlanceResult) throws -> Void) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      func run(_ arguments: String) throws -> ParlanceResult {
        try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
      }
      try Self.write([("a", 0), ("b", 1)], to: folder + "/old.vectors")
      try Self.write([("b", 2), ("c", 3)], to: folder + "/new.vectors")
      let built = try run("index build --vectors old.vectors --passages old.jsonl --out index")
      try #require(built.code == 0, "\(built.error)")
      try body(folder, run)
    }
  }

  @Test("change an index that is searched")
  func changes() throws {
    try inFolder { folder, run in
      let added = try run("index add index --vectors new.vectors --passages new.jsonl")
      #expect(added.code == 0, "\(added.error)")
      #expect(added.output == "1 added, 1 replaced, 0 deleted\n3 passages in 2 segments\n")
      let found = try run("search --index index --vectors new.vectors --run -")
      #expect(found.output.split(separator: "\n").map { $0.split(separator: " ")[2] } == ["b", "c"])
      let deleted = try run("index delete index --ids gone.txt --json")
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(deleted.output.utf8)) as? [String: Int], "\(deleted.error)")
      // The first segment has no passage left and is dropped.
      #expect(
        json == ["added": 0, "replaced": 0, "deleted": 1, "passages": 2, "segments": 1, "deleted_in_files": 0])
      #expect(deleted.error.contains("1 of the ids is not in the index: zzz"))
      #expect(try run("index delete index c").output.hasPrefix("0 added, 0 replaced, 1 deleted\n"))
      let info = try run("index info index")
      #expect(info.output.contains("deleted          1, still in the files") && info.output.contains("segment "))
      #expect(try run("index verify index").output == "whole\n")
      #expect(try run("index merge index").output.contains("passages         1, texts inside"))
      #expect(try run("index merge index").error.contains("nothing to do"))
      #expect(try run("index verify index").output == "whole\n")
    }
  }

  @Test("refuse what does not fit, and a second writer")
  func refusals() throws {
    try inFolder { folder, run in
      try Self.write([("d", 0)], encoder: "cd", to: folder + "/foreign.vectors")
      let bm25 = try run("index build --bm25 --passages old.jsonl --out bm25")
      #expect(bm25.code == 0, "\(bm25.error)")
      for (arguments, code, words) in [
        ("add index --vectors new.vectors", 64, "texts of its passages"), ("add index", 64, "--vectors"),
        ("add index --model m", 64, "--passages"),
        ("add index --vectors new.vectors --max-length 8", 64, "--max-length goes with --model"),
        ("add none --vectors new.vectors", 66, "there is none"),
        ("add index --vectors foreign.vectors --passages new.jsonl", 65, "which encoded the passages"),
        ("add bm25 --vectors new.vectors --passages new.jsonl", 64, "BM25 weighs each word"),
        ("delete index", 64, "--ids"),
        ("delete index a --ids gone.txt", 64, "either"), ("delete index --ids none.txt", 66, "none.txt"),
        ("merge none", 66, "there is none"),
      ] {
        let refused = try run("index " + arguments)
        #expect(refused.code == code && refused.error.contains(words), "\(arguments): \(refused.error)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).contains("none") == false)
      let lock = open(folder + "/index/lock", O_RDWR)
      #expect(flock(lock, LOCK_EX) == 0)
      defer { close(lock) }
      for arguments in ["add index --vectors new.vectors --passages new.jsonl", "delete index a", "merge index"] {
        let refused = try run("index " + arguments)
        #expect(refused.code == 75 && refused.error.contains("another process"), "\(arguments): \(refused.error)")
      }
      #expect(try run("index info index").output.contains("passages         2"))
    }
  }
}
