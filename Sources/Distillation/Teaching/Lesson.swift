import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

/// What is learnt for one query.
struct Lesson: Sendable {
  var list: TeacherList
  var vector: SparseVector?
  /// Whether any teacher had something to search with.
  var hasTerms: Bool
  /// How far the teachers agree; `nil` when nobody asked.
  var agreement: TurnAgreement?
}

/// What one teacher says of one query.
struct TeacherVoice {
  /// Its place among all teachers.
  var teacher: Int
  var weight: Double
  /// The passages that it found, best first.
  var found: [UInt32]
  /// Its query vector; `nil` for a run.
  var vector: SparseVector?
  /// The scores that go with `found`; `nil` where they come later, from the vectors of all.
  var list: TeacherList?
}

extension TeachingJob {
  /// - Returns: `nil` when no teacher knows the query. One whose query vector has no term knows it and says nothing.
  func lesson(
    for query: ExternalID, _ rows: [Teacher.Rows], baseline: Teacher.Rows?, gold: GoldPassages?
  ) throws(ParlanceError) -> Lesson? {
    var (isKnown, hasTerms) = (false, false)
    var voices: [TeacherVoice] = []
    for (place, (teacher, rows)) in zip(teachers, rows).enumerated() {
      guard let row = rows.index[query] else { continue }
      isKnown = true
      guard let voice = try voice(of: teacher, place: place, row: row, rescored: combination == .rescore) else {
        continue
      }
      hasTerms = true
      voices.append(voice)
    }
    guard isKnown else { return nil }
    guard reviews else { return try combined(voices, hasTerms: hasTerms) }
    var base: [UInt32]?
    if let teacher = self.baseline, let row = baseline?.index[query] {
      base = try voice(of: teacher, place: 0, row: row, rescored: true)?.found ?? []
    }
    return try reviewed(
      query, voices, hasTerms: hasTerms, baseline: base, gold: gold?.queries[query]?.positions ?? [])
  }

  /// - Parameter rescored: whether the passages are scored later, by the vectors of all teachers.
  private func voice(
    of teacher: Teacher, place: Int, row: Int, rescored: Bool
  ) throws(ParlanceError) -> TeacherVoice? {
    var voice = TeacherVoice(teacher: place, weight: teacher.source.weight, found: [])
    switch teacher.knowledge {
    case .vectors(let file):
      let vector = try file.vector(at: row)
      guard !vector.isEmpty, let hits = try passages.index?.search(vector, k: depth).hits else { return nil }
      voice.found = hits.map(\.document.rawValue)
      voice.vector = vector
      if !rescored {
        let list = try list(of: voice.found, by: vector)
        (voice.found, voice.list) = (list.passages, list)
      }
    case .lists(let file):
      let list = try file.list(at: row)
      (voice.found, voice.list) = (list.passages, list)
    }
    return voice
  }

  /// Makes one list of what the voices say.
  private func combined(_ voices: [TeacherVoice], hasTerms: Bool) throws(ParlanceError) -> Lesson {
    guard combination == .rescore else {
      let lists = voices.compactMap { voice in voice.list.map { (list: $0, weight: voice.weight) } }
      return Lesson(list: combination.combine(lists, depth: depth), vector: nil, hasTerms: hasTerms)
    }
    let vectors = voices.compactMap { voice in voice.vector.map { (vector: $0, weight: voice.weight) } }
    guard !vectors.isEmpty else {
      return Lesson(list: TeacherList(best: depth, of: []), vector: .empty, hasTerms: hasTerms)
    }
    let mean = SparseVector.weightedMean(of: vectors)
    let retrieved = voices.reduce(into: Set<UInt32>()) { $0.formUnion($1.found) }
    return Lesson(list: try list(of: Array(retrieved), by: mean), vector: mean, hasTerms: hasTerms)
  }

  /// Combines the voices that the selection lets speak, and says how far they agree.
  private func reviewed(
    _ query: ExternalID, _ voices: [TeacherVoice], hasTerms: Bool, baseline: [UInt32]?, gold: Set<UInt32>
  ) throws(ParlanceError) -> Lesson {
    let speaking = voices.filter { !$0.found.isEmpty }
    var agreement = TurnAgreement(
      query, speaking.map { ($0.teacher, $0.found) }, baseline: baseline, gold: gold, depth: selection.depth)
    var kept = Array(speaking.indices)
    if selection.filters.contains(.worseRewrites) {
      let others = kept.filter { !agreement.worse.contains(speaking[$0].teacher) }
      if others.isEmpty { agreement.isFiltered = !kept.isEmpty } else { kept = others }
    }
    // One that found nothing still has a part in the mean, as without a selection.
    let removed = Set(speaking.map(\.teacher)).subtracting(kept.map { speaking[$0].teacher })
    var chosen = voices.filter { !removed.contains($0.teacher) }
    if selection.consensus.contains(.teachers) {
      let supports = kept.map { (teacher: speaking[$0].teacher, value: agreement.support(of: $0, among: kept) ?? 1) }
      if supports.contains(where: { $0.value > 0 }) {
        for place in chosen.indices {
          chosen[place].weight *= supports.first { $0.teacher == chosen[place].teacher }?.value ?? 0
        }
        chosen.removeAll { $0.weight <= 0 }
      }
    }
    var lesson = try combined(chosen, hasTerms: hasTerms)
    agreement.judge(lesson.list.passages, gold: gold, among: kept, depth: selection.depth)
    if selection.filters.contains(.worseTurns), agreement.isWorse { agreement.isFiltered = true }
    if selection.filters.contains(.disagreement), let value = agreement.taughtAgreement,
      value < selection.leastAgreement
    {
      agreement.isFiltered = true
    }
    agreement.weight = agreement.isFiltered ? selection.filteredWeight : 1
    lesson.agreement = agreement
    return lesson
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
