import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Rewriting

@Suite("What endpoints say of failures")
struct EndpointErrorTests {
  private static func answer(_ message: String, finish: String, more: String = "") -> String {
    #"{"choices":[{"message":{"role":"assistant",\#(message)},"finish_reason":"\#(finish)"\#(more)}]}"#
  }

  @Test(
    "a failure in an answer of status 200 that no question fares better after ends the job",
    arguments: [
      (
        #"{"error":{"code":402,"type":"insufficient_quota","message":"pay"}}"#,
        "the endpoint wants to be paid first (status 200, insufficient_quota, 402)"
      ),
      (#"{"error":{"type":"insufficient_quota"}}"#, "the account's quota is used up (status 200, insufficient_quota)"),
      (
        #"{"choices":[],"error":{"type":"invalid_request_error","code":"invalid_api_key"}}"#,
        "the endpoint refuses the key, none was given (status 200, invalid_request_error, invalid_api_key)"
      ),
      (#"{"error":"model_not_found"}"#, "the endpoint has no such address or model (status 200, model_not_found)"),
    ])
  func fatal(body: String, message: String) async throws {
    let endpoint = FakeEndpoint { _, _ in .raw(body) }
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(50))
    }
    #expect(error?.code == .unavailable && error?.message == message, "\(error as Any)")
    #expect(endpoint.asked.count < 50)
  }

