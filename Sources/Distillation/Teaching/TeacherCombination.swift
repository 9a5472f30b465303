/// How the scores of several teachers become one.
///
/// The raw values are the names on the command line.
public enum TeacherCombination: String, Sendable, CaseIterable, Codable {
  /// Every passage that any teacher retrieved is scored by every teacher's query vector, then the weighted mean is taken.
  /// Exact: a passage that a teacher did not retrieve still gets that teacher's score.
  case rescore
  /// The weighted mean over the teachers that retrieved the passage. Too high for a passage that only some retrieved, since
  /// the others' lower scores are missing; it is what DiSCo's code does.
  case mean
  /// The least of the scores, over the teachers that retrieved the passage.
  case min
  /// The greatest of the scores.
  case max

  /// Whether a teacher's weight counts.
  public var weighsTeachers: Bool { self == .rescore || self == .mean }
}

extension TeacherCombination {
  /// Makes one list of those that the teachers retrieved, each list with the weight of its teacher.
  ///
  /// - Precondition: this is not `rescore`, which needs the passages' vectors.
  func combine(_ lists: [(list: TeacherList, weight: Double)], depth: Int) -> TeacherList {
    precondition(self != .rescore, "rescoring needs vectors")
    var merged: [UInt32: Merged] = [:]
    for ((list, _), weight) in zip(lists, lists.map(\.weight).relativeToGreatest) {
      for (passage, score) in zip(list.passages, list.scores) { merged[passage, default: Merged()].add(score, weight) }
    }
    return TeacherList(best: depth, of: merged.map { ($0.key, $0.value.score(by: self)) })
  }
}

/// The scores of one passage.
private struct Merged {
  private var sum = 0.0
  private var weight = 0.0
  private var least = Float.infinity
  private var greatest = -Float.infinity

  mutating func add(_ score: Float, _ weight: Double) {
    sum += Double(score) * weight
    self.weight += weight
    least = min(least, score)
    greatest = max(greatest, score)
  }

  func score(by combination: TeacherCombination) -> Float {
    switch combination {
    case .rescore, .mean: Float(sum / weight)
    case .min: least
    case .max: greatest
    }
  }
}
