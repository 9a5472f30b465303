public import Diagnostics
public import Identifiers
import LineFiles
import StrictJSON

/// Writes what queries cost, one a line: `{"id":…,"terms":…,"flops":…,"postings":…,"encode_ms":…,"search_ms":…}`; what is
/// not known is left out.
public final class QueryEffortWriter {
  private let lines: LineWriter

  /// - Parameter path: a file, which appears with `finish()`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineWriter(path: path)
  }

  /// Writes what one query cost; a number that is not known is left out.
  ///
  /// - Throws: `cannotWrite`.
  public func write(_ query: ExternalID, _ effort: QueryEffort) throws(ParlanceError) {
    var members = JSONObject()
    members["id"] = .string(query.string)
    members["terms"] = Self.number(effort.terms)
    members["flops"] = effort.flops.map { .number($0) }
    members["postings"] = effort.postings.map(Self.number)
    members["encode_ms"] = effort.encoding.map { .number($0) }
    members["search_ms"] = effort.searching.map { .number($0) }
    try lines.write(line: JSONValue.object(members).text)
  }

  private static func number(_ value: Double) -> JSONValue {
    Int64(exactly: value).map { .integer($0) } ?? .number(value)
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

extension QueryEffort {
  /// Reads what `QueryEffortWriter` wrote.
  ///
  /// - Throws: `badInput` that names the line: no object, a number below 0, a query that is there twice.
  public static func all(
    readingFrom path: String, interruption: Interruption? = nil
  ) throws(ParlanceError) -> [ExternalID: QueryEffort] {
    let lines = try LineReader(path: path, interruption: interruption)
    var efforts: [ExternalID: QueryEffort] = [:]
    while let json = try next(lines) {
      func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: lines.location) }
      func number(_ key: String) throws(ParlanceError) -> Double? {
        guard let value = json[key] else { return nil }
        guard let number = value.double, (0...1e15).contains(number) else {
          throw fault("expected a number from 0 to 1e15 as \"\(key)\", found \(value.text)")
        }
        return number
      }
      guard let id = json["id"]?.string, let terms = try number("terms") else {
        throw fault("expected what a query cost, an object with \"id\" and \"terms\"")
      }
      let effort = QueryEffort(
        terms: terms, flops: try number("flops"), postings: try number("postings"),
        encoding: try number("encode_ms"), searching: try number("search_ms"))
      guard efforts.updateValue(effort, forKey: ExternalID(id)) == nil else {
        throw fault("the query \"\(id)\" is there twice")
      }
    }
    return efforts
  }

  private static func next(_ lines: LineReader) throws(ParlanceError) -> JSONValue? {
    try lines.withNextLine { (line: RawSpan) throws(ParlanceError) -> JSONValue in
      var json = JSONCursor(line, at: lines.location)
      let value = try JSONValue(reading: &json)
      try json.end()
      return value
    }
  }
}
