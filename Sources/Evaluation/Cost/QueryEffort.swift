public import SparseVectors

/// What one query cost: what follows from its terms, and what was measured when it was searched.
public struct QueryEffort: Sendable, Hashable {
  /// L0: its active terms; a mean over students is no whole number.
  public var terms: Double
  /// The expected number of terms that it shares with a passage. The mean over queries is FLOPS: as
  /// `ActivationFrequencies.flops`, term by term.
  public var flops: Double?
  /// Postings that its search touched.
  public var postings: Double?
  /// Milliseconds from words to vector.
  public var encoding: Double?
  /// Milliseconds from vector to ids.
  public var searching: Double?

  public init(
    terms: Double, flops: Double? = nil, postings: Double? = nil, encoding: Double? = nil, searching: Double? = nil
  ) {
    self.terms = terms
    self.flops = flops
    self.postings = postings
    self.encoding = encoding
    self.searching = searching
  }

  /// Milliseconds from words to ids, where both parts were measured.
  public var total: Double? {
    guard let encoding, let searching else { return nil }
    return encoding + searching
  }
}

extension QueryEffort {
  /// What follows from a query's vector by the definition.
  ///
  /// - Parameter passages: of the collection's float vectors.
  public init(_ query: SparseVector, passages: ActivationFrequencies) {
    var touched = 0
    for term in query.terms where Int(term.rawValue) < passages.counts.count {
      touched += passages.counts[Int(term.rawValue)]
    }
    self.init(
      terms: Double(query.count), flops: passages.vectors > 0 ? Double(touched) / Double(passages.vectors) : 0)
  }

  /// The mean of what several students made of one query; a part that one of them lacks is left out.
  ///
  /// - Returns: `nil` of nothing.
  public init?(meanOf efforts: [QueryEffort]) {
    guard !efforts.isEmpty else { return nil }
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap(\.self)
      return known.count == values.count ? known.mean : nil
    }
    self.init(
      terms: efforts.map(\.terms).mean, flops: mean(efforts.map(\.flops)), postings: mean(efforts.map(\.postings)),
      encoding: mean(efforts.map(\.encoding)), searching: mean(efforts.map(\.searching)))
  }

  /// What is known of one of the two, and of both where they are about the same query.
  public func merging(_ other: QueryEffort) -> QueryEffort {
    QueryEffort(
      terms: terms, flops: flops ?? other.flops, postings: postings ?? other.postings,
      encoding: encoding ?? other.encoding, searching: searching ?? other.searching)
  }
}
