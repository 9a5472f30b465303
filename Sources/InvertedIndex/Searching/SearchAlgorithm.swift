/// How a search is to go through postings. What it finds is the same.
public enum SearchMethod: Sendable, Equatable {
  /// As is fastest, by what was measured.
  case fastest
  /// All postings of the query's terms are added up.
  case everyPosting
}

/// How a search went through postings, and why.
public enum SearchAlgorithm: Sendable, Equatable {
  /// Ranges were scanned for some terms, and others looked up for the passages that could still be among the best.
  case split
  case everyPosting(Reason)

  /// Why every posting was added up.
  public enum Reason: String, Sendable, CaseIterable {
    /// It was asked for.
    case asked
    /// Sums of floats keep the order of their terms.
    case floats
    /// There was none: no passage that may be found has a term of the query, or of an approximation one that is scanned.
    case noPostings
    /// Nothing is known of the best before a range was searched.
    case oneRange
    /// There are too few ranges or too many passages to find, or the terms that could be left out have too few postings or leave
    /// too many passages to look at.
    case noGain
  }
}

extension SearchAlgorithm: CustomStringConvertible {
  public var description: String {
    switch self {
    case .split: "ranges are scanned for some terms, the others looked up for what may be among the best"
    case .everyPosting(.asked): "every posting, as asked for"
    case .everyPosting(.floats): "every posting, since sums of floats keep their order"
    case .everyPosting(.noPostings):
      "every posting, of which there are none: no passage that may be found has a term that is scanned"
    case .everyPosting(.oneRange): "every posting, since nothing is known of the best before a range was searched"
    case .everyPosting(.noGain): "every posting, since leaving terms out would gain nothing"
    }
  }
}
