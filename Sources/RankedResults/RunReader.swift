public import Diagnostics
public import Identifiers
package import LineFiles

/// Reads a run in TREC's form, line by line: `query Q0 passage rank score tag`.
///
/// The third of the six columns is the passage. Spaces and tabs separate them. Nothing is kept, so runs of any length can
/// be read; `RankedRun(readingFrom:)` keeps everything and refuses duplicates.
public final class RunReader {
  /// One line.
  public struct Entry: Hashable, Sendable {
    public var query: ExternalID
    public var passage: ExternalID
    public var score: Double
    public var tag: String
  }

  /// The place of the line read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private static let columns = ["query", "Q0", "passage", "rank", "score", "tag"]

  /// - Parameters:
  ///   - path: a file, plain or gzip, or `-` for standard input.
  ///   - interruption: as of `LineReader`.
  /// - Throws: as `LineReader`.
  public init(path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    lines = try LineReader(path: path, interruption: interruption)
  }

  /// The next line, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line: another number of columns, a rank that is not a whole number, a score that
  ///   is not a finite number.
  public func next() throws(ParlanceError) -> Entry? {
    try lines.withNextLine { (line: RawSpan) throws(ParlanceError) in
      let location = lines.location
      let columns = try Columns(line, names: Self.columns, at: location)
      guard Int(columns.texts[3]) != nil else {
        throw ParlanceError(
          .badInput, "expected a whole number as the rank (column 4), found \"\(columns.texts[3])\"", at: location)
      }
      guard let score = Double(columns.texts[4]), score.isFinite else {
        throw ParlanceError(
          .badInput, "expected a finite number as the score (column 5), found \"\(columns.texts[4])\"", at: location)
      }
      return Entry(
        query: try ExternalID(column: columns.texts[0], "query", at: location),
        passage: try ExternalID(column: columns.texts[2], "passage", at: location), score: score, tag: columns.texts[5])
    }
  }
}

extension RankedRun {
  /// Reads a run whose queries may be interleaved; its name is the tag of the first line.
  ///
  /// - Throws: as `RunReader`, and `badInput` for a passage that a query has twice.
  public init(readingFrom path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    let reader = try RunReader(path: path, interruption: interruption)
    self.init(name: "")
    var seen = SeenPairs()
    var query: ExternalID?
    var ranking: [RankedPassage] = []
    while let entry = try reader.next() {
      if reader.lines.lineNumber == 1 { name = entry.tag }
      if try seen.insert(entry.query, entry.passage, at: reader.location) {
        if let query { rankings[query] = ranking }
        query = entry.query
        // Taken out, since a second reference would make the next line copy the ranking.
        ranking = rankings.removeValue(forKey: entry.query) ?? []
      }
      ranking.append(RankedPassage(passage: entry.passage, score: entry.score))
    }
    if let query { rankings[query] = ranking }
  }
}

/// The passages that each query had so far, and where.
struct SeenPairs {
  private var query: ExternalID?
  /// The lines of the passages of `query`; those of other queries wait in `others`.
  private var lines: [ExternalID: Int] = [:]
  private var others: [ExternalID: [ExternalID: Int]] = [:]

  /// - Returns: whether the query is another than that of the line before.
  /// - Throws: `badInput` for a passage that the query had before.
  @discardableResult
  mutating func insert(
    _ query: ExternalID, _ passage: ExternalID, at location: ParlanceError.Location
  ) throws(ParlanceError) -> Bool {
    let isOther = query != self.query
    if isOther {
      // Rankings are as long as the one before, more often than not.
      let length = lines.count
      if let previous = self.query { others[previous] = lines }
      lines = others.removeValue(forKey: query) ?? Dictionary(minimumCapacity: length)
      self.query = query
    }
    if let first = lines.updateValue(location.line ?? 0, forKey: passage) {
      throw ParlanceError(
        .badInput, "expected each passage once for a query, \"\(passage)\" of \"\(query)\" is already on line \(first)",
        at: location)
    }
    return isOther
  }
}
