import Foundation
import TestSupport
import Testing

@Suite("parlance mcp")
struct MCPCommandTests {
  private func mcp(_ lines: [String], in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["mcp", "--index", "bm25"], in: folder, input: lines.map { $0 + "\n" }.joined())
  }

  private static let meta =
    "\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"2026-07-28\", \"io.modelcontextprotocol/clientCapabilities\": {}}"

  @Test("answers a line by a line, and ends when its input does")
  func lines() throws {
    try SearchFixture.inFolder { folder in
      let result = try mcp(
        [
          "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\": {\"protocolVersion\": \"2025-11-25\"}}",
          "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}", "", "{",
          "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"tools/call\", \"params\": {\"name\": \"search\", \"arguments\": {\"query\": \"undo\"}}}",
        ], in: folder)
      #expect(result.code == 0 && result.error.isEmpty, "\(result.error)")
      let lines = result.output.split(separator: "\n")
      try #require(lines.count == 3, "\(result.output)")
      #expect(lines[0].contains("\"protocolVersion\":\"2025-11-25\""))
      #expect(lines[1].contains("-32700"))
      #expect(lines[2].hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":") && lines[2].contains("git reset"))
    }
  }

  @Test("many requests at once are all answered")
  func many() throws {
    try SearchFixture.inFolder { folder in
      let result = try mcp(
        (1...200).map {
          "{\"jsonrpc\": \"2.0\", \"id\": \($0), \"method\": \"tools/call\", \"params\": {\"name\": \"get_passage\", \"arguments\": {\"id\": \"p2\"}, \(Self.meta)}}"
        }, in: folder)
      #expect(result.code == 0, "\(result.error)")
      let answered = result.output.split(separator: "\n").compactMap { line in
        line.split(separator: "\"id\":").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
      }
      #expect(answered.sorted() == Array(1...200))
    }
  }

  @Test("an index of vectors without its model is refused before anything is read; nothing of it is on standard output")
  func refusals() throws {
    try SearchFixture.inFolder { folder in
      let made = try ParlanceProcess.run(
        [
          "index", "build", "--model", TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names",
          "--passages", "passages.jsonl", "--out", "vectors",
        ], in: folder)
      try #require(made.code == 0, "\(made.error)")
      let modelless = try ParlanceProcess.run(["mcp", "--index", "vectors"], in: folder, input: "{\n")
      #expect(modelless.code == 64 && modelless.output.isEmpty && modelless.error.contains("--model"))
      let missing = try ParlanceProcess.run(["mcp", "--index", "nowhere"], in: folder, input: "")
      #expect(missing.code == 66 && missing.output.isEmpty && missing.error.contains("nowhere"))
      for option in [["--trust-model"], ["--device", "cpu"], ["--max-length", "8"], ["--passage-text", "{text}"]] {
        let refused = try ParlanceProcess.run(["mcp", "--index", "nowhere"] + option, in: folder, input: "")
        #expect(refused.code == 64 && refused.error.contains("\(option[0]) goes with --model"), "\(refused.error)")
      }
    }
  }

  @Test("SIGTERM ends it while it waits")
  func terminated() throws {
    try SearchFixture.inFolder { folder in
      let result = try ParlanceProcess.shell(
        """
        mkfifo requests answers
        $PARLANCE mcp --index bm25 < requests > answers &
        exec 3> requests 4< answers
        echo '{"jsonrpc": "2.0", "id": 1, "method": "ping"}' >&3
        read -r line <&4
        echo "$line"
        kill -TERM $!
        wait $!
        """, in: folder)
      #expect(result.code == 130, "\(result.error)")
      #expect(result.output == "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n")
    }
  }

  @Test("answers that cannot be written end it, also while it waits for the next request, and when its input has ended")
  func unwritable() throws {
    try SearchFixture.inFolder { folder in
      let ping = "echo '{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}'"
      let result = try ParlanceProcess.shell(
        """
        mkfifo requests
        timeout 60 $PARLANCE mcp --index bm25 < requests > /dev/full &
        exec 3> requests
        \(ping) >&3
        wait $!
        echo $?
        \(ping) | $PARLANCE mcp --index bm25 > /dev/full
        echo $?
        """, in: folder)
      #expect(result.output == "73\n73\n", "\(result.error)")
    }
  }

  @Test(
    "the protocol's own client in Python works with it, in both kinds of the protocol",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"))
  func client() throws {
    try SearchFixture.inFolder { folder in
      let judge = TestSupport.packageRoot + "/Tests/CommandLineTests/Goldens/mcp_client.py"
      let python = try #require(TestSupport.judgePython)
      let result = try ParlanceProcess.shell("'\(python)' '\(judge)' $PARLANCE mcp --index bm25", in: folder)
      #expect(result.code == 0, "\(result.error.suffix(2000))")
      #expect(result.output == "2025-11-25 is good\n2026-07-28 is good\n", "\(result.output)")
    }
  }
}
