public import Diagnostics
public import Identifiers
import InvertedIndex
import SparseVectors
import WorkerThreads

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
  /// Queries at once; below 1 as 1.
  public var threads: Int
  /// What the teachers should be better than, as a rule the last turn alone; a teacher of its own, which does not teach.
  public var baseline: Teacher?
  /// Which turns and rewrites teach less than others.
  public var selection = TeachingSelection()
  /// Whether the summary says how far the teachers agree.
  public var reportsAgreement = false
  /// Whether the user vouches for query vectors of encoders that are not known to fit the passages.
  public var trustsEncoders = false
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  /// Whether the teachers' lists are compared.
  var reviews: Bool { reportsAgreement || !selection.isNeutral }

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
    self.threads = threads
    self.progress = progress
    self.interruption = interruption
  }

  /// - Parameters:
  ///   - queries: the ids of the turns, each once, in the order of the file that is made; `nil` for every query that a
  ///     teacher knows.
  ///   - gold: relevant passages, to count how many of them the lists have, and to tell which rewrites are worse than the
  ///     baseline.
  /// - Throws: `usage` when there is no teacher, the depth is below 1, or the combination or the selection does not suit the teachers;
  ///   `badInput` when a teacher is of other passages or no teacher knows any of the queries; `cannotWrite`;
  ///   `interrupted`, in which case no file is left.
  public func run(
    _ queries: [ExternalID]? = nil, gold: GoldPassages? = nil, to path: String
  ) async throws(ParlanceError) -> TeachingSummary {
    try check()
    let rows = try teachers.map { teacher throws(ParlanceError) in try teacher.rows() }
    let baselineRows = try baseline.map { teacher throws(ParlanceError) in try teacher.rows() }
    let asked = queries ?? Self.union(rows)
    var description = TeacherDescription(
      of: passages.vectors, teachers: teachers.map(\.source), combination: combination, depth: depth,
      hasQueryVectors: combination == .rescore)
    description.selection = selection.isNeutral ? nil : selection
    let writer = try TeacherWriter(path: path, description: description, weighsTurns: selection.weighsTurns)
    var summary = TeachingSummary(gold: gold)
    var turns: [TurnAgreement] = []
    var weights: [TurnWeight] = []
    for start in stride(from: 0, to: asked.count, by: Self.windowSize) {
      let window = Array(asked[start..<min(asked.count, start + Self.windowSize)])
      for (query, lesson) in zip(window, try await lessons(for: window, rows, baselineRows, gold)) {
        if let agreement = lesson?.agreement {
          if reportsAgreement { turns.append(agreement) }
          summary.add(agreement)
          if agreement.weight == 0 { continue }
          weights.append(TurnWeight(agreement))
        }
        summary.add(query, lesson?.list, depth: depth, gold: gold)
        if lesson?.hasTerms == false { summary.withoutTerms += 1 }
        if let lesson { try writer.append(query, lesson.list, vector: lesson.vector) }
      }
      progress?(Progress("searching", completed: start + window.count, total: asked.count, unit: "queries"))
    }
    guard summary.queries > 0 || summary.leftOut == 0 else {
      throw ParlanceError(
        .badInput, "the filters leave out all \(summary.leftOut) turns, so that nothing is taught")
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
          : "the teachers found no passage for any of the \(summary.queries) queries: no passage has a term that one of them has"
      )
    }
    for (teacher, rows) in zip(teachers, rows) {
      let known = asked.count { rows.index[$0] != nil }
      summary.teachers.append(.init(name: teacher.source.name, queries: known, unasked: rows.ids.count - known))
    }
    summary.finish()
    let weighed = selection.weighsTurns ? TurnWeight.weights(weights, selection) : nil
    if reportsAgreement {
      // In the same order, those that are left out apart.
      var rest = (weighed ?? [])[...]
      for turn in turns.indices where turns[turn].weight > 0 {
        if let weight = rest.popFirst() { turns[turn].weight = Double(weight) }
      }
      summary.agreement = TeacherAgreement(
        turns, names: teachers.map(\.source.name), baseline: baseline?.source.name, depth: selection.depth)
    }
    try writer.finish(weights: weighed)
    return summary
  }

  private func check() throws(ParlanceError) {
    guard !teachers.isEmpty else { throw ParlanceError(.usage, "expected at least one teacher") }
    try selection.check()
    guard baseline != nil || !selection.needsBaseline else {
      throw ParlanceError(.usage, "what retrieves worse than a baseline needs a baseline to be told")
    }
    guard teachers.count > 1 || !selection.needsSeveralTeachers else {
      throw ParlanceError(.usage, "one teacher has nobody to agree with; consensus and disagreement are of several")
    }
    guard combination.weighsTeachers || !selection.consensus.contains(.teachers) else {
      throw ParlanceError(
        .usage,
        "combined by \(combination.rawValue), teachers have no weights that their consensus could change; combine by rescore or "
          + "mean")
    }
    guard depth >= 1 else { throw ParlanceError(.usage, "expected a depth of at least 1, found \(depth)") }
    for teacher in teachers {
      guard teacher.source.weight > 0, teacher.source.weight.isFinite else {
        throw ParlanceError(
          .usage, "expected weights above 0, found \(teacher.source.weight) for \(teacher.source.name)")
      }
      if !teacher.hasVectors, combination == .rescore {
        throw ParlanceError(
          .usage,
          "\(teacher.source.name) is a run, and a run cannot score the passages that it does not have; combine by mean, "
            + "min or max instead of rescore")
      }
    }
    for teacher in teachers + [baseline].compactMap(\.self) {
      switch teacher.knowledge {
      case .vectors(let file):
        guard let index = passages.index else {
          throw ParlanceError(.usage, "\(teacher.source.name) has query vectors, which need an index to be searched in")
        }
        try index.check(
          file.description.encoder, distilledFor: file.description.passageSpace,
          vocabularyDigest: file.description.vocabulary.digest, trusted: trustsEncoders)
      case .lists(let file):
        try file.check(against: passages.vectors)
      }
    }
  }

  private static func union(_ rows: [Teacher.Rows]) -> [ExternalID] {
    var seen: Set<ExternalID> = []
    return rows.flatMap(\.ids).filter { seen.insert($0).inserted }
  }

  /// The lessons of one window, in its order.
  private func lessons(
    for window: [ExternalID], _ rows: [Teacher.Rows], _ baseline: Teacher.Rows?, _ gold: GoldPassages?
  ) async throws(ParlanceError) -> [Lesson?] {
    try await window.mapSpread(over: threads) { query throws(ParlanceError) in
      try interruption?.check()
      return try lesson(for: query, rows, baseline: baseline, gold: gold)
    }
  }
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
