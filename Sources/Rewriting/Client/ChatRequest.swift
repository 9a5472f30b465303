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

  /// The body that is sent.
  var body: [UInt8] {
    var json = JSONText()
    json.append(raw: "{\"model\":")
    json.append(string: model)
    json.append(raw: ",\"messages\":[")
    for (index, message) in messages.enumerated() {
      json.append(raw: index == 0 ? "{\"role\":" : ",{\"role\":")
      json.append(string: message.role)
      json.append(raw: ",\"content\":")
      json.append(string: message.content)
      json.append(raw: "}")
    }
    json.append(raw: "],\"max_tokens\":")
    json.append(integer: maximumTokens)
    json.append(raw: ",\"temperature\":")
    JSONValue.number(temperature).write(to: &json)
    if let topP {
      json.append(raw: ",\"top_p\":")
      JSONValue.number(topP).write(to: &json)
    }
    if let seed {
      json.append(raw: ",\"seed\":")
      json.append(integer: seed + sample)
    }
    json.append(raw: "}")
    return json.bytes
  }

  /// The name of its answer in a cache: everything that the answer depends on, which the endpoint's address is not.
  ///
  /// - Parameter prompt: the template's name and version.
  func key(prompt: String) -> String {
    SHA256.digest(of: Array("\(prompt)\n\(sample)\n".utf8) + body).hexadecimal
  }
}
