public import Identifiers
public import StrictJSON

/// A passage of the collection: what a search returns.
public struct Passage: Hashable, Sendable {
  public var id: ExternalID
  public var title: String
  public var text: String
  /// Every further key of the passage's line with its value, in the order of the line; an index keeps them in the order of
  /// their bytes. Numbers keep their value, not their spelling.
  public var metadata: JSONObject

  public init(id: ExternalID, title: String = "", text: String, metadata: JSONObject = [:]) {
    self.id = id
    self.title = title
    self.text = text
    self.metadata = metadata
  }
}
