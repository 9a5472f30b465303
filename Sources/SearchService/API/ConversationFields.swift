package import Conversations
import Diagnostics
import Identifiers
import StrictJSON

/// The conversation of a request: OpenAI's messages or one question, and which of its words are searched for.
package struct ConversationFields: Sendable {
  /// What `form` may be: the forms of the command line but for the rewrite, which stands in the place of the last question
  /// whichever the form.
  package enum Form: String, Sendable, CaseIterable {
    case lastTurn = "last-turn"
    case userTurns = "user-turns"
    case conversation

    init(_ form: ConversationForm) {
      switch form {
      case .lastTurn, .rewrite: self = .lastTurn
      case .userTurns: self = .userTurns
      case .conversation, .rewriteAndConversation: self = .conversation
      }
    }

    var conversationForm: ConversationForm {
      switch self {
      case .lastTurn: .lastTurn
      case .userTurns: .userTurns
      case .conversation: .conversation
      }
    }
  }

  package static let names: Set<String> = ["messages", "query", "form", "rewrite"]

  package var form: Form
  package var query: FormedQuery
  /// The roles of the messages as they came; `user` alone for a question.
  package var roles: [String]

  /// - Parameter form: how turns are read when nothing is said.
  package init(_ fields: Fields, form standard: ConversationForm, limits: ServiceLimits) throws(Problem) {
    let form = try fields.choice("form", of: Form.self) ?? Form(standard)
    let rewrite = try fields.string("rewrite")
    if let rewrite { try Self.checkWords(rewrite, at: fields.place("rewrite")) }
    guard fields.has("messages") != fields.has("query") else {
      throw .invalid("expected one of messages and query", at: fields.path)
    }
    var messages: [TextMessage]
    if let question = try fields.string("query") {
      try Self.checkWords(question, at: fields.place("query"))
      messages = [TextMessage(role: "user", content: question)]
    } else {
      let values = try fields.array("messages", count: 1...limits.messages) ?? []
      messages = []
      for (place, value) in values.enumerated() {
        messages.append(try TextMessage(value, at: "\(fields.place("messages"))[\(place)]"))
      }
    }
    try self.init(messages, form: form, rewrite: rewrite, at: fields.place("messages"))
  }

  /// - Throws: `Problem` when there is no question of a user.
  package init(
    _ messages: [TextMessage], form: Form, rewrite: String?, at field: String = "messages"
  ) throws(Problem) {
    self.form = form
    roles = messages.map(\.role)
    guard let last = messages.lastIndex(where: { $0.role == "user" }) else {
      throw .invalid("expected at least one message of the role user", at: field)
    }
    // Instructions and calls of tools are no part of what was said; their places are kept for the terms' sources.
    let said = messages[...last].indices.filter { messages[$0].role == "user" || messages[$0].role == "assistant" }
    let turn = Turn(
      id: "request", conversation: "request", number: 1,
      messages: said.map {
        Message(role: messages[$0].role == "user" ? .user : .assistant, content: messages[$0].content)
      })
    do {
      query = try form.conversationForm.query(for: turn)
    } catch {
      throw Problem(error)
    }
    for place in query.segments.indices {
      if case .message(let number) = query.segments[place].source {
        query.segments[place].source = .message(said[number])
      }
    }
    if let rewrite { query.segments[0] = .init(text: rewrite, source: .rewrite) }
  }

  package static func checkWords(_ text: String, at field: String) throws(Problem) {
    if text.unicodeScalars.allSatisfy({ $0.value <= 0x20 || $0.value == 0x7F || $0.properties.isWhitespace }) {
      throw .invalid("expected words, found none", at: field)
    }
  }
}

/// One of OpenAI's messages, of which only the text counts.
package struct TextMessage: Sendable, Hashable {
  package static let roles = ["user", "assistant", "system", "developer", "tool", "function"]

  package var role: String
  package var content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }

  init(_ value: JSONValue, at path: String) throws(Problem) {
    let fields = try Fields(value, at: path)
    guard let role = try fields.string("role"), Self.roles.contains(role) else {
      throw .invalid("expected one of \(Self.roles.joined(separator: ", "))", at: fields.place("role"))
    }
    self.role = role
    switch fields.object["content"] {
    case .string(let text)?: content = text
    case .array(let parts)?:
      var texts: [String] = []
      for (place, part) in parts.enumerated() {
        let part = try Fields(part, at: "\(fields.place("content"))[\(place)]")
        guard try part.string("type") == "text", let text = try part.string("text") else {
          throw .invalid("expected a part of the type text", at: part.path)
        }
        texts.append(text)
      }
      content = texts.joined(separator: " ")
    case nil where role == "assistant", .null? where role == "assistant": content = ""
    case let other:
      throw .invalid(
        "expected a string or an array of text parts, found \(other?.kind ?? "nothing")", at: fields.place("content"))
    }
    // A question without words would stand in the way of every search.
    if role == "user" { try ConversationFields.checkWords(content, at: fields.place("content")) }
  }
}
