import BinaryFiles
public import Diagnostics
import Identifiers
package import LineFiles
import StrictJSON

/// Reads turns, one a line: `{"id": …, "conversation": …, "turn": 2, "messages": [{"role": "user", "content": …}, …]}`.
///
/// The last message is the user's question. Further keys are passed over.
public final class TurnReader {
  /// The place of the turn read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private var seen: SeenIDs

  /// - Parameters:
  ///   - path: a file, plain or gzip, or `-` for standard input.
  ///   - interruption: as of `LineReader`.
  /// - Throws: as `LineReader`.
  public init(path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    lines = try LineReader(path: path, interruption: interruption)
    seen = SeenIDs()
  }

  /// The next turn, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line; the reader cannot go on after it.
  public func next() throws(ParlanceError) -> Turn? {
    let turn = try lines.nextRecord { (json: inout JSONCursor) throws(ParlanceError) in try Turn(reading: &json) }
    if let turn { try seen.insert(turn.id, "id", at: lines.location) }
    return turn
  }

  /// The next turn together with its line as it stands in the file, further keys included.
  ///
  /// - Throws: as `next()`.
  public func nextWithLine() throws(ParlanceError) -> (turn: Turn, line: [UInt8])? {
    let found = try lines.withNextLine { (line: RawSpan) throws(ParlanceError) in
      var json = JSONCursor(line, at: lines.location)
      let turn = try Turn(reading: &json)
      try json.end()
      return (turn: turn, line: line.array())
    }
    if let found { try seen.insert(found.turn.id, "id", at: lines.location) }
    return found
  }

  /// All turns of a file, in its order.
  ///
  /// - Throws: as `next()`.
  public static func all(_ path: String, interruption: Interruption? = nil) throws(ParlanceError) -> [Turn] {
    let reader = try TurnReader(path: path, interruption: interruption)
    var turns: [Turn] = []
    while let turn = try reader.next() { turns.append(turn) }
    return turns
  }
}

extension Turn {
  init(reading json: inout JSONCursor) throws(ParlanceError) {
    var id: ExternalID?
    var conversation: ExternalID?
    var number: Int?
    var messages: [Message]?
    try json.beginObject()
    while let key = try json.nextKey() {
      switch key {
      case "id": id = try json.id(of: key, id)
      case "conversation": conversation = try json.id(of: key, conversation)
      case "turn":
        guard number == nil else { throw json.duplicateKey(key) }
        number = try json.integer()
      case "messages":
        guard messages == nil else { throw json.duplicateKey(key) }
        messages = try Message.list(reading: &json)
      default: try json.skipValue()
      }
    }
    self.init(
      id: try json.required(id, "id"), conversation: try json.required(conversation, "conversation"),
      number: try json.required(number, "turn"), messages: try json.required(messages, "messages"))
    try check(json.location)
  }

  /// - Throws: `badInput` unless the last message is a question of the user's and `number` counts those.
  func check(_ location: ParlanceError.Location) throws(ParlanceError) {
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: location) }
    guard let last = messages.last else { throw fault("expected at least one message, \"messages\" is empty") }
    guard last.role == .user else {
      throw fault("expected the last message to be the user's question, it is the \(last.role.rawValue)'s")
    }
    guard last.content.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw fault("expected a question as the last message, found no words")
    }
    let asked = messages.count { $0.role == .user }
    guard number == asked else {
      throw fault("expected \"turn\" to count the user's messages, \(asked), found \(number)")
    }
  }
}

extension Message {
  static func list(reading json: inout JSONCursor) throws(ParlanceError) -> [Message] {
    var messages: [Message] = []
    guard try json.peek() == .array else { throw json.expected("an array as \"messages\"") }
    try json.beginArray()
    while try json.nextElement() {
      var role: String?
      var content: String?
      try json.beginObject()
      while let key = try json.nextKey() {
        switch key {
        case "role": role = try json.text(of: key, role)
        case "content": content = try json.text(of: key, content)
        default: try json.skipValue()
        }
      }
      let name = try json.required(role, "role")
      guard let role = Role(rawValue: name) else {
        throw json.error("expected the role \"user\" or \"assistant\", found \"\(name)\"")
      }
      messages.append(Message(role: role, content: try json.required(content, "content")))
    }
    return messages
  }
}
