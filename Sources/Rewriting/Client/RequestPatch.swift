public import Diagnostics
import StrictJSON

/// What the body of each question has besides, or has not: a JSON merge patch (RFC 7396). Models and endpoints differ in what they
/// call a parameter, in which ones they take, and in those of their own.
///
/// ```swift
/// configuration.parameters = try RequestPatch(parsing: #"{"max_tokens":null,"max_completion_tokens":512}"#)
/// ```
public struct RequestPatch: Sendable, Hashable {
  private let members: JSONObject

  /// Leaves a body as it is.
  public static let empty = RequestPatch(members: [:])

  /// What the program has to say itself, so that answers can be read and the cache knows whose they are.
  private static let reserved = [
    (name: "model", reason: "the model is named apart from them"), (name: "messages", reason: "the prompt makes them"),
    (name: "n", reason: "one answer is read; each sample is a question of its own"),
    (name: "stream", reason: "an answer is read as a whole"),
  ]

  private init(members: JSONObject) { self.members = members }

  /// - Parameter text: a JSON object; `null` takes a member away, other values take the place of what is there.
  /// - Throws: `usage` for what is no JSON object, and for `model`, `messages`, `n` and `stream`.
  public init(parsing text: String) throws(ParlanceError) {
    let value: JSONValue
    do throws(ParlanceError) { value = try JSONValue(parsing: Array(text.utf8), file: "parameters") } catch {
      throw ParlanceError(.usage, "expected the parameters as a JSON object: \(error.message)")
    }
    guard let members = value.object else {
      throw ParlanceError(.usage, "expected the parameters as a JSON object, found \(value.kind)")
    }
    for (name, reason) in Self.reserved where members[name] != nil {
      throw ParlanceError(.usage, "the parameters cannot have \"\(name)\": \(reason)")
    }
    self.members = Self.sorted(members)
  }

  var isEmpty: Bool { members.isEmpty }

  /// Whether a member is set or taken away.
  func mentions(_ name: String) -> Bool { members[name] != nil }

  /// Where a user says how many tokens are written at most: in the setting, unless a parameter of this stands for it.
  var tokenBound: String {
    let own = ["max_completion_tokens", "max_tokens"].first { name in members[name]?.isNull == false }
    return own.map { "\($0) in the parameters" } ?? "max tokens"
  }

  func applied(to body: JSONObject) -> JSONObject { Self.merged(members, into: body) }

  private static func merged(_ patch: JSONObject, into target: JSONObject) -> JSONObject {
    var merged = target
    for (key, value) in patch {
      switch value {
      case .null: merged[key] = nil
      case .object(let members):
        let inner = merged[key]?.object ?? JSONObject()
        merged[key] = JSONValue.object(Self.merged(members, into: inner))
      default: merged[key] = value
      }
    }
    return merged
  }

  /// The same with members by name: their order says nothing, and would be another question to the cache.
  private static func sorted(_ object: JSONObject) -> JSONObject {
    var sorted = JSONObject()
    for (key, value) in object.sorted(by: { $0.key < $1.key }) { sorted[key] = inOrder(value) }
    return sorted
  }

  private static func inOrder(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members): return .object(sorted(members))
    case .array(let elements): return .array(elements.map { inOrder($0) })
    default: return value
    }
  }
}
