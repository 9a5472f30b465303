import Conversations
import Identifiers
import StrictJSON

/// A passage of a request, as `/v1/search` gives it: `{"id", "title", "text", "metadata"}`.
enum PassageFields {
  static let names: Set<String> = ["id", "title", "text", "metadata"]
  /// Code points of an id.
  static let longestID = 256
  /// What a file of passages calls something else.
  static let reserved = ["_id", "title", "text"]

  static func passage(_ value: JSONValue, at path: String) throws(Problem) -> Passage {
    let fields = try Fields(value, at: path, names: names)
    guard let id = fields.object["id"] else { throw .invalid("expected an id", at: path) }
    guard let text = try fields.string("text") else { throw .invalid("expected a text", at: path) }
    var passage = Passage(
      id: try Self.id(id, at: fields.place("id")), title: try fields.string("title") ?? "", text: text)
    guard let metadata = fields.object["metadata"] else { return passage }
    guard let members = metadata.object else {
      throw .invalid("expected an object, found \(metadata.kind)", at: fields.place("metadata"))
    }
    for name in reserved where members[name] != nil {
      throw .invalid("expected none of \(reserved.joined(separator: ", ")) in it", at: fields.place("metadata"))
    }
    passage.metadata = members
    return passage
  }

  static func id(_ value: JSONValue, at path: String) throws(Problem) -> ExternalID {
    guard let text = value.string else { throw .invalid("expected a string, found \(value.kind)", at: path) }
    if let fault = ExternalID.fault(of: text) { throw .invalid("expected an id \(fault)", at: path) }
    guard text.unicodeScalars.count <= longestID else {
      throw .invalid("expected an id of at most \(longestID) characters", at: path)
    }
    return ExternalID(text)
  }
}
