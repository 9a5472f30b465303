public import Diagnostics
public import Identifiers
package import LineFiles
import StrictJSON

/// Reads rewrites, one a line: `{"id": …, "text": …}`, where `id` is the turn's. Further keys are passed over.
public final class RewriteReader {
  /// The place of the rewrite read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private var seen: SeenIDs

  /// - Parameter path: a file, plain or gzip, or `-` for standard input.
  /// - Throws: as `LineReader`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineReader(path: path)
    seen = SeenIDs()
  }

  /// The next rewrite, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line; the reader cannot go on after it.
  public func next() throws(ParlanceError) -> Rewrite? {
    let rewrite = try lines.nextRecord { (json: inout JSONCursor) throws(ParlanceError) in
      var id: ExternalID?
      var text: String?
      try json.beginObject()
      while let key = try json.nextKey() {
        switch key {
        case "id": id = try json.id(of: key, id)
        case "text": text = try json.text(of: key, text)
        default: try json.skipValue()
        }
      }
      let rewrite = Rewrite(id: try json.required(id, "id"), text: try json.required(text, "text"))
      try json.notBlank(rewrite.text, "text")
      return rewrite
    }
    if let rewrite { try seen.insert(rewrite.id, "id", at: lines.location) }
    return rewrite
  }
}

/// The rewrites of one source, found by the turn's id.
public struct Rewrites: Sendable {
  /// The file they came from, for messages.
  public let path: String
  private let texts: [ExternalID: String]

  /// - Throws: as `RewriteReader`.
  public init(readingFrom path: String) throws(ParlanceError) {
    let reader = try RewriteReader(path: path)
    var texts: [ExternalID: String] = [:]
    while let rewrite = try reader.next() { texts[rewrite.id] = rewrite.text }
    self.path = path
    self.texts = texts
  }

  public init(_ texts: [ExternalID: String], path: String = "") {
    self.path = path
    self.texts = texts
  }

  public var count: Int { texts.count }

  public subscript(id: ExternalID) -> String? { texts[id] }
}
