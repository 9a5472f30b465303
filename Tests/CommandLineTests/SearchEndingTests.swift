import Foundation
import TestSupport
import Testing

@Suite("parlance search that cannot go on")
struct SearchEndingTests {
  @Test("a disk that fills up under the run ends with 73 and leaves nothing")
  func fullDisk() throws {
    try SearchFixture.inFolder { folder in
      try SearchFixture.many(20_000).write(toFile: folder + "/many.jsonl", atomically: false, encoding: .utf8)
      let result = try ParlanceProcess.shell(
        """
        trap '' XFSZ; ulimit -f 64
        $PARLANCE search --index bm25 --conversations many.jsonl --run out.trec
        """, in: folder)
      #expect(result.code == 73, "\(result.error)")
      #expect(result.error.contains("out.trec: "), "\(result.error)")
      #expect(try SearchFixture.leftovers(folder).isEmpty)
    }
  }

  @Test(
    "a full device behind standard output is no success",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDevice() throws {
    try SearchFixture.inFolder { folder in
      for arguments in ["--conversations turns.jsonl --run -", "undo", "--json undo"] {
        let result = try ParlanceProcess.shell("$PARLANCE search --index bm25 \(arguments) > /dev/full", in: folder)
        #expect(result.code == 73, "\(arguments): \(result.error)")
        #expect(result.error.contains("standard output: "), "\(result.error)")
      }
    }
  }

  @Test(
    "what may not be read or written is said to whom permissions bind",
    .enabled(if: UnprivilegedUser.canRun, "no unprivileged user can run parlance here"))
  func permissions() throws {
    try SearchFixture.inFolder { folder in
      chmod(folder, 0o755)
      chmod(folder + "/bm25", 0o755)
      let search = "$PARLANCE search --index bm25 --conversations turns.jsonl --run"
      if getuid() != 0 { chmod(folder, 0o555) }
      let unwritable = try UnprivilegedUser.shell("\(search) out.trec", in: folder)
      chmod(folder, 0o755)
      #expect(unwritable.code == 73, "\(unwritable.error)")
      #expect(unwritable.error.contains("out.trec: "), "\(unwritable.error)")
      for (file, code) in [("turns.jsonl", Int32(66)), ("bm25/manifest", 66), ("bm25/000001.postings", 66)] {
        let path = folder + "/" + file
        chmod(path, 0)
        let unreadable = try UnprivilegedUser.shell("\(search) -", in: folder)
        chmod(path, 0o644)
        #expect(unreadable.code == code, "\(file): \(unreadable.error)")
        #expect(unreadable.error.contains(file + ": "), "\(unreadable.error)")
        #expect(unreadable.output.isEmpty)
      }
      #expect(try SearchFixture.leftovers(folder).isEmpty)
    }
  }

  @Test(
    "SIGINT and SIGTERM end with 130; no run appears, and the one that was there stays", arguments: ["INT", "TERM"])
  func interrupted(signal: String) throws {
    try SearchFixture.inFolder { folder in
      try SearchFixture.many(60_000).write(toFile: folder + "/many.jsonl", atomically: false, encoding: .utf8)
      // The signal comes when the run has been begun, which its hidden temporary file tells.
      let result = try ParlanceProcess.shellUntilHit(
        """
        echo before > out.trec
        $PARLANCE search --index bm25 --conversations many.jsonl --run out.trec &
        while kill -0 $! && ! ls -A | grep -q '^.out.trec.partial'; do sleep 0.01; done
        kill -\(signal) $!
        wait $!
        """, in: folder)
      #expect(result.code == 130, "\(result.error)")
      #expect(result.error.contains("stopping at the next safe point"), "\(result.error)")
      #expect(result.error.contains("parlance: error: stopped on request"), "\(result.error)")
      #expect(try String(contentsOfFile: folder + "/out.trec", encoding: .utf8) == "before\n")
      #expect(try SearchFixture.leftovers(folder) == ["out.trec"])
    }
  }
}

extension SearchFixture {
  /// Conversations of one turn each, as lines.
  static func many(_ count: Int) -> String {
    var text = ""
    for i in 0..<count {
      text += "{\"id\": \"q\(i)\", \"conversation\": \"c\(i)\", \"turn\": 1, "
      text += "\"messages\": [{\"role\": \"user\", \"content\": \"undo a commit or tag a branch\"}]}\n"
    }
    return text
  }

  /// What has to do with the run that was asked for.
  static func leftovers(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("out.trec") }
  }
}
