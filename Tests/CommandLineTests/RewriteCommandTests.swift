import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("parlance rewrite")
struct RewriteCommandTests {
  /// Conversations of so many turns, each its own.
  static func conversations(_ count: Int) -> String {
    (0..<count).map {
      #"{"id":"t\#($0)","conversation":"c\#($0)","turn":1,"messages":[{"role":"user","content":"what is number \#($0)?"}]}"#
    }.joined(separator: "\n") + "\n"
  }

  @Test("prints the prompts of the library")
  func prompts() throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try ParlanceProcess.run(["rewrite", "--show-prompt", "keywords"], in: folder)
      #expect(result.code == 0 && result.output.contains("name: keywords\nversion: 1\n"))
      #expect(try ParlanceProcess.run(["rewrite", "--show-prompt", "x"], in: folder).code == 64)
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and nothing is left",
    arguments: [
      ("", 64, "expected a file of conversations"), ("c.jsonl", 64, "expected --out"),
      ("c.jsonl --out o", 64, "expected --endpoint"), ("c.jsonl --out o --endpoint ftp://x", 64, "expected --endpoint"),
      ("c.jsonl --out o --endpoint http://x:99999/v1 --model m", 64, "expected --endpoint"),
      ("c.jsonl --out o --endpoint http://x", 64, "expected --model"),
      ("c.jsonl --out o --endpoint http://x --model m --samples 0", 64, "--samples of at least 1"),
      ("c.jsonl --out o --endpoint http://x --model m --samples 2 --temperature 0", 64, "would be the same"),
      ("c.jsonl --out o --endpoint http://x --model m --temperature 3", 64, "--temperature from 0 to 2"),
      ("c.jsonl --out o --endpoint http://x --model m --top-p 0", 64, "--top-p above 0"),
      ("c.jsonl --out o --endpoint http://x --model m --price 1,2", 64, "--price belongs to --dry-run"),
      ("c.jsonl --out o --endpoint http://x --model m --dry-run --price 1", 64, "two numbers of 0 or more"),
      ("c.jsonl --out o --endpoint http://x --model m --prompt nope", 64, "there is no prompt \"nope\""),
      ("c.jsonl --out o --endpoint http://x --model m --prompt bad.prompt", 65, "bad.prompt:1: expected"),
      ("c.jsonl --out nodir/o --endpoint http://x --model m --dry-run", 73, "there is no folder nodir"),
      ("c.jsonl --out o --endpoint http://x --model m --prompt none.prompt", 66, "none.prompt"),
      ("c.jsonl --out o --endpoint http://x --model m --key-variable NO_SUCH_KEY", 64, "NO_SUCH_KEY, which is not set"),
      ("c.jsonl --out c.jsonl --endpoint http://x --model m", 64, "the output is one of the inputs"),
      ("c.1.jsonl --out c.jsonl --samples 2 --endpoint http://x --model m", 64, "the output is one of the inputs"),
      ("c.jsonl --out k --cache c.jsonl --endpoint http://x --model m", 64, "the output is one of the inputs"),
      ("c.jsonl --out bad.prompt --prompt bad.prompt --endpoint http://x --model m", 64, "one of the inputs"),
      ("c.jsonl --out k --cache k --endpoint http://x --model m", 64, "the output is one of the inputs"),
      ("c.jsonl --out n --cache n --endpoint http://x --model m", 64, "the answers are kept in this file"),
      ("c.jsonl --out n-wal --cache n --endpoint http://x --model m", 64, "the answers are kept in this file"),
      ("c.jsonl --out o --endpoint http://x --model m --timeout 9300000000", 64, "--timeout of at least 1, at most"),
      ("c.jsonl --out o --endpoint http://x --model m --seed 9223372036854775807", 64, "--seed from 0 to"),
      ("bad.jsonl --out o --endpoint http://x --model m", 65, "bad.jsonl:1"),
      ("none.jsonl --out o --endpoint http://x --model m", 66, "none.jsonl"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    let files = [
      "c.jsonl": Self.conversations(1), "c.1.jsonl": Self.conversations(1), "k": "", "bad.jsonl": "{}\n",
      "bad.prompt": "nome: x\n",
    ]
    try ParlanceProcess.inFolder(of: files) { folder in
      let result = try ParlanceProcess.run(
        ["rewrite"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(words), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/o"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/rewrites.cache.sqlite"))
    }
  }

  @Test("a key that no header can hold is refused and not shown")
  func oddKey() throws {
    try ParlanceProcess.inFolder(of: ["c.jsonl": Self.conversations(1)]) { folder in
      let result = try ParlanceProcess.run(
        ["rewrite", "c.jsonl", "--out", "o", "--endpoint", "http://x", "--model", "m"], in: folder,
        environment: ["OPENAI_API_KEY": "sk-secret\u{1}123"])
      #expect(result.code == 64 && result.error.contains("characters that no header can hold"), "\(result.error)")
      #expect(!result.error.contains("secret"))
    }
  }

  @Test("a key does not cross a network unencrypted unless that is asked for")
  func keyOverHTTP() throws {
    try ParlanceProcess.inFolder(of: ["c.jsonl": Self.conversations(1)]) { folder in
      for (endpoint, isRefused) in [
        ("http://models.test/v1", true), ("http://127.0.0.2.test/v1", true), ("https://models.test/v1", false),
        ("http://localhost:9/v1", false), ("http://[::1]:9/v1", false),
      ] {
        let arguments = ["rewrite", "c.jsonl", "--out", "o", "--endpoint", endpoint, "--model", "m", "--dry-run"]
        let result = try ParlanceProcess.run(arguments, in: folder, environment: ["OPENAI_API_KEY": "sk-secret"])
        #expect(
          result.error.contains("would go to ") == isRefused && (result.code == 64) == isRefused, "\(result.error)")
        #expect(!result.error.contains("secret"))
        let asked = try ParlanceProcess.run(
          arguments + ["--key-over-http"], in: folder, environment: ["OPENAI_API_KEY": "sk-secret"])
        #expect(asked.code != 64, "\(asked.error)")
      }
    }
  }

