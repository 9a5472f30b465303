public import SparseVectors

/// A passage that a search found.
public struct Hit: Hashable, Sendable {
  public var document: DocumentID
  /// `s(q, d)` over the stored weights; always above zero.
  public var score: Float

  public init(document: DocumentID, score: Float) {
    self.document = document
    self.score = score
  }
}

/// What a search found, and what kind of answer it is.
///
/// A passage is a hit when its score is above zero: when it shares a term with the query, and their weights are not so small
/// that the score is rounded to zero. So an empty query, and one whose terms no passage has, find nothing; `matchedTerms` tells.
public struct SearchAnswer: Sendable, Equatable {
  /// Best first; passages of the same score in the order of the collection.
  public var hits: [Hit]
  /// Whether `hits` are those that scoring every passage would give.
  public var isExact: Bool { approximation == nil }
  /// What was left out; `nil` for an exact answer. Scores are those of an exact search in any case.
  public var approximation: Approximation?
  /// The weights that were scored with.
  public var weights: StoredWeights
  /// How it was searched, and why so.
  public var algorithm = SearchAlgorithm.everyPosting(.noPostings)
  /// How many postings were added up or looked up.
  public var postingsTouched: Int
  /// How many of them were looked up.
  public var postingsLookedUp = 0
  /// How many postings of the query's terms were not needed.
  public var postingsSkipped = 0
  /// How many ranges of passages were searched, and how many were skipped: those that had no posting that could make a passage
  /// one of the best, and those in which no passage fits the filter.
  public var rangesSearched = 0
  public var rangesSkipped = 0
  /// How many of the searched ranges were scanned for some of the terms only.
  public var rangesSplit = 0
  /// How many passages fit the filter; `nil` for a search without one.
  public var passagesAllowed: Int?
  /// The number of terms of the query.
  public var queryTerms: Int
  /// How many of them occur in some passage.
  public var matchedTerms: Int

  public init(
    hits: [Hit], approximation: Approximation? = nil, weights: StoredWeights, postingsTouched: Int, queryTerms: Int,
    matchedTerms: Int
  ) {
    self.hits = hits
    self.approximation = approximation
    self.weights = weights
    self.postingsTouched = postingsTouched
    self.queryTerms = queryTerms
    self.matchedTerms = matchedTerms
  }
}

extension SearchAnswer {
  /// Says what was done.
  mutating func tell(_ work: ScanWork, of query: PreparedQuery, splitting: TermSplitting.Rule) {
    postingsTouched = work.scanned + work.lookedUp
    postingsLookedUp = work.lookedUp
    postingsSkipped = max(0, query.statistics.joined().reduce(0) { $0 + Int($1.passages) } - postingsTouched)
    rangesSearched = work.rangesSearched
    rangesSkipped = work.rangesSkipped
    rangesSplit = work.rangesSplit
    algorithm =
      if work.rangesSplit > 0 {
        .split
      } else if work.rangesSearched == 0 {
        .everyPosting(.noPostings)
      } else if splitting == .never {
        .everyPosting(.asked)
      } else if weights != .u8 {
        .everyPosting(.floats)
      } else {
        .everyPosting(work.rangesSearched > 1 ? .noGain : .oneRange)
      }
  }
}

/// What one term of the query adds to the score of one passage.
public struct TermContribution: Hashable, Sendable {
  public var term: TermID
  public var queryWeight: Float
  /// The passage's weight as the index keeps it.
  public var passageWeight: Float
  /// The term's part of the score.
  public var contribution: Float

  public init(term: TermID, queryWeight: Float, passageWeight: Float, contribution: Float) {
    self.term = term
    self.queryWeight = queryWeight
    self.passageWeight = passageWeight
    self.contribution = contribution
  }
}
