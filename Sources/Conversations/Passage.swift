public import Identifiers

/// A passage of the collection: what a search returns.
public struct Passage: Hashable, Sendable {
  public var id: ExternalID
  public var title: String
  public var text: String
  /// Every further key of the passage's line, kept as it was.
  public var metadata: [String: JSONValue]

  public init(id: ExternalID, title: String = "", text: String, metadata: [String: JSONValue] = [:]) {
    self.id = id
    self.title = title
    self.text = text
    self.metadata = metadata
  }
}

/// A JSON value whose shape nobody prescribed.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}
