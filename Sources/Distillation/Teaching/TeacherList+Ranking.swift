/// A passage by its position, with a score.
typealias ScoredPassage = (passage: UInt32, score: Float)

extension TeacherList {
  /// The best `depth` of passages that are each given once.
  init(best depth: Int, of scored: [ScoredPassage]) {
    let ranked = scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.passage < $1.passage }.prefix(depth)
    self.init(passages: ranked.map(\.passage), scores: ranked.map(\.score))
  }

  /// What is wrong with a list that somebody else made, or `nil`.
  ///
  /// - Parameter passageCount: positions are below it.
  func fault(passageCount: Int) -> String? {
    for place in 0..<count {
      guard Int(passages[place]) < passageCount else {
        return "expected positions below \(passageCount), found \(passages[place])"
      }
      guard scores[place].isFinite else { return "expected finite scores, found \(scores[place])" }
      guard place > 0 else { continue }
      let (before, score) = (scores[place - 1], scores[place])
      guard before > score || (before == score && passages[place - 1] < passages[place]) else {
        return "expected the best passage first and equal scores in the order of positions"
      }
    }
    return nil
  }
}
