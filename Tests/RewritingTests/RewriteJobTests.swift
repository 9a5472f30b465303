import Conversations
import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Rewriting

@Suite("Rewriting")
struct RewriteJobTests {
  static func turns(_ count: Int) -> [Turn] {
    (0..<count).map { PromptTests.turn("c_\($0)", ["Who built it?", "Eiffel.", "When was number \($0)?"]) }
  }

  /// The pauses that a job took, instead of taking them.
  final class Pauses: Sendable {
    let taken = Mutex<[Duration]>([])
    var total: Duration { taken.withLock { $0.reduce(.zero, +) } }
  }

  static func job(
    _ endpoint: FakeEndpoint, _ cache: any AnswerCache = MemoryCache(), key: String? = nil, pauses: Pauses = Pauses(),
    interruption: Interruption? = nil, _ change: (inout RewriteJob.Configuration) -> Void = { _ in }
  ) throws -> RewriteJob {
    var configuration = RewriteJob.Configuration(
      endpoint: "http://test/v1/", model: "m", prompt: try PromptTemplate(named: "self-contained"))
    configuration.key = key
    change(&configuration)
    return RewriteJob(configuration, cache: cache, transport: endpoint, interruption: interruption) { time in
      pauses.taken.withLock { $0.append(time) }
      try? await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test("each turn is asked for once, and a rerun asks for nothing")
  func once() async throws {
    let endpoint = FakeEndpoint { asked, _ in .content("Query: rewritten \(asked.question.suffix(20))") }
    let cache = MemoryCache()
    let turns = Self.turns(40)
    let first = try await Self.job(endpoint, cache, key: "secret").run(turns)
    #expect(first.rewrites[0].count == 40 && first.failures.isEmpty)
    #expect(endpoint.asked.count == 40 && first.cost.asked == 40)
    #expect(first.cost.promptTokens == 800 && first.cost.completionTokens == 280)
    let asked = try #require(endpoint.asked.first)
    #expect(asked.url == "http://test/v1/chat/completions")
    #expect(asked.headers["authorization"] == "Bearer secret")
    #expect(asked.json["temperature"] as? Double == 0 && asked.json["max_tokens"] as? Int == 64)
    let second = try await Self.job(endpoint, cache).run(turns)
    #expect(endpoint.asked.count == 40)
    #expect(second.rewrites == first.rewrites && second.cost.remembered == 40)
    // Another model, parameter or prompt is another question.
    _ = try await Self.job(endpoint, cache) { $0.topP = 0.5 }.run(turns)
    #expect(endpoint.asked.count == 80)
    let other = try PromptTemplate(named: "few-shot")
    _ = try await Self.job(endpoint, cache) { $0.prompt = other }.run(turns)
    #expect(endpoint.asked.count == 120)
  }

  @Test(
    "drops, delays, 429, 500, garbage and half bodies: nothing is lost, nothing is paid twice", arguments: [UInt64(7)])
  func faults(seed: UInt64) async throws {
    let random = Mutex(SeededGenerator(seed: seed))
    let endpoint = FakeEndpoint { asked, _ in
      switch random.withLock({ Int.random(in: 0..<10, using: &$0) }) {
      case 0: .broken
      case 1: .status(429, retryAfter: "0.02")
      case 2: .status(500)
      case 3: .raw("<html>busy</html>")
      case 4: .raw(String(FakeEndpoint.answer("Query: never whole, never").prefix(50)))
      case 5: .status(503)
      default: .content("Query: the rewrite of \(asked.question.suffix(20))")
      }
    }
    let pauses = Pauses()
    let result = try await Self.job(endpoint, pauses: pauses) { $0.retries = RetryPolicy(attempts: 40) }
      .run(Self.turns(60))
    #expect(result.rewrites[0].count == 60 && result.failures.isEmpty, "seed \(seed)")
    #expect(endpoint.paid.count == 60 && endpoint.paid.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    #expect(result.cost.answered == 60 && result.cost.asked == endpoint.asked.count)
    #expect(endpoint.asked.count > 60 && pauses.total > .seconds(1))
  }

  @Test("an answer that is no rewrite is asked for once more with sampling; what fails twice is told and remembered")
  func validation() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      let isSecond = asked.json["temperature"] as? Double == 0.7 && asked.json["top_p"] as? Double == 0.9
      if asked.question.contains("number 0?") { return .content(isSecond ? "Query: when was it then" : "Query: when?") }
      if asked.question.contains("number 1?") { return .content(isSecond ? "" : "Query: when?") }
      return .content("Query: a good rewrite")
    }
    let cache = MemoryCache()
    let result = try await Self.job(endpoint, cache).run(Self.turns(3))
    #expect(result.rewrites[0] == ["c_0": "when was it then", "c_2": "a good rewrite"])
    #expect(
      result.failures == [.init(turn: "c_1", sample: 0, reason: "the answer is empty, twice", kind: .noRewrite)])
    #expect(endpoint.asked.count == 5)
    #expect(try await Self.job(endpoint, cache).run(Self.turns(3)).failures == result.failures)
    #expect(endpoint.asked.count == 5)
  }

  @Test("turns with the same words are one question, also while it is under way")
  func sameWords() async throws {
    let endpoint = FakeEndpoint { _, _ in .content("Query: a good rewrite") }
    let turns = (0..<12).map { PromptTests.turn("c_\($0)", ["When was it built?"]) }
    let result = try await Self.job(endpoint) { $0.concurrency = 12 }.run(turns)
    #expect(result.rewrites[0].count == 12 && endpoint.asked.count == 1)
    #expect(result.cost.remembered == 11)
  }

  @Test("what ends within its reasoning is no rewrite")
  func unfinishedReasoning() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      asked.json["top_p"] as? Double == 0.9
        ? .content("<think>so it is</think>\nQuery: when was it built") : .content("<think>so the user asks about it")
    }
    let result = try await Self.job(endpoint).run(Self.turns(1))
    #expect(result.rewrites[0] == ["c_0": "when was it built"] && endpoint.asked.count == 2)
  }

  @Test(
    "what is refused for what it says is told with the parameter that is meant, and nobody promises more of a rerun")
  func refused() async throws {
    let isWell = Mutex(false)
    let endpoint = FakeEndpoint { asked, _ in
      asked.question.contains("number 1?") && !isWell.withLock { $0 }
        ? .status(400, body: #"{"error":{"type":"invalid_request","param":"max_tokens","message":"about number 1"}}"#)
        : .content("Query: a good rewrite")
    }
    let cache = MemoryCache()
    let result = try await Self.job(endpoint, cache).run(Self.turns(3))
    #expect(
      result.failures == [
        .init(
          turn: "c_1", sample: 0,
          reason: "the endpoint refuses the question (status 400, invalid_request, max_tokens)"
            + "; set max tokens to another value, or give it another name by the parameters: "
            + #"'{"max_tokens":null,"max_completion_tokens":512}'"#,
          kind: .refused)
      ])
    #expect(result.failures.first?.mayAskAgain == false)
    isWell.withLock { $0 = true }
    #expect(try await Self.job(endpoint, cache).run(Self.turns(3)).rewrites[0].count == 3)
    #expect(endpoint.asked.count == 4)
  }

  @Test(
    "why the first question is not answered is told at once, and once; after an answer nothing is", arguments: [0, 1])
  func trouble(answered: Int) async throws {
    let endpoint = FakeEndpoint { _, number in number < answered ? .content("Query: one two three") : .broken }
    var configuration = RewriteJob.Configuration(
      endpoint: "http://test/v1", model: "m", prompt: try PromptTemplate(named: "self-contained"))
    (configuration.retries.attempts, configuration.concurrency) = (3, 1)
    let told = Mutex<[String]>([])
    let job = RewriteJob(
      configuration, cache: MemoryCache(), transport: endpoint,
      trouble: { reason in told.withLock { $0.append(reason) } }, pause: { _ in })
    let result = try await job.run(Self.turns(3))
    #expect(result.failures.count == 3 - answered)
    #expect(told.withLock { $0.count } == 1 - answered)
  }

  @Test("after its attempts a question has failed")
  func attempts() async throws {
    let endpoint = FakeEndpoint { _, _ in .status(500) }
    let pauses = Pauses()
    let result = try await Self.job(endpoint, pauses: pauses) { $0.retries = RetryPolicy(attempts: 3) }.run(
      Self.turns(1))
    #expect(result.failures.first?.reason == "the endpoint failed (status 500) (asked 3 times)")
    #expect(endpoint.asked.count == 3)
  }

  @Test(
    "what no question can be answered with ends the job, and never tells the key",
    arguments: [
      (401, "the endpoint refuses the key (status 401, invalid_***, ***)"),
      (402, "the endpoint wants to be paid first (status 402, invalid_***, ***)"),
      (404, "the endpoint has no such address or model (status 404, invalid_***, ***)"),
    ])
  func fatal(status: Int, message: String) async throws {
    let endpoint = FakeEndpoint { _, _ in
      .status(status, body: #"{"error":{"type":"invalid_sk-secret","code":"sk-secret","message":"sk-secret"}}"#)
    }
    let job = try Self.job(endpoint, key: "sk-secret")
    let error = await #expect(throws: ParlanceError.self) { try await job.run(Self.turns(50)) }
    #expect(error?.code == .unavailable && error?.message == message, "\(String(describing: error))")
    #expect(endpoint.asked.count < 50)
  }

  @Test("the named time of quiet is kept by all, and the number under way halves and grows")
  func overload() async throws {
    let endpoint = FakeEndpoint { _, number in
      number == 10 ? .status(429, retryAfter: "0.4") : .content("Query: a good rewrite")
    }
    let pauses = Pauses()
    let result = try await Self.job(endpoint, pauses: pauses) { $0.concurrency = 8 }.run(Self.turns(60))
    #expect(result.rewrites[0].count == 60)
    // Pauses are not taken here, so the quiet is looked at again and again; nobody asks before it is over.
    #expect(pauses.total > .seconds(0.3))
    #expect(endpoint.mostUnderWay <= 8)
    let limit = AdaptiveLimit(most: 16)
    #expect(limit.current == 4)
    for _ in 0..<200 { limit.succeeded() }
    #expect(limit.current == 16)
    let now = ContinuousClock().now
    limit.overloaded(asked: now - .seconds(1), now: now)
    #expect(limit.current == 8)
    limit.overloaded(asked: now - .seconds(1), now: now)
    #expect(limit.current == 8)
    for _ in 0..<9 { limit.overloaded(asked: ContinuousClock().now, now: ContinuousClock().now) }
    #expect(limit.current == 1)
  }

  @Test("waits grow, are drawn at random and have a bound")
  func waits() {
    let policy = RetryPolicy(first: .seconds(1), most: .seconds(10))
    var random = SeededGenerator(seed: 3)
    var longest = Duration.zero
    for attempt in 1...40 {
      let wait = policy.wait(before: attempt, &random)
      #expect(wait >= .zero && wait <= .seconds(min(10, pow(2, Double(min(attempt, 8)) - 1))))
      longest = max(longest, wait)
    }
    #expect(longest > .seconds(5))
  }

  @Test("Retry-After is read as seconds and as a date")
  func retryAfter() {
    #expect(RetryAfter.wait("2") == .seconds(2) && RetryAfter.wait(" 0.5 ") == .seconds(0.5))
    #expect(RetryAfter.wait("86400") == .seconds(86_400) && RetryAfter.wait("1e12") == nil)
    #expect(RetryAfter.wait(nil) == nil && RetryAfter.wait("-1") == nil && RetryAfter.wait("soon") == nil)
    // 2026-10-21 07:28:00 UTC is 1792567680.
    let date = "Wed, 21 Oct 2026 07:28:00 GMT"
    #expect(RetryAfter.wait(date, now: 1_792_567_650) == .seconds(30))
    #expect(RetryAfter.wait(date, now: 1_792_567_690) == .zero)
    #expect(RetryAfter.wait("Sun, 29 Feb 2032 00:00:00 GMT", now: 1_961_625_600) == .seconds(0))
    #expect(RetryAfter.wait("Mon, 01 Mar 2032 00:00:01 GMT", now: 1_961_625_600) == .seconds(86_401))
    for bad in ["Wed, 21 Oct 2026 07:28 GMT", "Wed, 21 Foo 2026 07:28:00 GMT", "Wed, 99 Oct 2026 07:28:00 GMT", "Wed,"]
    {
      #expect(RetryAfter.wait(bad, now: 0) == nil, "\(bad)")
    }
  }

  @Test("those who were told to be quiet do not come back at once, and a day of quiet ends the run")
  func quiet() async throws {
    let endpoint = FakeEndpoint { _, number in
      number < 4 ? .status(429, retryAfter: "0.05") : .content("Query: a good rewrite")
    }
    let pauses = Pauses()
    let result = try await Self.job(endpoint, pauses: pauses) {
      $0.retries = RetryPolicy(attempts: 40, first: .seconds(20), most: .seconds(20))
    }.run(Self.turns(4))
    #expect(result.rewrites[0].count == 4)
    // Each of the four waits for up to 20 seconds more; that all draw under one second happens once in 160,000 times.
    #expect(pauses.total > .seconds(1))
    let day = FakeEndpoint { _, _ in .status(503, retryAfter: "86400") }
    let error = await #expect(throws: ParlanceError.self) { try await Self.job(day).run(Self.turns(50)) }
    #expect(error?.code == .tryAgain && error?.message.contains("86400 seconds of quiet") == true)
    #expect(day.asked.count <= 8)
  }

  @Test(
    "an endpoint that answers nobody ends the run, and so does one that refuses all; one that fails now and then does not"
  )
  func hopeless() async throws {
    let silent = FakeEndpoint { _, _ in .broken }
    let error = await #expect(throws: ParlanceError.self) { try await Self.job(silent).run(Self.turns(500)) }
    #expect(error?.code == .tryAgain && error?.message.contains("questions were not answered: ") == true)
    #expect(silent.asked.count < 200)
    let strict = FakeEndpoint { _, _ in .status(400, body: #"{"error":{"param":"max_tokens"}}"#) }
    let refused = await #expect(throws: ParlanceError.self) { try await Self.job(strict).run(Self.turns(500)) }
    #expect(refused?.code == .badInput && refused?.message.contains("(status 400, max_tokens)") == true)
    #expect(strict.asked.count < 60)
    let moody = FakeEndpoint { asked, number in
      asked.question.contains("number 1")
        ? (number % 2 == 0 ? .status(400) : .status(500)) : .content("Query: a good one")
    }
    let result = try await Self.job(moody) { $0.retries = RetryPolicy(attempts: 2) }.run(Self.turns(100))
    #expect(result.failures.count == 11 && result.rewrites[0].count == 89)
    let quota = FakeEndpoint { _, _ in .status(429, body: #"{"error":{"code":"insufficient_quota"}}"#) }
    let used = await #expect(throws: ParlanceError.self) { try await Self.job(quota).run(Self.turns(50)) }
    #expect(used?.code == .unavailable && used?.message.contains("quota is used up") == true)
  }

  @Test(
    "what strict JSON refuses is read where it can be",
    arguments: [
      #"{"choices":[{"message":{"content":"half \ud83d a face"}}]}"#,
      #"{"choices":[{"message":{"content":"half \ude00 a face"}}]}"#,
      #"{"id":1,"id":2,"choices":[{"message":{"role":"assistant","content":"half \uFFFD a face"}}],"usage":null}"#,
    ])
  func loose(body: String) {
    #expect(ChatAnswer(body: Array(body.utf8))?.content == "half \u{FFFD} a face")
    #expect(
      ChatAnswer(body: Array(#"{"choices":[{"message":{"content":"\ud83d\ude00 \\ud83d"}}]}"#.utf8))?.content
        == "😀 \\ud83d")
  }

  @Test(
    "an answer in parts is read by its texts, and a character that would end it in the cache is a blank",
    arguments: [
      #"[{"type":"thinking","thinking":[]},{"type":"text","text":"Query: who "},{"type":"reasoning","text":"hm"},{"type":"text","text":"built it"}]"#,
      #""Query: who\u0000built it""#,
    ])
  func parts(content: String) {
    let body = #"{"choices":[{"message":{"content":\#(content)}}]}"#
    #expect(ChatAnswer(body: Array(body.utf8))?.content == "Query: who built it")
    let twice = #"{"id":1,"id":2,"choices":[{"message":{"content":"Query: who\u0000built it"}}]}"#
    #expect(ChatAnswer(body: Array(twice.utf8))?.content == "Query: who built it")
  }

  @Test("an answer that was paid and cannot be read is paid twice at most, ever; a page of a proxy is asked again")
  func unreadable() async throws {
    let endpoint = FakeEndpoint { asked, number in
      if asked.question.contains("number 0?") { return .raw(#" {"id":"x","choices":[],"usage":{"prompt_tokens":9}} "#) }
      return number < 3 ? .raw("<html>{\"choices\"</html>") : .content("Query: a good rewrite")
    }
    let cache = MemoryCache()
    for _ in 0..<2 {
      let result = try await Self.job(endpoint, cache).run(Self.turns(2))
      #expect(result.rewrites[0] == ["c_1": "a good rewrite"])
      #expect(
        result.failures == [
          .init(turn: "c_0", sample: 0, reason: "the answer is whole and cannot be read, twice", kind: .noRewrite)
        ])
    }
    // Twice for each of the two questions about the turn.
    #expect(endpoint.asked.count { $0.question.contains("number 0?") } == 4)
  }

  @Test("numbers of tokens that nobody can have used do no harm")
  func manyTokens() async throws {
    let endpoint = FakeEndpoint { _, _ in
      .raw(
        #"{"choices":[{"message":{"content":"a good rewrite"}}],"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":-5}}"#
      )
    }
    let cost = try await Self.job(endpoint).run(Self.turns(3)).cost
    #expect(cost.promptTokens == .max && cost.completionTokens == 0)
  }

  @Test("several samples are drawn and kept apart")
  func samples() async throws {
    let endpoint = FakeEndpoint { _, number in .content("Query: rewrite with number \(number)") }
    let result = try await Self.job(endpoint) {
      ($0.samples, $0.seed) = (3, 5)
    }.run(Self.turns(2))
    #expect(result.rewrites.map(\.count) == [2, 2, 2])
    #expect(Set(result.rewrites.flatMap(\.values)).count == 6)
    #expect(endpoint.asked.allSatisfy { $0.json["temperature"] as? Double == 0.7 })
    #expect(Set(endpoint.asked.compactMap { $0.json["seed"] as? Int }) == [5, 6, 7])
  }

  @Test("a wish to stop ends the job after the answers under way, which are remembered")
  func stopped() async throws {
    let interruption = Interruption()
    let endpoint = FakeEndpoint { _, number in
      if number == 5 { interruption.request() }
      return .content("Query: a good rewrite")
    }
    let cache = MemoryCache()
    let job = try Self.job(endpoint, cache, interruption: interruption)
    let error = await #expect(throws: ParlanceError.self) { try await job.run(Self.turns(100)) }
    #expect(error?.code == .interrupted)
    #expect(cache.count == endpoint.paid.count && cache.count < 100)
    #expect(try await Self.job(endpoint, cache).run(Self.turns(100)).rewrites[0].count == 100)
    #expect(endpoint.paid.values.allSatisfy { $0 == 1 })
  }

  @Test("an estimate counts what is missing without asking")
  func estimate() async throws {
    let endpoint = FakeEndpoint { _, _ in .content("Query: a good rewrite") }
    let cache = MemoryCache()
    _ = try await Self.job(endpoint, cache).run(Self.turns(4))
    let estimate = try Self.job(endpoint, cache).estimate(Self.turns(10))
    #expect(estimate.rewrites == 10 && estimate.remembered == 4)
    #expect(estimate.completionTokens == 6 * 64 && (6 * 150...6 * 400).contains(estimate.promptTokens))
    #expect(endpoint.asked.count == 4)
  }

  @Test("an estimate counts the second question where the first answer is remembered and is none")
  func estimateOfSecond() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      .content(asked.question.contains("number 0?") ? "Query: when?" : "Query: a good rewrite")
    }
    let (cache, turns) = (MemoryCache(), Self.turns(2))
    let job = try Self.job(endpoint, cache)
    for turn in turns {
      let key = job.requests(turn, 0)[0].key(prompt: job.configuration.prompt.identity)
      cache.store(ChatAnswer(content: "Query: no"), for: key, model: "m", prompt: "self-contained/1")
    }
    let before = try job.estimate(turns)
    #expect(before.rewrites == 2 && before.remembered == 0 && before.completionTokens == 2 * 64)
    #expect(before.promptTokens > 0)
    let result = try await job.run(turns)
    #expect(endpoint.asked.count == before.missing && result.rewrites[0] == ["c_1": "a good rewrite"])
    // None twice is remembered as well as a rewrite is.
    let after = try job.estimate(turns)
    #expect(after.remembered == 2 && after.promptTokens == 0 && after.completionTokens == 0)
  }
}
