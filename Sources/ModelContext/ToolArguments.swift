import Conversations
import Diagnostics
import InvertedIndex
import StrictJSON

/// The arguments of a call, looked at against what the tool declares; each fault names the argument and what would be right.
struct ToolArguments {
  private let arguments: JSONObject

  /// - Throws: for an argument that the tool does not have.
  init(_ arguments: JSONObject, _ tool: Tool) throws(ToolFault) {
    self.arguments = arguments
    let known = tool.inputSchema["properties"]?.object?.keys ?? []
    for key in arguments.keys where !known.contains(key) {
      throw ToolFault("\(tool.name) has no argument \"\(key)\"; it has \(known.joined(separator: ", "))")
    }
  }

  /// A string with something visible in it.
  func words(_ key: String) throws(ToolFault) -> String {
    guard let value = arguments[key] else { throw ToolFault("expected the argument \"\(key)\"") }
    guard let text = value.string else { throw ToolFault("expected a string as \"\(key)\", found \(value.kind)") }
    guard Self.hasWords(text) else { throw ToolFault("expected words as \"\(key)\", found none") }
    return text
  }

  /// A number in a range; `nil` where none is given.
  func integer(_ key: String, in range: ClosedRange<Int>) throws(ToolFault) -> Int? {
    guard let value = arguments[key], !value.isNull else { return nil }
    guard let number = value.integer, range.contains(number) else {
      let found = value.double == nil ? value.kind : value.text
      throw ToolFault(
        "expected a whole number from \(range.lowerBound) to \(range.upperBound) as \"\(key)\", found \(found)")
    }
    return number
  }

  /// Conditions on metadata; `nil` where none are given.
  func filter(_ key: String) throws(ToolFault) -> PassageFilter? {
    guard let value = arguments[key], !value.isNull else { return nil }
    do {
      let filter = try PassageFilter(json: value)
      try filter.checkSize()
      return filter
    } catch {
      throw ToolFault("\(error.message), as \"\(key)\"")
    }
  }

  /// One of several names; `nil` where none is given.
  func choice<Choice: RawRepresentable<String>>(
    _ key: String, among choices: [Choice]
  ) throws(ToolFault) -> Choice? {
    guard let value = arguments[key], !value.isNull else { return nil }
    guard let choice = choices.first(where: { $0.rawValue == value.string }) else {
      let known = choices.map(\.rawValue).joined(separator: ", ")
      throw ToolFault("expected one of \(known) as \"\(key)\", found \(value.string.map { "\"\($0)\"" } ?? value.kind)")
    }
    return choice
  }

  /// A conversation that ends with a question of the user's.
  func messages(_ key: String) throws(ToolFault) -> [Message] {
    guard let value = arguments[key] else { throw ToolFault("expected the argument \"\(key)\"") }
    guard let elements = value.array else { throw ToolFault("expected an array as \"\(key)\", found \(value.kind)") }
    var messages: [Message] = []
    for (place, element) in elements.enumerated() {
      let name = "\(key)[\(place)]"
      guard let members = element.object else {
        throw ToolFault("expected an object with \"role\" and \"content\" as \(name), found \(element.kind)")
      }
      guard let role = members["role"]?.string.flatMap({ Message.Role(rawValue: $0) }) else {
        throw ToolFault("expected \"user\" or \"assistant\" as the role of \(name)")
      }
      guard let content = members["content"]?.string else {
        throw ToolFault("expected a string as the content of \(name)")
      }
      messages.append(Message(role: role, content: content))
    }
    guard let last = messages.last else { throw ToolFault("expected at least one message in \"\(key)\"") }
    guard last.role == .user else {
      throw ToolFault("expected the last of \"\(key)\" to be the user's question, it is the assistant's")
    }
    guard Self.hasWords(last.content) else { throw ToolFault("expected words as the last question, found none") }
    return messages
  }

  private static func hasWords(_ text: String) -> Bool {
    text.unicodeScalars.contains { !$0.properties.isWhitespace }
  }
}