  #if Network
    @Test("white space around a key, as settings files leave it, is no part of it")
    func keyWithLineEnd() throws {
      let keys = Mutex<[String?]>([])
      let server = try LocalHTTPServer { request in
        keys.withLock { $0.append(request.headers["authorization"]) }
        return Self.reply("Query: what is it really?")
      }
      defer { server.stop() }
      try ParlanceProcess.inFolder(of: ["c.jsonl": Self.conversations(1)]) { folder in
        let result = try ParlanceProcess.run(
          [
            "rewrite", "c.jsonl", "--out", "o", "--endpoint", "http://127.0.0.1:\(server.port)/v1", "--model", "m",
          ], in: folder, environment: ["OPENAI_API_KEY": " sk-secret\r\n"])
        #expect(result.code == 0, "\(result.error)")
        #expect(keys.withLock { $0 } == ["Bearer sk-secret"])
      }
    }

    static func reply(_ content: String) -> LocalHTTPServer.Reply {
      .whole(
        200,
        body: #"{"choices":[{"message":{"content":"\#(content)"}}],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#)
    }

    @Test("rewrites in the order of the turns, tells failures, and estimates before and after")
    func rewrites() throws {
      let server = try LocalHTTPServer { request in
        let text = String(decoding: request.body, as: UTF8.self)
        return Self.reply(text.contains("number 1?") ? "Query: one?" : "Query: what is it really?")
      }
      defer { server.stop() }
      try ParlanceProcess.inFolder(of: ["c.jsonl": Self.conversations(3)]) { folder in
        let base = [
          "rewrite", "c.jsonl", "--endpoint", "http://127.0.0.1:\(server.port)/v1", "--model", "m", "--out",
          "r/a.jsonl",
        ]
        try FileManager.default.createDirectory(atPath: folder + "/r", withIntermediateDirectories: true)
        let estimate = try ParlanceProcess.run(
          base + ["--dry-run", "--price", "1,2", "--concurrency", "5"], in: folder)
        #expect(estimate.output.contains("3 rewrites of 3 turns, 0 remembered, 3 to ask for"), "\(estimate.error)")
        #expect(estimate.output.contains("up to 192 to write; twice that were every answer asked for again"))
        #expect(estimate.output.contains("with 5 under way: 1 s at half a second an answer, 2 s at three seconds"))
        // Looking makes nothing.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/r").isEmpty)
        let result = try ParlanceProcess.run(base, in: folder)
        #expect(result.code == 65)
        #expect(result.error.contains("t1: the answer has under three words, twice"), "\(result.error)")
        #expect(result.error.contains("asked 4 times, 4 answers, 0 remembered; 36 tokens read, 16 written"))
        #expect(
          try String(contentsOfFile: folder + "/r/a.jsonl", encoding: .utf8) == """
            {"id":"t0","text":"what is it really?"}
            {"id":"t2","text":"what is it really?"}

            """)
        let later = try ParlanceProcess.run(base + ["--dry-run", "--json"], in: folder)
        #expect(
          later.output.contains(#""missing": 0"#) && later.output.contains(#""concurrency": 16"#), "\(later.output)")
        let again = try ParlanceProcess.run(base + ["--json"], in: folder)
        #expect(again.code == 65 && again.output.contains(#""asked": 0, "#) || again.output.contains("\"asked\": 0"))
        #expect(FileManager.default.fileExists(atPath: folder + "/r/rewrites.cache.sqlite"))
      }
    }

    @Test("killed at any moment and run again, each turn's whole answer was sent once, but for those under way")
    func killed() throws {
      let sent = Mutex<[[UInt8]: Int]>([:])
      // From the request of this number on they wait until who sent them is dead, so that it cannot come to its end before.
      let held = Mutex<(limit: Int, waiting: Int)>((.max, 0))
      let (isEnough, isDead) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      let server = try LocalHTTPServer { request in
        let count = sent.withLock { sent in
          sent[request.body, default: 0] += 1
          return sent.values.reduce(0, +)
        }
        let place = held.withLock { held in
          if count >= held.limit { held.waiting += 1 }
          return count >= held.limit ? held.waiting : 0
        }
        if place == 1 { isEnough.signal() }
        if place > 0 { isDead.wait() }
        return Self.reply("Query: what is it really?")
      }
      defer { server.stop() }
      let (turns, concurrency) = (60, 4)
      try ParlanceProcess.inFolder(of: ["c.jsonl": Self.conversations(turns)]) { folder in
        let arguments = [
          "rewrite", "c.jsonl", "--endpoint", "http://127.0.0.1:\(server.port)/v1", "--model", "m", "--out", "a.jsonl",
          "--concurrency", "\(concurrency)",
        ]
        var kills = 0
        for limit in [7, 20, 33] {
          held.withLock { $0 = (limit, 0) }
          let process = Process()
          process.executableURL = URL(fileURLWithPath: ParlanceProcess.executable)
          process.arguments = arguments
          process.currentDirectoryURL = URL(fileURLWithPath: folder)
          process.standardError = FileHandle.nullDevice
          try process.run()
          #expect(isEnough.wait(timeout: .now() + 600) == .success)
          kill(process.processIdentifier, SIGKILL)
          process.waitUntilExit()
          #expect(process.terminationReason == .uncaughtSignal)
          let waiting = held.withLock { held in
            defer { held = (.max, 0) }
            return held.waiting
          }
          for _ in 0..<waiting { isDead.signal() }
          kills += 1
          #expect(!FileManager.default.fileExists(atPath: folder + "/a.jsonl"))
        }
        let result = try ParlanceProcess.run(arguments, in: folder)
        #expect(result.code == 0, "\(result.error)")
        let lines = try String(contentsOfFile: folder + "/a.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == turns)
        let counts = sent.withLock { Array($0.values) }
        #expect(counts.count == turns)
        #expect(counts.reduce(0, +) - turns <= kills * concurrency)
      }
    }
  #endif
}
