public import Conversations
public import Diagnostics
import Identifiers

/// Rewrites turns by a language model: each is asked once, ever, as far as the cache remembers, and what fails is told.
public struct RewriteJob: Sendable {
  /// What is asked, of whom, and how.
  public struct Configuration: Sendable {
    /// The address up to `/v1`, or the whole one with `/chat/completions`; a query, as `?api-version=1`, stays behind it.
    public var endpoint: String
    public var model: String
    public var prompt: PromptTemplate
    /// Kept for no longer than the job, written nowhere.
    public var key: String?
    /// How many questions are under way at most; fewer where the endpoint says that it is too much.
    public var concurrency = 16
    public var timeout: Duration = .seconds(120)
    public var retries = RetryPolicy()
    /// The template's unless given.
    public var temperature: Double?
    public var maximumTokens: Int?
    public var topP: Double?
    public var seed: Int?
    /// What is sent besides, in the place of these, or not at all.
    public var parameters = RequestPatch.empty
    /// Rewrites of each turn.
    public var samples = 1

    public init(endpoint: String, model: String, prompt: PromptTemplate) {
      self.endpoint = endpoint
      self.model = model
      self.prompt = prompt
    }

    var url: String {
      let whole = endpoint.prefix { $0 != "#" }
      var path = String(whole.prefix { $0 != "?" })
      let query = whole.dropFirst(path.count)
      while path.hasSuffix("/") { path.removeLast() }
      return (path.hasSuffix("/chat/completions") ? path : path + "/chat/completions") + query
    }

    /// Samples of one turn are to differ, so they are drawn unless a temperature is given.
    var usedTemperature: Double { temperature ?? (samples > 1 ? max(0.7, prompt.temperature) : prompt.temperature) }
  }

  public let configuration: Configuration
  let cache: any AnswerCache
  let transport: any ChatTransport
  let progress: ProgressHandler?
  let interruption: Interruption?
  let pause: @Sendable (Duration) async -> Void
  let trouble: (@Sendable (String) -> Void)?
  private let underWay = QuestionsUnderWay()

  init(
    _ configuration: Configuration, cache: any AnswerCache, transport: any ChatTransport,
    progress: ProgressHandler? = nil, trouble: (@Sendable (String) -> Void)? = nil, interruption: Interruption? = nil,
    pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    self.configuration = configuration
    self.cache = cache
    self.transport = transport
    self.progress = progress
    self.trouble = trouble
    self.interruption = interruption
    self.pause = pause
  }

  /// One rewrite that is wanted.
  struct Item: Sendable, Hashable {
    var turn: Int
    var sample: Int
  }

  /// How often claims are renewed, a quarter of the time that one lasts.
  private static let renewalSeconds = 15

  /// Asks for all rewrites of these turns that the cache does not have.
  ///
  /// - Throws: as `ChatClient.ask`; `tryAgain` for an endpoint that answers nobody; `badInput` for one that refuses every
  ///   question, or of whose first answers none is a rewrite; `unavailable` for one that forbids them all; `cannotWrite` and `tryAgain` when the cache cannot be written;
  ///   `interrupted`. What was answered until then is in the cache.
  public func run(_ turns: [Turn]) async throws(ParlanceError) -> RewriteResult {
    let renewal = Task { [cache] in
      while (try? await Task.sleep(for: .seconds(Self.renewalSeconds))) != nil { try? cache.renew() }
    }
    let result = await Self.result { () async throws(ParlanceError) in try await ask(turns) }
    renewal.cancel()
    // Nothing of a job that has ended may still write.
    await renewal.value
    return try result.get()
  }

  private func ask(_ turns: [Turn]) async throws(ParlanceError) -> RewriteResult {
    let limit = AdaptiveLimit(most: configuration.concurrency)
    let client = ChatClient(
      url: configuration.url, key: configuration.key, transport: transport, limit: limit,
      policy: configuration.retries, timeout: configuration.timeout, interruption: interruption, pause: pause,
      trouble: trouble.map(FirstTrouble.init))
    var result = RewriteResult(samples: configuration.samples)
    var waiting = ArraySlice(
      turns.indices.flatMap { turn in (0..<configuration.samples).map { Item(turn: turn, sample: $0) } })
    let total = waiting.count
    var fault: ParlanceError?
    var health = EndpointHealth(
      tokenBound: configuration.parameters.tokenBound, hasKey: configuration.key != nil)
    await withTaskGroup(of: (Item, Result<ItemOutcome, ParlanceError>).self) { group in
      var underWay = 0
      while true {
        while fault == nil, underWay < limit.current, let item = waiting.popFirst() {
          underWay += 1
          group.addTask { [turn = turns[item.turn]] in
            (item, await Self.result { () async throws(ParlanceError) in try await rewrite(turn, item.sample, client) })
          }
        }
        guard underWay > 0, let (item, outcome) = await group.next() else { break }
        underWay -= 1
        switch outcome {
        case .success(.taken): waiting.append(item)
        case .success(let outcome):
          result.add(outcome, turns[item.turn].id, item.sample)
          do throws(ParlanceError) { try health.note(outcome, turn: item.turn) } catch { fault = fault ?? error }
        case .failure(let error): fault = fault ?? error
        }
        if fault == nil, interruption?.isRequested == true {
          fault = ParlanceError(.interrupted, "stopped on request; a rerun asks for what is missing")
        }
        progress?(Progress("rewriting", completed: result.count, total: total, unit: "rewrites"))
      }
    }
    if let fault { throw fault }
    try health.end()
    return result
  }

