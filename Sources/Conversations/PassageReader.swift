public import Diagnostics
import Identifiers
package import LineFiles
import StrictJSON

/// Reads passages in BEIR's form, one a line: `{"_id": …, "title": …, "text": …}`, `title` optional, every further key
/// kept as metadata.
///
///     let passages = try PassageReader(path: "passages.jsonl")
///     while let passage = try passages.next() { … }
public final class PassageReader {
  /// The place of the passage read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private var seen: SeenIDs?

  /// - Parameters:
  ///   - path: a file, plain or gzip, or `-` for standard input.
  ///   - refusingDuplicates: whether an id that was there before is an error; it costs memory for each id.
  ///   - interruption: as of `LineReader`.
  /// - Throws: as `LineReader`.
  public init(
    path: String, refusingDuplicates: Bool = true, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    lines = try LineReader(path: path, interruption: interruption)
    seen = refusingDuplicates ? SeenIDs() : nil
  }

  /// The next passage, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line; the reader cannot go on after it.
  public func next() throws(ParlanceError) -> Passage? {
    let passage = try lines.nextRecord { (json: inout JSONCursor) throws(ParlanceError) in
      var id: ExternalID?
      var title: String?
      var text: String?
      var metadata = JSONObject()
      try json.beginObject()
      while let key = try json.nextKey() {
        switch key {
        case "_id": id = try json.id(of: key, id)
        case "title": title = try json.text(of: key, title)
        case "text": text = try json.text(of: key, text)
        default:
          guard metadata[key] == nil else { throw json.duplicateKey(key) }
          metadata[key] = try JSONValue(reading: &json)
        }
      }
      return Passage(
        id: try json.required(id, "_id"), title: title ?? "", text: try json.required(text, "text"), metadata: metadata)
    }
    if let passage { try seen?.insert(passage.id, "_id", at: lines.location) }
    return passage
  }
}
