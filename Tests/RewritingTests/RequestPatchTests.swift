import Diagnostics
import Foundation
import Testing

@testable import Rewriting

@Suite("Parameters of the user's own")
struct RequestPatchTests {
  private static func request(_ patch: RequestPatch = .empty) -> ChatRequest {
    var request = ChatRequest(
      model: "m", messages: [.init(role: "system", content: "a\n"), .init(role: "user", content: "b")],
      maximumTokens: 64, temperature: 0, topP: 0.9, seed: 5, sample: 2)
    request.parameters = patch
    return request
  }

  private static func text(_ patch: String) throws -> String {
    String(decoding: request(try RequestPatch(parsing: patch)).body, as: UTF8.self)
  }

  @Test("a body without them has these bytes, by which caches know what was paid")
  func bytes() {
    #expect(
      String(decoding: Self.request().body, as: UTF8.self)
        == #"{"model":"m","messages":[{"role":"system","content":"a\n"},{"role":"user","content":"b"}],"#
        + #""max_tokens":64,"temperature":0.0,"top_p":0.9,"seed":7}"#)
  }

  @Test("they are merged as RFC 7396 has it: null takes away, objects are merged, all else is replaced")
  func merged() throws {
    let start = #"{"model":"m","messages":[{"role":"system","content":"a\n"},{"role":"user","content":"b"}],"#
    #expect(
      try Self.text(#"{"max_tokens":null,"max_completion_tokens":512,"temperature":1,"top_p":null,"seed":null}"#)
        == start + #""temperature":1,"max_completion_tokens":512}"#)
    #expect(
      try Self.text(#"{"seed":null,"top_p":null,"a":{"x":null,"b":{"c":[1,null],"d":null}},"none":null}"#)
        == start + #""max_tokens":64,"temperature":0.0,"a":{"b":{"c":[1,null]}}}"#)
  }

  @Test("two texts that say the same are one question, others are another, and none is the one without")
  func keys() throws {
    let texts = [
      #"{"a":1,"b":{"c":0.5,"d":[1,2]}}"#, #" {"b": {"d":[1,2],"c":5e-1}, "a":1}"#, #"{"a":1,"b":{"c":0.5,"d":[2,1]}}"#,
      "{}",
    ]
    let keys = try texts.map { Self.request(try RequestPatch(parsing: $0)).key(prompt: "p/1") }
    #expect(keys[0] == keys[1] && keys[0] != keys[2] && keys[3] == Self.request().key(prompt: "p/1"))
    #expect(Set(keys).count == 3)
  }

  @Test(
    "what is no object, and what the program has to say itself, is refused",
    arguments: [
      ("[1]", "expected the parameters as a JSON object, found an array"),
      ("{", "expected the parameters as a JSON object: "),
      ("max_tokens=5", "expected the parameters as a JSON object: "),
      (#"{"a":1,"a":2}"#, "expected the key \"a\" once"), (#"{"messages":[]}"#, "cannot have \"messages\""),
      (#"{"model":"x"}"#, "named apart from them"), (#"{"n":2}"#, "each sample is a question of its own"),
      (#"{"stream":null}"#, "cannot have \"stream\""),
    ])
  func refused(text: String, words: String) {
    let error = #expect(throws: ParlanceError.self) { try RequestPatch(parsing: text) }
    #expect(error?.code == .usage && error?.message.contains(words) == true, "\(error as Any)")
  }

  @Test("a job sends them with each question, and its cache and its estimate know them")
  func job() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      asked.json["max_tokens"] != nil || asked.json["temperature"] != nil || asked.json["top_p"] != nil
        ? .status(400, body: #"{"error":{"code":"unsupported_parameter","param":"max_tokens"}}"#)
        : .content(asked.question.contains("number 0?") ? "Query: when?" : "Query: a good rewrite")
    }
    let cache = MemoryCache()
    let patch = try RequestPatch(parsing: #"{"max_tokens":null,"max_completion_tokens":512,"temperature":null}"#)
    let turns = RewriteJobTests.turns(3)
    for round in 0..<2 {
      let result = try await RewriteJobTests.job(endpoint, cache) { $0.parameters = patch }.run(turns)
      #expect(result.rewrites[0].count == 2, "\(result.failures)")
      #expect(result.failures.map(\.reason) == ["the answer has under three words, twice"])
      // The body of a question that is asked once more is the same, and its answer another one.
      #expect(endpoint.asked.count == 4 && result.cost.remembered == (round == 0 ? 0 : 4))
    }
    #expect(endpoint.asked.allSatisfy { $0.json["max_completion_tokens"] as? Int == 512 })
    // Without them it is another question.
    let refused = try await RewriteJobTests.job(endpoint, cache).run(turns)
    #expect(refused.failures.count == 3 && refused.failures[0].reason.contains("another name by the parameters"))

    let fresh = MemoryCache()
    #expect(
      try RewriteJobTests.job(endpoint, fresh) { $0.parameters = patch }.estimate(turns).completionTokens == 3 * 512)
    let unbounded = try RequestPatch(parsing: #"{"max_tokens":null}"#)
    #expect(
      try RewriteJobTests.job(endpoint, fresh) { $0.parameters = unbounded }.estimate(turns).completionTokens == nil)
  }

  @Test("the greatest number of tokens is read where an endpoint may read one")
  func mostTokens() throws {
    for (text, most) in [
      ("{}", 64), (#"{"max_tokens":2000000}"#, 2_000_000), (#"{"max_tokens":"512"}"#, 512),
      (#"{"max_tokens":512.0}"#, 512), (#"{"max_completion_tokens":"9"}"#, 9), (#"{"max_tokens":null}"#, nil),
      (#"{"max_tokens":-1}"#, nil), (#"{"max_tokens":"many"}"#, nil), (#"{"max_tokens":9223372036854775807}"#, nil),
    ] as [(String, Int?)] {
      #expect(Self.request(try RequestPatch(parsing: text)).mostTokens == most, "\(text)")
    }
  }

  @Test("an advice on the number of tokens names where it is set")
  func tokenBound() throws {
    for (text, bound) in [
      ("{}", "max tokens"), (#"{"max_tokens":null}"#, "max tokens"),
      (#"{"max_tokens":9}"#, "max_tokens in the parameters"),
      (#"{"max_tokens":null,"max_completion_tokens":9}"#, "max_completion_tokens in the parameters"),
    ] {
      #expect(try RequestPatch(parsing: text).tokenBound == bound)
    }
  }

  @Test(
    "the path goes before the query of an endpoint",
    arguments: [
      ("http://h/v1", "http://h/v1/chat/completions"), ("http://h/v1//", "http://h/v1/chat/completions"),
      ("http://h/v1/chat/completions", "http://h/v1/chat/completions"),
      ("http://h/v1?api-version=1", "http://h/v1/chat/completions?api-version=1"),
      ("http://h/v1/?a=/x/&b=?#c", "http://h/v1/chat/completions?a=/x/&b=?"),
      ("http://h/v1/chat/completions/?a=1", "http://h/v1/chat/completions?a=1"),
      ("http://h?a", "http://h/chat/completions?a"),
    ])
  func url(endpoint: String, url: String) throws {
    let prompt = try PromptTemplate(named: "keywords")
    #expect(RewriteJob.Configuration(endpoint: endpoint, model: "m", prompt: prompt).url == url)
  }
}