  private static func result<Value>(
    _ body: () async throws(ParlanceError) -> Value
  ) async -> Result<Value, ParlanceError> {
    do throws(ParlanceError) { return .success(try await body()) } catch { return .failure(error) }
  }

  /// What became of one rewrite.
  enum ItemOutcome: Sendable {
    case rewritten(AnswerReading.Found, RewriteResult.Cost)
    /// Answered twice, the second time with this.
    case noRewrite(AnswerReading.Fault, RewriteResult.Cost)
    case unanswered(String, RewriteResult.Cost)
    case refused(String, RewriteResult.Cost)
    /// Refused with status 403, of which the words are given.
    case forbidden(String, RewriteResult.Cost)
    /// Another process, or another turn with the same words, is asking for it; it is looked at again later.
    case taken
  }

  /// Asks once, and once more with sampling when the answer is no rewrite.
  private func rewrite(
    _ turn: Turn, _ sample: Int, _ client: ChatClient
  ) async throws(ParlanceError) -> ItemOutcome {
    let reading = AnswerReading(configuration.prompt)
    var cost = RewriteResult.Cost()
    var fault = AnswerReading.Fault.empty
    for request in requests(turn, sample) {
      let answer: ChatAnswer
      switch try await self.answer(to: request, client, &cost) {
      case nil: return .taken
      case .failed(let why)?: return .unanswered(why, cost)
      case .refused(let why)?: return .refused(why, cost)
      case .forbidden(let words)?: return .forbidden(words, cost)
      case .answered(let found)?: answer = found
      }
      switch reading.rewrite(answer) {
      case .success(let found): return .rewritten(found, cost)
      case .failure(let reason): fault = reason
      }
    }
    return .noRewrite(fault, cost)
  }

  /// The question, and what is asked when its answer is no rewrite.
  func requests(_ turn: Turn, _ sample: Int) -> [ChatRequest] {
    let first = ChatRequest(
      model: configuration.model, messages: configuration.prompt.messages(for: turn),
      maximumTokens: configuration.maximumTokens ?? configuration.prompt.maximumTokens,
      temperature: configuration.usedTemperature, topP: configuration.topP, seed: configuration.seed, sample: sample,
      parameters: configuration.parameters)
    var second = first
    second.temperature = max(0.7, first.temperature)
    // Parameters that say how answers are drawn, or that the endpoint has no temperature, hold for this question, too.
    if !["temperature", "top_p"].contains(where: configuration.parameters.mentions) { second.topP = 0.9 }
    // The same words again would be the same question to the cache.
    if second == first { second.temperature += 0.1 }
    if !configuration.parameters.isEmpty { second.isRepeated = second.body == first.body }
    return [first, second]
  }

  private func answer(
    to request: ChatRequest, _ client: ChatClient, _ cost: inout RewriteResult.Cost
  ) async throws(ParlanceError) -> ChatClient.Outcome? {
    let key = request.key(prompt: configuration.prompt.identity)
    let isFirst = underWay.begin(key)
    defer { if isFirst { underWay.end(key) } }
    switch isFirst ? try cache.claim(key) : .taken {
    case .answered(let answer):
      cost.remembered += 1
      return .answered(answer)
    case .taken:
      await pause(.milliseconds(200))
      try interruption?.check()
      return nil
    case .mine: break
    }
    do {
      let (outcome, asked) = try await client.ask(request)
      cost.asked += asked
      guard case .answered(let answer) = outcome else {
        try cache.giveBack(key)
        return outcome
      }
      cost.answered += 1
      cost.promptTokens = RewriteResult.Cost.sum(cost.promptTokens, answer.promptTokens ?? 0)
      cost.completionTokens = RewriteResult.Cost.sum(cost.completionTokens, answer.completionTokens ?? 0)
      if answer.promptTokens == nil || answer.completionTokens == nil { cost.uncounted += 1 }
      try cache.store(answer, for: key, model: configuration.model, prompt: configuration.prompt.identity)
      return outcome
    } catch {
      try? cache.giveBack(key)
      throw error
    }
  }
}
