import BinaryFiles
import StrictJSON

/// A message to or from a language model.
public struct ChatMessage: Sendable, Hashable {
  public var role: String
  public var content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// One question to an endpoint that speaks OpenAI's protocol.
struct ChatRequest: Sendable, Hashable {
  var model: String
  var messages: [ChatMessage]
  var maximumTokens: Int
  var temperature: Double
  var topP: Double?
  var seed: Int?
  /// Which of several samples for the same words this is, from 0.
  var sample = 0
  var parameters = RequestPatch.empty
  /// Whether the same body is asked for once more, to draw another answer.
  var isRepeated = false

  /// The body's members. Their order and form are part of the name in caches: a change asks anew for what was paid.
  private var members: JSONObject {
    var body = JSONObject()
    body["model"] = JSONValue.string(model)
    body["messages"] = JSONValue.array(
      messages.map { message in
        JSONValue.object(["role": .string(message.role), "content": .string(message.content)])
      })
    body["max_tokens"] = JSONValue.integer(Int64(maximumTokens))
    body["temperature"] = JSONValue.number(temperature)
    if let topP { body["top_p"] = JSONValue.number(topP) }
    if let seed { body["seed"] = JSONValue.integer(Int64(seed + sample)) }
    return parameters.applied(to: body)
  }

  /// The body that is sent.
  var body: [UInt8] {
    var json = JSONText()
    JSONValue.object(members).write(to: &json)
    return json.bytes
  }

  /// How many tokens are written at most, given as a number or as one in a text; `nil` where nothing that is sent says so: no
  /// member, one that stands for no bound, as -1 does, or one over 1,000,000,000.
  var mostTokens: Int? {
    let members = members
    guard let bound = members["max_completion_tokens"] ?? members["max_tokens"],
      let most = bound.integer ?? bound.string.flatMap({ Int($0) }), (0...1_000_000_000).contains(most)
    else { return nil }
    return most
  }

  /// The name of its answer in a cache: everything that the answer depends on, which the endpoint's address is not.
  ///
  /// - Parameter prompt: the template's name and version.
  func key(prompt: String) -> String {
    let again = isRepeated ? "again\n" : ""
    return SHA256.digest(of: Array("\(prompt)\n\(sample)\n\(again)".utf8) + body).hexadecimal
  }
}
