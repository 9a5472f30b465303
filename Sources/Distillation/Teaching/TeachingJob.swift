public import Diagnostics
public import Identifiers
import InvertedIndex
import SparseVectors

/// Makes a `.teacher` file: what the teachers retrieve and score for each query, combined.
///
///     let passages = try PassageCollection(vectors: "passages.vectors", index: "index")
///     let job = TeachingJob(passages: passages, teachers: [teacher])
///     let summary = try await job.run(turns.map(\.id), to: "llm.teacher")
///
/// Which passages a rewrite retrieves is decided by the index; what they score comes from the vectors.
public struct TeachingJob: Sendable {
  public var passages: PassageCollection
  public var teachers: [Teacher]
  public var combination: TeacherCombination
  /// Passages of a list, at most; as many are retrieved by each teacher.
  public var depth: Int
  /// Queries at once.
  public var threads: Int
  /// Whether the user vouches for query vectors of encoders that are not known to fit the passages.
  public var trustsEncoders = false
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  /// Queries whose lists are in memory together.
  private static let windowSize = 512

  public init(
    passages: PassageCollection, teachers: [Teacher], combination: TeacherCombination = .rescore, depth: Int = 1000,
    threads: Int = 1, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.passages = passages
    self.teachers = teachers
    self.combination = combination
    self.depth = depth
    self.threads = max(1, threads)
    self.progress = progress
    self.interruption = interruption
  }

  /// - Parameters:
  ///   - queries: the ids of the turns, each once, in the order of the file that is made; `nil` for every query that a
  ///     teacher knows.
  ///   - gold: relevant passages, to count how many of them the lists have.
  /// - Throws: `usage` when there is no teacher, the depth is below 1, or the combination does not suit the teachers;
  ///   `badInput` when a teacher is of other passages or no teacher knows any of the queries; `cannotWrite`;
  ///   `interrupted`, in which case no file is left.
  public func run(
    _ queries: [ExternalID]? = nil, gold: GoldPassages? = nil, to path: String
  ) async throws(ParlanceError) -> TeachingSummary {
    try check()
    let rows = try teachers.map { teacher throws(ParlanceError) in try teacher.rows() }
    let asked = queries ?? Self.union(rows)
    let description = TeacherDescription(
      of: passages.vectors, teachers: teachers.map(\.source), combination: combination, depth: depth,
      hasQueryVectors: combination == .rescore)
    let writer = try TeacherWriter(path: path, description: description)
    var summary = TeachingSummary(gold: gold)
    for start in stride(from: 0, to: asked.count, by: Self.windowSize) {
      let window = Array(asked[start..<min(asked.count, start + Self.windowSize)])
      for (query, lesson) in zip(window, try await lessons(for: window, rows)) {
        summary.add(query, lesson?.list, depth: depth, gold: gold)
        if lesson?.hasTerms == false { summary.withoutTerms += 1 }
        if let lesson { try writer.append(query, lesson.list, vector: lesson.vector) }
      }
      progress?(Progress("searching", completed: start + window.count, total: asked.count, unit: "queries"))
    }
    guard summary.queries > 0 else {
      throw ParlanceError(
        .badInput, "no teacher knows any of the \(asked.count) queries; do their ids belong together?")
    }
    guard summary.passages > 0 else {
      throw ParlanceError(
        .badInput,
        summary.withoutTerms == summary.queries
          ? "none of the \(summary.queries) queries has a term in its vector, so that none finds a passage"
          : "the teachers found no passage for any of the \(summary.queries) queries; are the vectors of the passages empty?"
      )
    }
    for (teacher, rows) in zip(teachers, rows) {
      let known = asked.count { rows.index[$0] != nil }
      summary.teachers.append(.init(name: teacher.source.name, queries: known, unasked: rows.ids.count - known))
    }
    summary.finish()
    try writer.finish()
    return summary
  }

  private func check() throws(ParlanceError) {
    guard !teachers.isEmpty else { throw ParlanceError(.usage, "expected at least one teacher") }
    guard depth >= 1 else { throw ParlanceError(.usage, "expected a depth of at least 1, found \(depth)") }
    for teacher in teachers {
      guard teacher.source.weight > 0, teacher.source.weight.isFinite else {
        throw ParlanceError(
          .usage, "expected weights above 0, found \(teacher.source.weight) for \(teacher.source.name)")
      }
      switch teacher.knowledge {
      case .vectors(let file):
        guard let index = passages.index else {
          throw ParlanceError(.usage, "\(teacher.source.name) has query vectors, which need an index to be searched in")
        }
        try index.check(
          file.description.encoder, distilledFor: file.description.passageSpace,
          vocabularyDigest: file.description.vocabulary.digest, trusted: trustsEncoders)
      case .lists(let file):
        guard combination != .rescore else {
          throw ParlanceError(
            .usage,
            "\(teacher.source.name) is a run, and a run cannot score the passages that it does not have; combine by mean, "
              + "min or max instead of rescore")
        }
        try file.check(against: passages.vectors)
      }
    }
  }

