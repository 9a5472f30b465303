import Diagnostics
import Identifiers
import RankedResults

/// One query's ranking in trec_eval's order, each passage replaced by its judgment: all that a measure looks at.
///
/// The order is by score, compared as 32-bit floats, descending, and among equals by passage id, descending by bytes.
/// The order of the file does not matter.
struct JudgedRanking {
  /// What the judges said about a ranked passage.
  typealias Judgment = Int

  /// Not in the judgments at all.
  static let notPooled: Judgment = -1
  /// In the judgments with a negative grade: pooled, but nobody judged it. Never relevant, gains nothing.
  static let pooledUnjudged: Judgment = -2

  /// For each rank the grade (0 or more) or one of the two constants above.
  let judgments: [Judgment]
  /// The grades of 0 or more of all judged passages, retrieved or not, descending.
  let idealGrades: [Int]

  /// - Throws: `ParlanceError` with code `badInput` when a judged passage is ranked twice, or by a score that is no number.
  init(_ ranking: [RankedPassage], grades: [ExternalID: Int], query: ExternalID) throws(ParlanceError) {
    if let ranked = ranking.first(where: \.score.isNaN) {
      throw ParlanceError(
        .badInput, "the ranking of query '\(query)' has no number as the score of passage '\(ranked.passage)'")
    }
    var seen: Set<ExternalID> = []
    var judgments: [Judgment] = []
    judgments.reserveCapacity(ranking.count)
    for position in JudgedRanking.order(of: ranking) {
      let passage = ranking[position].passage
      guard let grade = grades[passage] else {
        judgments.append(JudgedRanking.notPooled)
        continue
      }
      guard seen.insert(passage).inserted else {
        throw ParlanceError(.badInput, "the ranking of query '\(query)' holds passage '\(passage)' twice")
      }
      judgments.append(grade < 0 ? JudgedRanking.pooledUnjudged : grade)
    }
    self.init(judgments: judgments, grades: grades)
  }

  init(judgments: [Judgment], grades: [ExternalID: Int]) {
    self.judgments = judgments
    self.idealGrades = grades.values.filter { $0 >= 0 }.sorted(by: >)
  }

  /// How many judged passages have at least this grade.
  func relevantCount(from minimumGrade: Int) -> Int {
    idealGrades.prefix { $0 >= minimumGrade }.count
  }

  /// The positions of `ranking` in trec_eval's order; a score that is no number is below all others.
  static func order(of ranking: [RankedPassage]) -> [Int] {
    let scores = ranking.map { $0.score.isNaN ? -.infinity : Float($0.score) }
    let precedes = { (a: Int, b: Int) in
      scores[a] > scores[b] || (scores[a] == scores[b] && ranking[b].passage < ranking[a].passage)
    }
    let order = Array(ranking.indices)
    let isSorted = order.dropFirst().allSatisfy { !precedes($0, $0 - 1) }
    return isSorted ? order : order.sorted(by: precedes)
  }
}
