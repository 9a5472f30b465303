public import Diagnostics
public import Identifiers
package import LineFiles

/// Reads judgments in TREC's form, line by line: `query 0 passage grade`.
public final class QrelsReader {
  /// One line.
  public struct Entry: Hashable, Sendable {
    public var query: ExternalID
    public var passage: ExternalID
    public var grade: Int
  }

  /// The place of the line read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private var seen = SeenPairs()

  /// - Parameters:
  ///   - path: a file, plain or gzip, or `-` for standard input.
  ///   - interruption: as of `LineReader`.
  /// - Throws: as `LineReader`.
  public init(path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    lines = try LineReader(path: path, interruption: interruption)
  }

  /// The next line, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line: another number of columns, a grade that is not a whole number, a pair that
  ///   was judged before.
  public func next() throws(ParlanceError) -> Entry? {
    let entry = try lines.withNextLine { (line: RawSpan) throws(ParlanceError) in
      let location = lines.location
      let columns = try Columns(line, names: ["query", "0", "passage", "grade"], at: location)
      guard let grade = Int(columns.texts[3]) else {
        throw ParlanceError(
          .badInput, "expected a whole number as the grade (column 4), found \"\(columns.texts[3])\"", at: location)
      }
      return Entry(
        query: try ExternalID(column: columns.texts[0], "query", at: location),
        passage: try ExternalID(column: columns.texts[2], "passage", at: location), grade: grade)
    }
    if let entry { try seen.insert(entry.query, entry.passage, at: lines.location) }
    return entry
  }
}

extension Qrels {
  /// - Throws: as `QrelsReader`.
  public init(readingFrom path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    let reader = try QrelsReader(path: path, interruption: interruption)
    self.init()
    while let entry = try reader.next() { grades[entry.query, default: [:]][entry.passage] = entry.grade }
  }
}
