import StrictJSON

/// What an endpoint says of a failure: by a status of HTTP, or in an answer of status 200, as routers do that pass on what
/// another endpoint answered.
struct EndpointError: Sendable {
  /// HTTP's; in an answer of status 200 the one that the error names or means.
  var status: Int
  /// `status 400, invalid_request, temperature`: HTTP's status, and what kind of error it is. Never its message, which may repeat
  /// the conversation.
  var words: String
  /// Whether the account has nothing left, so that waiting does not help.
  var isUsedUpQuota: Bool
  /// Whether it is about what the question says.
  var isAboutContent: Bool
  /// The parameter of the question that it means, where the user can set that.
  var parameter: String?

  /// Of a reply whose status says that it failed.
  init(_ reply: ChatReply) {
    let document = ChatAnswer.document(in: reply.body)
    // A list of one as Google sends it; without a member `error` as vLLM did.
    let whole = document?.array?.first ?? document
    self.init(Self.said(whole?["error"]) ?? whole, http: reply.status, status: reply.status)
  }

  /// Of an answer whose status says that it went well; `nil` where it did.
  init?(in answer: JSONValue, http: Int) {
    let whole = answer.array?.first ?? answer
    let choice = whole["choices"]?.array?.first
    if let error = Self.said(whole["error"]) ?? Self.said(choice?["error"]) {
      self.init(error, http: http, status: Self.namedStatus(error) ?? Self.meantStatus(error) ?? 500)
    } else if choice?["finish_reason"]?.string == ChatAnswer.failed {
      self.init(nil, http: http, status: 500)
      words += ", finish_reason error"
    } else {
      return nil
    }
  }

  private init(_ error: JSONValue?, http: Int, status: Int) {
    self.status = status
    var kinds: [String] = []
    for member in ["type", "code", "status", "param"] {
      if let word = Self.word(error?[member]), word != String(http), !kinds.contains(word) { kinds.append(word) }
    }
    if let word = error?.string, Self.isName(word) { kinds.append(word) }
    let message = error?["message"]?.string ?? error?["detail"]?.string ?? error?.string ?? ""
    isUsedUpQuota = kinds.contains("insufficient_quota")
    let metadata = error?["metadata"]
    isAboutContent = metadata?["flagged_input"] != nil || metadata?["reasons"] != nil
    parameter = Self.parameter(named: error?["param"]?.string, orIn: message)
    if kinds.isEmpty, !message.isEmpty { kinds.append("its message is not shown") }
    words = (["status \(http)"] + kinds).joined(separator: ", ")
  }

  /// What a user can do about the parameter.
  var advice: String {
    guard let parameter else { return "" }
    let own = #"'{"max_tokens":null,"max_completion_tokens":512}'"#
    return parameter == "max_tokens"
      ? "; set max tokens to another value, or give it another name by the parameters: \(own)"
      : "; leave it out by the parameters: '{\"\(parameter)\":null}'"
  }

  /// An error that is one: some endpoints send an empty one with each answer.
  private static func said(_ error: JSONValue?) -> JSONValue? {
    guard let error else { return nil }
    switch error {
    case .string(let text): return text.isEmpty ? nil : error
    case .object(let members): return members.isEmpty ? nil : error
    default: return nil
    }
  }

  private static let longestWord = 60

  private static func word(_ value: JSONValue?) -> String? {
    if let number = value?.integer { return String(number) }
    guard let text = value?.string, !text.isEmpty else { return nil }
    return String(text.prefix(longestWord))
  }

  /// Whether an error that is a text alone names a kind, as `invalid_api_key`, and is no sentence.
  private static func isName(_ text: String) -> Bool {
    text.utf8.count <= longestWord && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func parameter(named name: String?, orIn message: String) -> String? {
    let known = ["max_tokens", "temperature", "top_p", "seed"]
    if let name { return known.contains(name) ? name : nil }
    // In quotation marks: a conversation may speak of temperatures.
    return known.first { name in ["'", "\"", "`"].contains { mark in message.contains(mark + name + mark) } }
  }

  /// The status that the error's code is, as OpenRouter has it.
  private static func namedStatus(_ error: JSONValue) -> Int? {
    for member in ["code", "status"] {
      guard let value = error[member], let number = value.integer ?? Int(value.string ?? "") else { continue }
      if (400...599).contains(number) { return number }
    }
    return nil
  }

  /// The status that OpenAI and others send with such a kind of error; the code is narrower than the type.
  private static func meantStatus(_ error: JSONValue) -> Int? {
    for word in [error["code"]?.string, error["type"]?.string, error.string] {
      if let word, let status = meanings[word] { return status }
    }
    return nil
  }

  private static let meanings = [
    "invalid_api_key": 401, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
    "model_not_found": 404, "not_found_error": 404, "insufficient_quota": 429, "rate_limit_exceeded": 429,
    "rate_limit_error": 429, "overloaded_error": 503, "invalid_request_error": 400, "context_length_exceeded": 400,
    "unsupported_parameter": 400, "unsupported_value": 400, "content_filter": 400, "content_policy_violation": 400,
  ]
}
