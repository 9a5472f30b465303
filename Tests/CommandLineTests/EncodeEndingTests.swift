import Foundation
import TestSupport
import Testing

@Suite(
  "parlance encode that is stopped",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct EncodeEndingTests {
  private static func passages(_ count: Int) -> String {
    var generator = SeededGenerator(seed: 6)
    return (0..<count).map { number in
      let words = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
        ["the", "commit", "a", "tag", "undo"].randomElement(using: &generator) ?? "a"
      }
      return "{\"_id\": \"p\(number)\", \"text\": \"\(words.joined(separator: " "))\"}\n"
    }.joined()
  }

  @Test(
    "SIGINT and SIGTERM end with 130 and keep what is encoded; the same command goes on, to the same bytes",
    arguments: ["INT", "TERM"])
  func interrupted(signal: String) throws {
    try ParlanceProcess.inFolder(of: ["p.jsonl": Self.passages(8000)]) { folder in
      let encode = "$PARLANCE encode --model \(EncodeCommandTests.model) --passages p.jsonl --out"
      // The signal comes when vectors are in the file.
      let stopped = try ParlanceProcess.shellUntilHit(
        """
        rm -f o.vectors o.vectors.*
        \(encode) o.vectors &
        while kill -0 $! && [ "$(stat -c %s o.vectors.partial 2>/dev/null || echo 0)" -lt 50000 ]; do sleep 0.01; done
        kill -\(signal) $!
        wait $!
        """, in: folder)
      #expect(stopped.code == 130, "\(stopped.error)")
      #expect(stopped.error.contains("the same command goes on from there"), "\(stopped.error)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("o.vectors") }
      #expect(left.sorted() == ["o.vectors.partial", "o.vectors.partial.words"])
      // The same ids with other words are not gone on with, whether the texts are others or what is taken of them.
      let taken = try ParlanceProcess.shell("\(encode) o.vectors --passage-text 'of {text}'", in: folder)
      #expect(taken.code == 65, "\(taken.error)")
      try Self.passages(8000).replacing("\"text\": \"", with: "\"text\": \"again ")
        .write(toFile: folder + "/p.jsonl", atomically: false, encoding: .utf8)
      let changed = try ParlanceProcess.shell("\(encode) o.vectors", in: folder)
      #expect(changed.code == 65 && changed.error.contains("made of other words"), "\(changed.error)")
      try Self.passages(8000).write(toFile: folder + "/p.jsonl", atomically: false, encoding: .utf8)

      // A file that says nothing of what is there, as after a cut of power, is no reason to refuse it.
      let words = folder + "/o.vectors.partial.words"
      try "9999999 \(String(repeating: "0", count: 64))\n12".write(toFile: words, atomically: false, encoding: .utf8)
      let resumed = try ParlanceProcess.shell("\(encode) o.vectors", in: folder)
      #expect(resumed.code == 0, "\(resumed.error)")
      #expect(resumed.error.contains("going on after "), "\(resumed.error)")
      #expect(try ParlanceProcess.shell("\(encode) whole.vectors", in: folder).code == 0)
      #expect(FileManager.default.contentsEqual(atPath: folder + "/o.vectors", andPath: folder + "/whole.vectors"))
      let finished = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("o.vectors") }
      #expect(finished == ["o.vectors"])
    }
  }

  @Test("killed with SIGKILL, it goes on with the words that it had and with no others")
  func killed() throws {
    try ParlanceProcess.inFolder(of: ["p.jsonl": Self.passages(8000)]) { folder in
      let encode = "$PARLANCE encode --model \(EncodeCommandTests.model) --passages p.jsonl --out o.vectors"
      let stopped = try ParlanceProcess.shellUntilHit(
        """
        rm -f o.vectors o.vectors.*
        \(encode) &
        while kill -0 $! && [ "$(stat -c %s o.vectors.partial 2>/dev/null || echo 0)" -lt 50000 ]; do sleep 0.01; done
        kill -KILL $!
        wait $!
        code=$?
        # With its file finished it had ended, but for the exit.
        [ ! -e o.vectors ] || exit 0
        exit $code
        """, in: folder)
      #expect(stopped.code == 137, "\(stopped.error)")
      try Self.passages(8000).replacing("\"text\": \"", with: "\"text\": \"again ")
        .write(toFile: folder + "/p.jsonl", atomically: false, encoding: .utf8)
      let changed = try ParlanceProcess.shell(encode, in: folder)
      #expect(changed.code == 65 && changed.error.contains("made of other words"), "\(changed.error)")
      try Self.passages(8000).write(toFile: folder + "/p.jsonl", atomically: false, encoding: .utf8)
      let resumed = try ParlanceProcess.shell(encode, in: folder)
      #expect(resumed.code == 0 && resumed.error.contains("going on after "), "\(resumed.error)")
    }
  }

  @Test("one SIGINT ends the wait at a pipe that gives nothing", arguments: ["--format jsonl", "--out o.vectors"])
  func idle(target: String) throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try ParlanceProcess.shell(
        """
        mkfifo in silence
        $PARLANCE encode --model \(EncodeCommandTests.model) --passages - \(target) < in > out &
        exec 8>in
        echo '{"_id": "p1", "text": "undo a commit"}' >&8
        while kill -0 $! && [ ! -s out ] && [ ! -s o.vectors.partial ]; do sleep 0.01; done
        kill -INT $!
        # Without a `sleep`, a process more, which would outlive this one and be waited for.
        (read -r -t 60 <>silence; kill -KILL $!) & watch=$!
        wait %1
        code=$?
        kill -KILL $watch
        exit $code
        """, in: folder)
      #expect(result.code == 130, "\(result.error)")
      let answer = try String(contentsOfFile: folder + "/out", encoding: .utf8)
      #expect(answer.hasPrefix("{\"id\":\"p1\"") == target.contains("jsonl"))
    }
  }
}
