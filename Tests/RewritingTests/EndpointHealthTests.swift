import Diagnostics
import Testing

@testable import Rewriting

@Suite("Endpoints whose answers are no rewrites")
struct EndpointHealthTests {
  private static let thought =
    #"{"choices":[{"message":{"role":"assistant","content":null,"reasoning_content":"Okay"},"finish_reason":"length"}],"#
    + #""usage":{"prompt_tokens":200,"completion_tokens":64}}"#

  @Test("a run of whose first answers none is a rewrite ends and says why before it pays for more; a rerun gets on")
  func hopeless() async throws {
    let endpoint = FakeEndpoint { _, _ in .raw(Self.thought) }
    let cache = MemoryCache()
    var asked: [Int] = []
    for _ in 0..<2 {
      let error = await #expect(throws: ParlanceError.self) {
        try await RewriteJobTests.job(endpoint, cache).run(RewriteJobTests.turns(500))
      }
      #expect(error?.code == .badInput)
      #expect(
        error?.message
          == "the first 20 turns asked about brought no rewrite, not by a second answer either: the answer was cut off at the "
          + "greatest number of tokens (20); raise max tokens, or switch the model's thinking off by the parameters; the "
          + "answers are kept, and a rerun goes on behind them", "\(error as Any)")
      asked.append(endpoint.asked.count)
    }
    // Those that were under way are paid as well.
    let most = 2 * (20 + 16)
    #expect((40...most).contains(asked[0]) && (40...most).contains(asked[1] - asked[0]))
    // What is remembered is not asked about again.
    #expect(cache.count == asked[1])
    // More tokens are another question, which the cache does not know.
    let patch = try RequestPatch(parsing: #"{"max_tokens":null,"max_completion_tokens":9}"#)
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(endpoint, cache) { $0.parameters = patch }.run(RewriteJobTests.turns(500))
    }
    #expect(error?.message.contains("raise max_completion_tokens in the parameters, or") == true, "\(error as Any)")
  }

  @Test("one rewrite among the first ends that watch, and a small run is told turn by turn")
  func oneRewrite() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      asked.question.contains("number 13?") ? .content("Query: a good rewrite") : .raw(Self.thought)
    }
    let result = try await RewriteJobTests.job(endpoint) { $0.concurrency = 1 }.run(RewriteJobTests.turns(60))
    #expect(result.rewrites[0].count == 1 && result.failures.count == 59)
    let few = try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(13))
    #expect(few.failures.count == 13 && few.failures.allSatisfy { $0.kind == .noRewrite })
  }

  @Test("what is wrong with most of the answers decides what is advised")
  func advice() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      asked.question.contains("number 1") ? .content("Query: no") : .content("I am sorry.\nAsk me another.")
    }
    let prompt = try PromptTemplate(named: "few-shot")
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(endpoint) { ($0.concurrency, $0.prompt) = (1, prompt) }.run(
        RewriteJobTests.turns(30))
    }
    #expect(
      error?.message.contains(
        "the answer has under three words (11), the answer has several lines, and none begins with the label (9); "
          + "try another prompt or model") == true, "\(error as Any)")
  }

  @Test(
    "one turn is one turn however many samples are drawn of it",
    arguments: [FakeEndpoint.Reply.content("Query: no"), .status(400), .status(403)])
  func samples(reply: FakeEndpoint.Reply) async throws {
    let bad = FakeEndpoint { asked, _ in
      asked.question.contains("number 0?") ? reply : .content("Query: a good rewrite")
    }
    let result = try await RewriteJobTests.job(bad) { ($0.concurrency, $0.samples) = (1, 20) }.run(
      RewriteJobTests.turns(3))
    #expect(result.failures.count == 20 && Set(result.failures.map(\.turn)) == ["c_0"])
    #expect(result.rewrites.allSatisfy { $0.count == 2 })
  }

  @Test(
    "twenty turns end a run of several samples",
    arguments: [
      (.content("Query: no"), .badInput, "the first 20 turns asked about brought no rewrite", 2),
      (.status(400), .badInput, "the questions about the first 20 turns were all refused: ", 1),
      (.status(403), .unavailable, "the endpoint refuses the key, none was given, or every question (status 403)", 1),
    ] as [(FakeEndpoint.Reply, ParlanceError.Code, String, Int)])
  func twentyTurns(reply: FakeEndpoint.Reply, code: ParlanceError.Code, words: String, questions: Int) async throws {
    let endpoint = FakeEndpoint { _, _ in reply }
    let error = await #expect(throws: ParlanceError.self) {
      try await RewriteJobTests.job(endpoint) { ($0.concurrency, $0.samples) = (1, 3) }.run(RewriteJobTests.turns(50))
    }
    #expect(error?.code == code && error?.message.hasPrefix(words) == true, "\(error as Any)")
    // All samples of 19 turns, and one of the next.
    #expect(endpoint.asked.count == (19 * 3 + 1) * questions)
  }

  @Test("turns of which the first answer was remembered are told as truly as others")
  func rememberedFirst() async throws {
    let endpoint = FakeEndpoint { _, _ in .content("Query: no") }
    let (cache, turns) = (MemoryCache(), RewriteJobTests.turns(50))
    let job = try RewriteJobTests.job(endpoint, cache) { ($0.concurrency, $0.samples) = (1, 2) }
    for turn in turns {
      for sample in 0..<2 {
        let key = job.requests(turn, sample)[0].key(prompt: job.configuration.prompt.identity)
        cache.store(ChatAnswer(content: "Query: no"), for: key, model: "m", prompt: "self-contained/1")
      }
    }
    let error = await #expect(throws: ParlanceError.self) { try await job.run(turns) }
    #expect(
      error?.message.hasPrefix(
        "the first 20 turns asked about brought no rewrite, not by a second answer either: the answer has under three words (20); "
      ) == true, "\(error as Any)")
    // One question for each sample of 19 turns, and for one of the next.
    #expect(endpoint.asked.count == 19 * 2 + 1)
  }

  @Test("answers without a count of tokens are told apart from those that took none")
  func uncounted() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      asked.question.contains("number 0?")
        ? .content("Query: a good rewrite")
        : .raw(#"{"choices":[{"message":{"content":"Query: a good rewrite"}}],"usage":null}"#)
    }
    let cache = MemoryCache()
    let cost = try await RewriteJobTests.job(endpoint, cache).run(RewriteJobTests.turns(3)).cost
    #expect(cost.promptTokens == 20 && cost.completionTokens == 7 && cost.answered == 3 && cost.uncounted == 2)
    // What is remembered was not paid now, counted or not.
    #expect(try await RewriteJobTests.job(endpoint, cache).run(RewriteJobTests.turns(3)).cost.uncounted == 0)
  }
}
