import SparseVectors

/// The terms of a segment that at least one passage in sixteen has.
///
/// Their passages are kept as bits, one for each passage of a range, which takes less room than a number of 16 bits for each
/// posting and is added up by whole vectors of passages. Which terms they are is the same for all ranges of a segment.
struct CommonTerms: Sendable {
  /// Ascending.
  let terms: [UInt32]

  var count: Int { terms.count }

  /// One passage in so many makes a term common: as a list, a posting of such a term takes 16 bits for its passage's
  /// number.
  static let share = 16

  static func areCommon(_ passages: UInt32, of count: Int) -> Bool {
    passages > 0 && Int(passages) * share >= count
  }

  /// - Returns: `nil` unless the terms ascend and are of the vocabulary.
  init?(_ terms: [UInt32], vocabularySize: Int) {
    guard zip(terms, terms.dropFirst()).allSatisfy({ $0 < $1 }), terms.last.map({ Int($0) < vocabularySize }) ?? true
    else { return nil }
    self.terms = terms
  }

  init(of statistics: [TermStatistics], passages: Int) {
    terms = statistics.indices.filter { Self.areCommon(statistics[$0].passages, of: passages) }.map(UInt32.init)
  }

  /// Which of the common terms this is, or `nil`.
  func row(of term: TermID) -> Int? {
    let row = terms.partitionPoint { $0 < term.rawValue }
    return row < terms.count && terms[row] == term.rawValue ? row : nil
  }
}
