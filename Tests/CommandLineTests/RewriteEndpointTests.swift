import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("parlance rewrite and what endpoints differ in")
struct RewriteEndpointTests {
  @Test(
    "parameters that are none are refused before anything is read",
    arguments: [
      ("[1]", "expected the parameters as a JSON object, found an array"),
      ("{", "expected the parameters as a JSON object"),
      (#"{"n":2}"#, "the parameters cannot have \"n\""), (#"{"model":"x"}"#, "named apart from them"),
    ])
  func malformed(parameters: String, words: String) throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try ParlanceProcess.run(
        [
          "rewrite", "none.jsonl", "--out", "o", "--endpoint", "http://x", "--model", "m", "--parameters", parameters,
        ], in: folder)
      #expect(result.code == 64 && result.error.contains(words), "\(result.error)")
    }
  }

  @Test("an estimate goes by the number of tokens that is sent, and says where none is")
  func estimate() throws {
    try ParlanceProcess.inFolder(of: ["c.jsonl": RewriteCommandTests.conversations(3)]) { folder in
      let base = [
        "rewrite", "c.jsonl", "--out", "o", "--endpoint", "http://x", "--model", "m", "--dry-run", "--price", "1,2",
        "--parameters",
      ]
      let renamed = try ParlanceProcess.run(base + [#"{"max_tokens":null,"max_completion_tokens":512}"#], in: folder)
      #expect(renamed.code == 0 && renamed.output.contains("up to 1,536 to write"), "\(renamed.output)\(renamed.error)")
      let unbounded = try ParlanceProcess.run(base + [#"{"max_tokens":null}"#], in: folder)
      #expect(unbounded.output.contains("without a bound on those to write"), "\(unbounded.output)")
      #expect(unbounded.output.contains("that price has no bound"), "\(unbounded.output)")
      let odd = try ParlanceProcess.run(base + [#"{"max_tokens":-1}"#], in: folder)
      #expect(odd.output.contains("name no greatest number of tokens to count with"), "\(odd.output)")
      let large = try ParlanceProcess.run(base + [#"{"max_tokens":2000000}"#], in: folder)
      #expect(large.output.contains("up to 6,000,000 to write"), "\(large.output)")
      let json = try ParlanceProcess.run(base + [#"{"max_tokens":null}"#, "--json"], in: folder).output
      for key in ["completion_tokens_at_most", "cost", "cost_at_most"] {
        #expect(json.contains("\"\(key)\": null"), "\(json)")
      }
    }
  }

  #if Network
    private static func base(_ port: Int) -> [String] {
      ["rewrite", "c.jsonl", "--endpoint", "http://127.0.0.1:\(port)/v1?version=1", "--model", "m", "--out", "a.jsonl"]
    }

    @Test("a model that takes other parameters is asked with them, at an address with a query")
    func parameters() throws {
      let paths = Mutex<Set<String>>([])
      let server = try LocalHTTPServer { request in
        paths.withLock { _ = $0.insert(request.path) }
        let text = String(decoding: request.body, as: UTF8.self)
        if text.contains("max_tokens") || text.contains("temperature") {
          return .whole(400, body: #"{"error":{"code":"unsupported_parameter","param":"max_tokens"}}"#)
        }
        return RewriteCommandTests.reply("Query: what is it really?")
      }
      defer { server.stop() }
      try ParlanceProcess.inFolder(of: ["c.jsonl": RewriteCommandTests.conversations(2)]) { folder in
        let refused = try ParlanceProcess.run(Self.base(server.port), in: folder)
        #expect(refused.code == 65, "\(refused.error)")
        #expect(
          refused.error.contains(#"another name by the parameters: '{"max_tokens":null,"max_completion_tokens":512}'"#),
          "\(refused.error)")
        let parameters = #"{"max_tokens":null,"max_completion_tokens":512,"temperature":null}"#
        let result = try ParlanceProcess.run(Self.base(server.port) + ["--parameters", parameters], in: folder)
        #expect(result.code == 0, "\(result.error)")
      }
      #expect(paths.withLock { $0 } == ["/v1/chat/completions?version=1"])
    }

    @Test("tokens that nobody counted and rewrites without the label are told as that")
    func report() throws {
      let server = try LocalHTTPServer { request in
        let isFirst = String(decoding: request.body, as: UTF8.self).contains("number 0?")
        let content = isFirst ? "Query: what is it really?" : "what is it really?"
        return .whole(200, body: #"{"choices":[{"message":{"content":"\#(content)"}}]}"#)
      }
      defer { server.stop() }
      // Its last message does not end in the label.
      let base = Self.base(server.port) + ["--prompt", "few-shot"]
      try ParlanceProcess.inFolder(of: ["c.jsonl": RewriteCommandTests.conversations(3)]) { folder in
        let result = try ParlanceProcess.run(base, in: folder)
        #expect(result.code == 0, "\(result.error)")
        #expect(
          result.error.contains("asked 3 times, 3 answers, 0 remembered; tokens not counted by the endpoint\n"),
          "\(result.error)")
        #expect(
          result.error.contains("2 rewrites from answers without the label that the prompt asks for"), "\(result.error)"
        )
        try FileManager.default.removeItem(atPath: folder + "/rewrites.cache.sqlite")
        let json = try ParlanceProcess.run(base + ["--json"], in: folder).output
        for words in [
          #""prompt_tokens": null"#, #""completion_tokens": null"#, #""uncounted": 3"#, #""unlabelled": 2"#,
        ] {
          #expect(json.contains(words), "\(json)")
        }
        // Nothing was asked, so that 0 is a count.
        let again = try ParlanceProcess.run(base + ["--json"], in: folder).output
        #expect(again.contains(#""prompt_tokens": 0"#) && again.contains(#""uncounted": 0"#), "\(again)")
      }
    }

    @Test("a key that is refused for all that a rerun asks for leaves the older output as it is")
    func revokedKey() throws {
      let isRevoked = Mutex(false)
      let server = try LocalHTTPServer { _ in
        isRevoked.withLock { $0 } ? .whole(403, body: "{}") : RewriteCommandTests.reply("Query: what is it really?")
      }
      defer { server.stop() }
      try ParlanceProcess.inFolder(of: ["c.jsonl": RewriteCommandTests.conversations(2)]) { folder in
        #expect(try ParlanceProcess.run(Self.base(server.port), in: folder).code == 0)
        let output = try String(contentsOfFile: folder + "/a.jsonl", encoding: .utf8)
        #expect(output.split(separator: "\n").count == 2)
        isRevoked.withLock { $0 = true }
        // One of the two is asked about again, in other words.
        try RewriteCommandTests.conversations(3).replacing("number 0?", with: "number zero?").write(
          toFile: folder + "/c.jsonl", atomically: true, encoding: .utf8)
        let result = try ParlanceProcess.run(Self.base(server.port), in: folder)
        #expect(result.code == 69 && result.error.contains("the endpoint refuses the key"), "\(result.error)")
        #expect(try String(contentsOfFile: folder + "/a.jsonl", encoding: .utf8) == output)
      }
    }

    @Test("a model that only thinks ends the run early, with what to do")
    func thinking() throws {
      let count = Mutex(0)
      let server = try LocalHTTPServer { _ in
        count.withLock { $0 += 1 }
        return .whole(200, body: #"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#)
      }
      defer { server.stop() }
      try ParlanceProcess.inFolder(of: ["c.jsonl": RewriteCommandTests.conversations(100)]) { folder in
        let result = try ParlanceProcess.run(Self.base(server.port), in: folder)
        #expect(result.code == 65, "\(result.error)")
        #expect(
          result.error.contains("cut off at the greatest number of tokens (20); raise max tokens"), "\(result.error)")
        #expect(count.withLock { $0 } <= 72)
        #expect(!FileManager.default.fileExists(atPath: folder + "/a.jsonl"))
      }
    }
  #endif
}
