import BinaryFiles
public import Diagnostics
import Identifiers
import RankedResults
import SparseVectors
import StrictJSON

/// Makes a teacher of a run, whatever system it is by: BM25, a cross-encoder, another search engine.
///
/// TREC's form is read, and DiSCo's `{"query": {"passage": score}}` where the name ends with `.json`. The lists go to a
/// `.teacher` file as they are read, so that memory does not depend on how many there are.
public struct RunImport: Sendable {
  public var passages: PassageCollection
  /// Passages kept of each query, the best ones.
  public var depth: Int
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  public init(
    passages: PassageCollection, depth: Int, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.passages = passages
    self.depth = depth
    self.progress = progress
    self.interruption = interruption
  }

  /// - Parameters:
  ///   - source: what the teacher is called.
  ///   - spool: where the lists lie; the name is gone when this returns, the file when the teacher is.
  /// - Throws: `badInput` with file and line for a passage that the collection does not have, one that a query has twice, a
  ///   query whose lines are not together, a score that is no finite float32, and a run without queries; `noInput`;
  ///   `cannotWrite`; `interrupted`.
  public func teacher(
    reading path: String, as source: TeacherDescription.Source, spool: String
  ) throws(ParlanceError) -> Teacher {
    let description = TeacherDescription(
      of: passages.vectors, teachers: [source], combination: .mean, depth: depth, hasQueryVectors: false)
    let writer = try TeacherWriter(path: spool, description: description)
    var lists = ListReceiver(run: self, writer: writer)
    if path.hasSuffix(".json") {
      try JSONScores.read(path, into: &lists)
    } else {
      try readTREC(path, into: &lists)
    }
    try lists.end()
    guard writer.count > 0 else { throw ParlanceError(.badInput, "the run is empty", at: .init(file: path)) }
    try writer.finish()
    let file = try TeacherFile(path: spool)
    FileNames.remove(spool, faults: nil)
    return Teacher(source: source, knowledge: .lists(file))
  }

  private func readTREC(_ path: String, into lists: inout ListReceiver) throws(ParlanceError) {
    let reader = try RunReader(path: path)
    while let entry = try reader.next() {
      do throws(ParlanceError) {
        if lists.query != entry.query { try lists.begin(entry.query) }
        let score = Float(entry.score)
        guard score.isFinite else {
          throw ParlanceError(.badInput, "expected a score that a float32 can hold (column 5), found \(entry.score)")
        }
        try lists.take(entry.passage, score)
      } catch {
        throw error.code == .badInput && error.location == nil
          ? ParlanceError(.badInput, error.message, at: reader.location) : error
      }
    }
  }
}

/// Gathers the passages of one query and writes its list when the next one begins.
private struct ListReceiver: JSONScores.Receiver {
  let run: RunImport
  let writer: TeacherWriter
  private(set) var query: ExternalID?
  private var scored: [ScoredPassage] = []
  private var positions: Set<UInt32> = []
  private var queries: Set<ExternalID> = []

  init(run: RunImport, writer: TeacherWriter) {
    self.run = run
    self.writer = writer
  }

  mutating func begin(_ query: ExternalID) throws(ParlanceError) {
    try end()
    guard queries.insert(query).inserted else {
      throw ParlanceError(
        .badInput,
        "expected all passages of a query together, \"\(query)\" comes again after others; sort the run by its first "
          + "column (sort -s -k1,1)")
    }
    self.query = query
    try run.interruption?.check()
    run.progress?(Progress("reading the run", completed: queries.count, total: nil, unit: "queries"))
  }

  mutating func take(_ passage: ExternalID, _ json: inout JSONCursor) throws(ParlanceError) {
    try take(passage, json.float())
  }

  mutating func take(_ passage: ExternalID, _ score: Float) throws(ParlanceError) {
    guard let position = try run.passages.position(of: passage) else {
      throw ParlanceError(
        .badInput, "expected passages of \(run.passages.vectors.path), it has no \"\(passage)\"")
    }
    guard positions.insert(position).inserted else {
      throw ParlanceError(
        .badInput, "expected each passage once for a query, \"\(passage)\" of \"\(query ?? "")\" is there twice")
    }
    scored.append((position, score))
  }

  mutating func end() throws(ParlanceError) {
    guard let query else { return }
    try writer.append(query, TeacherList(best: run.depth, of: scored))
    self.query = nil
    scored.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
  }
}