  private static func union(_ rows: [Teacher.Rows]) -> [ExternalID] {
    var seen: Set<ExternalID> = []
    return rows.flatMap(\.ids).filter { seen.insert($0).inserted }
  }

  /// The lessons of one window, in its order; each task takes every `threads`-th query, so that long ones are spread.
  private func lessons(for window: [ExternalID], _ rows: [Teacher.Rows]) async throws(ParlanceError) -> [Lesson?] {
    let parts = await withTaskGroup(of: Result<[(Int, Lesson?)], ParlanceError>.self) { group in
      for first in 0..<min(threads, window.count) {
        group.addTask { [self] in
          Result { () throws(ParlanceError) in
            var part: [(Int, Lesson?)] = []
            for place in stride(from: first, to: window.count, by: threads) {
              try interruption?.check()
              part.append((place, try lesson(for: window[place], rows)))
            }
            return part
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var lessons = [Lesson?](repeating: nil, count: window.count)
    for part in parts {
      for (place, lesson) in try part.get() { lessons[place] = lesson }
    }
    return lessons
  }

  /// - Returns: `nil` when no teacher knows the query. One whose query vector has no term knows it and says nothing.
  private func lesson(for query: ExternalID, _ rows: [Teacher.Rows]) throws(ParlanceError) -> Lesson? {
    var (isKnown, hasTerms) = (false, false)
    var vectors: [(vector: SparseVector, weight: Double)] = []
    var retrieved: Set<UInt32> = []
    var lists: [(list: TeacherList, weight: Double)] = []
    for (teacher, rows) in zip(teachers, rows) {
      guard let row = rows.index[query] else { continue }
      isKnown = true
      switch teacher.knowledge {
      case .vectors(let file):
        let vector = try file.vector(at: row)
        if !vector.isEmpty { hasTerms = true }
        guard !vector.isEmpty, let hits = try passages.index?.search(vector, k: depth).hits else { continue }
        let found = hits.map(\.document.rawValue)
        if combination == .rescore {
          vectors.append((vector, teacher.source.weight))
          retrieved.formUnion(found)
        } else {
          lists.append((try list(of: found, by: vector), teacher.source.weight))
        }
      case .lists(let file):
        hasTerms = true
        lists.append((try file.list(at: row), teacher.source.weight))
      }
    }
    guard isKnown else { return nil }
    guard combination == .rescore else {
      return Lesson(list: combination.combine(lists, depth: depth), vector: nil, hasTerms: hasTerms)
    }
    guard !vectors.isEmpty else {
      return Lesson(list: TeacherList(best: depth, of: []), vector: .empty, hasTerms: false)
    }
    let mean = SparseVector.weightedMean(of: vectors)
    return Lesson(list: try list(of: Array(retrieved), by: mean), vector: mean, hasTerms: true)
  }

  /// Scores passages and keeps the best.
  private func list(of found: [UInt32], by query: SparseVector) throws(ParlanceError) -> TeacherList {
    var scored: [ScoredPassage] = []
    scored.reserveCapacity(found.count)
    // In the order of the file, since neighbours share its pages.
    for position in found.sorted() { scored.append((position, try passages.score(query, position))) }
    return TeacherList(best: depth, of: scored)
  }
}

/// What is learnt for one query.
private struct Lesson: Sendable {
  var list: TeacherList
  var vector: SparseVector?
  /// Whether any teacher had something to search with.
  var hasTerms: Bool
}

extension Teacher {
  /// Where a teacher has which query.
  struct Rows: Sendable {
    var ids: [ExternalID] = []
    var index: [ExternalID: Int] = [:]
  }

  func rows() throws(ParlanceError) -> Rows {
    var rows = Rows()
    let count =
      switch knowledge {
      case .vectors(let file): file.count
      case .lists(let file): file.count
      }
    for row in 0..<count {
      let id =
        switch knowledge {
        case .vectors(let file): try file.id(at: row)
        case .lists(let file): file.queryID(at: row)
        }
      rows.ids.append(id)
      rows.index[id] = row
    }
    return rows
  }
}