  @Test(
    "a failure in an answer of status 200 that may pass is asked again and not remembered",
    arguments: [
      answer(#""content":"""#, finish: "error"), answer(#""content":"Query: one two thr""#, finish: "error"),
      answer(#""content":"Query: one two thr""#, finish: "stop", more: #","error":{"code":502,"message":"up"}"#),
      #"{"error":{"code":"429","message":"slow"}}"#, #"{"error":{"message":"provider returned an error"}}"#,
      // Only a loose reader reads this.
      #"{"id":1,"id":2,"choices":[{"message":{"content":"Query: one two thr"},"finish_reason":"error"}]}"#,
    ])
  func passing(body: String) async throws {
    let isWell = Mutex(false)
    let endpoint = FakeEndpoint { _, _ in isWell.withLock { $0 } ? .content("Query: a good rewrite") : .raw(body) }
    let cache = MemoryCache()
    let result = try await RewriteJobTests.job(endpoint, cache) { $0.retries.attempts = 2 }.run(
      RewriteJobTests.turns(1))
    #expect(result.failures.first?.mayAskAgain == true && endpoint.asked.count == 2 && cache.count == 0)
    isWell.withLock { $0 = true }
    let later = try await RewriteJobTests.job(endpoint, cache).run(RewriteJobTests.turns(1))
    #expect(later.rewrites[0] == ["c_0": "a good rewrite"])
  }

  @Test("an answer with an error that says nothing is an answer")
  func noError() async throws {
    for error in ["null", "{}", "\"\"", "false"] {
      let body = #"{"error":\#(error),"choices":[{"message":{"content":"Query: a good rewrite"},"error":\#(error)}]}"#
      let endpoint = FakeEndpoint { _, _ in .raw(body) }
      let result = try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(1))
      #expect(result.rewrites[0].count == 1 && endpoint.asked.count == 1, "\(error)")
    }
  }

  @Test(
    "what a filter kept back and what the model refuses are told as that, once asked for again, and remembered",
    arguments: [
      (
        answer(#""content":null"#, finish: "content_filter"),
        "the endpoint's content filter kept the answer back, twice"
      ),
      (
        answer(#""content":"Query: one two three""#, finish: "content_filter"),
        "the endpoint's content filter kept the answer back, twice"
      ),
      (answer(#""content":null,"refusal":"I cannot""#, finish: "stop"), "the model refuses to answer, twice"),
      (
        answer(#""content":[{"type":"refusal","refusal":"I cannot"}]"#, finish: "stop"),
        "the model refuses to answer, twice"
      ),
    ])
  func keptBack(body: String, reason: String) async throws {
    let endpoint = FakeEndpoint { _, _ in .raw(body) }
    let cache = MemoryCache()
    for _ in 0..<2 {
      let result = try await RewriteJobTests.job(endpoint, cache).run(RewriteJobTests.turns(1))
      #expect(result.failures.map(\.reason) == [reason] && result.failures.first?.kind == .noRewrite)
    }
    #expect(endpoint.asked.count == 2)
    let spoken = Self.answer(#""content":"Query: a good rewrite","refusal":"""#, finish: "stop")
    #expect(ChatAnswer(body: Array(spoken.utf8))?.isRefusal == false)
  }

  @Test(
    "kinds are told whatever form they have, messages never",
    arguments: [
      (#"{"error":{"code":1234,"message":"about Eiffel"}}"#, "(status 400, 1234)"),
      (#"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Eiffel"}}"#, "(status 400, INVALID_ARGUMENT)"),
      (#"[{"error":{"code":400,"status":"INVALID_ARGUMENT"}}]"#, "(status 400, INVALID_ARGUMENT)"),
      (#"{"object":"error","type":"BadRequestError","param":null,"code":400}"#, "(status 400, BadRequestError)"),
      (#"{"error":"bad_question"}"#, "(status 400, bad_question)"),
      (#"{"error":"what of Eiffel"}"#, "(status 400, its message is not shown)"),
      (#"{"detail":"what of Eiffel"}"#, "(status 400, its message is not shown)"),
      (#"{"error":"埃菲尔"}"#, "(status 400, its message is not shown)"), ("Eiffel", "(status 400)"),
    ])
  func kinds(body: String, words: String) async throws {
    let endpoint = FakeEndpoint { _, _ in .status(400, body: body) }
    let result = try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(1))
    #expect(result.failures.map(\.reason) == ["the endpoint refuses the question " + words])
  }

  @Test(
    "a refusal that names a parameter says what to do about it, and one that speaks of temperatures does not",
    arguments: [
      (
        #"{"error":{"param":"temperature","message":"no"}}"#,
        #"; leave it out by the parameters: '{"temperature":null}'"#
      ),
      (
        #"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}"#,
        #"'{"max_tokens":null,"max_completion_tokens":512}'"#
      ),
      (#"{"error":"`top_p` is not supported"}"#, #"'{"top_p":null}'"#),
      (#"{"error":{"param":"messages","message":"'temperature'"}}"#, "(status 400, messages)"),
      (#"{"error":{"message":"at what temperature does it melt?"}}"#, "(status 400, its message is not shown)"),
    ])
  func parameters(body: String, end: String) async throws {
    let endpoint = FakeEndpoint { _, _ in .status(400, body: body) }
    let reason = try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(1)).failures.first?.reason
    #expect(reason?.hasSuffix(end) == true, "\(reason ?? "")")
  }

  @Test("a redirect ends the job and names the address, without what may be a secret", arguments: [301, 302, 307, 308])
  func redirect(status: Int) async throws {
    let endpoint = FakeEndpoint { _, _ in .status(status, location: "https://new.test/v1/chat/completions?state=hidden")
    }
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(50))
    }
    #expect(error?.code == .unavailable)
    #expect(
      error?.message
        == "the endpoint redirects to https://new.test/v1/chat/completions (status \(status)), which is not "
        + "followed; name the final address as the endpoint")
    #expect(endpoint.asked.count < 50)
  }

  #if Network
    @Test("the address of a redirect is read on the wire, and the key is not sent there")
    func redirectOnTheWire() async throws {
      let count = Mutex(0)
      let server = try LocalHTTPServer { _ in
        count.withLock { $0 += 1 }
        return .whole(308, headers: ["Location": "/v2/chat/completions"], body: "")
      }
      defer { server.stop() }
      var configuration = RewriteJob.Configuration(
        endpoint: "http://127.0.0.1:\(server.port)/v1", model: "m", prompt: try PromptTemplate(named: "few-shot"))
      configuration.timeout = .seconds(3600)
      let job = RewriteJob(
        configuration, cache: MemoryCache(), transport: AsyncHTTPChatTransport(connections: 1, environment: [:]))
      let error = await #expect(throws: ParlanceError.self) { try await job.run(RewriteJobTests.turns(1)) }
      await job.shutdown()
      #expect(error?.message.contains("redirects to /v2/chat/completions (status 308)") == true, "\(error as Any)")
      #expect(count.withLock { $0 } == 1)
    }
  #endif

  @Test(
    "status 403 is about the question where others are answered in the same run, or where it says so, and else about the key"
  )
  func forbidden() async throws {
    let cache = MemoryCache()
    let body = #"{"error":{"code":403,"message":"flagged"}}"#
    // The very first question is refused, before any is answered.
    let strict = FakeEndpoint { asked, _ in
      asked.question.contains("number 0?") || asked.question.contains("number 7?")
        ? .status(403, body: body) : .content("Query: a good rewrite")
    }
    let result = try await RewriteJobTests.job(strict, cache) { $0.concurrency = 1 }.run(RewriteJobTests.turns(9))
    #expect(result.rewrites[0].count == 7)
    #expect(
      result.failures.map(\.reason)
        == Array(repeating: "the endpoint refuses the question (status 403, its message is not shown)", count: 2))
    #expect(result.failures.allSatisfy { $0.kind == .refused })
    for count in [1, 500] {
      let closed = FakeEndpoint { _, _ in .status(403, body: body) }
      let error = await #expect(throws: ParlanceError.self) {
        try await RewriteJobTests.job(closed, key: "sk-secret").run(RewriteJobTests.turns(count))
      }
      #expect(error?.code == .unavailable)
      #expect(
        error?.message == "the endpoint refuses the key, or every question (status 403, its message is not shown)")
      #expect(closed.asked.count < 60)
    }
    let flagging = FakeEndpoint { _, _ in
      .status(403, body: #"{"error":{"code":403,"metadata":{"reasons":["violence"],"flagged_input":"Eiffel"}}}"#)
    }
    let flagged = try await RewriteJobTests.job(flagging).run(RewriteJobTests.turns(1))
    #expect(flagged.failures.map(\.reason) == ["the endpoint refuses the question (status 403)"])
  }

  @Test("what is remembered says nothing about a key, and a key that is revoked ends a run that had answers")
  func revoked() async throws {
    let cache = MemoryCache()
    let good = FakeEndpoint { _, _ in .content("Query: a good rewrite") }
    _ = try await RewriteJobTests.job(good, cache).run(RewriteJobTests.turns(1))
    for count in [2, 500] {
      let closed = FakeEndpoint { _, _ in .status(403) }
      let error = await #expect(throws: ParlanceError.self) {
        try await RewriteJobTests.job(closed, cache, key: "sk-secret").run(RewriteJobTests.turns(count))
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "the endpoint refuses the key, or every question (status 403)")
      #expect((1..<60).contains(closed.asked.count))
    }
    let revoking = FakeEndpoint { _, number in number < 5 ? .content("Query: a good rewrite") : .status(403) }
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(revoking, key: "sk-secret") { $0.concurrency = 1 }.run(RewriteJobTests.turns(50))
    }
    #expect(error?.code == .unavailable && revoking.asked.count == 25)
    #expect(
      error?.message
        == "the endpoint refuses the key, or each question about 20 turns, with no answer between them (status 403)")
    // Nineteen in a row are not so many.
    let moody = FakeEndpoint { _, number in number % 20 == 0 ? .content("Query: a good rewrite") : .status(403) }
    let result = try await RewriteJobTests.job(moody) { $0.concurrency = 1 }.run(RewriteJobTests.turns(60))
    #expect(result.rewrites[0].count == 3 && result.failures.count == 57)
  }
}
