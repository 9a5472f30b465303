public import Diagnostics
public import Identifiers
import LineFiles

/// Writes a run in TREC's form such that its order is the searched order for every reader: ties are kept apart as
/// `FallingScores` says, and scores are printed with just the digits that read back as the same float32. A writer that keeps
/// ties leaves the scores as they are, for readers who want the scores.
public final class RunWriter {
  private let lines: LineWriter
  private let tag: String
  private let keepsTies: Bool
  private var queries: Set<ExternalID> = []

  /// - Parameters:
  ///   - path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  ///   - tag: the name of the run, the last column.
  ///   - keepingTies: whether equal scores stay equal.
  /// - Throws: `usage` for a tag with white space, `cannotWrite`.
  public init(path: String, tag: String, keepingTies: Bool = false) throws(ParlanceError) {
    if let fault = ExternalID.fault(of: tag) { throw ParlanceError(.usage, "expected a tag for the run \(fault)") }
    self.tag = tag
    keepsTies = keepingTies
    lines = try LineWriter(path: path)
  }

  /// Writes the answer to one query, best passage first.
  ///
  /// - Throws: `usage` when the query was written before, when a passage is there twice, or when a score is not finite or rises;
  ///   `badInput` for what cannot be an id; `cannotWrite`.
  public func write(_ query: ExternalID, _ ranking: some Sequence<RankedPassage>) throws(ParlanceError) {
    try query.check("query", in: lines)
    guard queries.insert(query).inserted else {
      throw ParlanceError(.usage, "the query \"\(query)\" is written twice", at: .init(file: lines.path))
    }
    var passages: Set<ExternalID> = []
    var scoreBefore = Double.infinity
    var scores = FallingScores()
    for (index, ranked) in ranking.enumerated() {
      try ranked.passage.check("passage", in: lines)
      guard ranked.score.isFinite, ranked.score <= scoreBefore, passages.insert(ranked.passage).inserted else {
        throw ParlanceError(
          .usage,
          "expected falling, finite scores and each passage once, as \"\(ranked.passage)\" of \"\(query)\"",
          at: .init(file: lines.path))
      }
      scoreBefore = ranked.score
      let score = keepsTies ? Float(ranked.score) : scores.lower(ranked.score)
      try lines.write(line: "\(query) Q0 \(ranked.passage) \(index + 1) \(score) \(tag)")
    }
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

/// Writes judgments as `QrelsReader` reads them.
public final class QrelsWriter {
  private let lines: LineWriter

  /// - Parameter path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineWriter(path: path)
  }

  /// Writes one judgment; whether the pair was judged before is not looked at.
  ///
  /// - Throws: `badInput` for what cannot be an id; `cannotWrite`.
  public func write(_ query: ExternalID, _ passage: ExternalID, grade: Int) throws(ParlanceError) {
    try query.check("query", in: lines)
    try passage.check("passage", in: lines)
    try lines.write(line: "\(query) 0 \(passage) \(grade)")
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

extension ExternalID {
  /// - Throws: `badInput` for what cannot be an id, which would shift the columns behind it.
  fileprivate func check(_ name: String, in lines: LineWriter) throws(ParlanceError) {
    guard let fault = Self.fault(of: string) else { return }
    throw ParlanceError(.badInput, "expected an id \(fault), as the \(name)", at: .init(file: lines.path))
  }
}
