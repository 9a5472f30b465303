/// The terms of a query, split in two for a range: those that it is scanned for, and those that are looked up for the few
/// passages that may still be among the best.
struct TermSplit: Equatable {
  /// Their places in the query, ascending.
  var scanned: [Int] = []
  var lookedUp: [Int] = []
  /// The most that those that are looked up can add to a sum.
  var bound: Int32 = 0
  /// What scanning a range for them would cost, in postings of lists.
  var spared = 0
}

/// What searching a range by a split took.
struct SplitEffort {
  /// Passages times terms that were looked up.
  var asked = 0
  /// Whether the range was searched; otherwise there were too many candidates, and it has yet to be.
  var isDone = true
}

/// Splits the terms of a query: MaxScore's idea, by a share that is learnt from range to range.
///
/// Once there is a k-th best sum, a passage is among the best only if the terms that are scanned give it that sum less
/// what the others can add at most. So the terms with the most postings for what they can add are left out, up to a share of
/// the k-th best sum: the greater the share, the fewer postings are scanned and the more passages are looked at again.
///
/// Turtle, Flood: Query evaluation: strategies and optimizations. Information Processing & Management 31 (1995).
struct TermSplitting {
  enum Rule: Sendable, Equatable {
    /// Never splits.
    case never
    /// Where it is worth it, by what was measured (EXPERIMENTS.md): where so many postings of a range are spared at least.
    case measured(leastPostings: Int)
    /// Wherever a term can be left out, by one share.
    case always(share: Double)

    /// That of every search: splitting a range costs as much as 10,000 postings of lists.
    static let standard = Self.measured(leastPostings: 10_000)
  }

  /// The share to begin with, the least that is worth it and the greatest.
  static let shares = (first: 0.3, least: 0.1, greatest: 0.95)
  /// A search begins to split where so few passages of a range come as near to the k-th best as the first share says.
  static let mostNear = 200
  /// With 8 ranges nothing was gained and with 31 a tenth of the time; with 40 passages to find less than with 10, and nothing with 100.
  static let leastRanges = 16
  static let mostWanted = 50
  /// The least share of a range's postings that is worth it.
  static let leastShareSpared = 0.2
  /// What looking for a passage's posting costs, in postings of lists that are added up.
  static let costOfAsking = 80
  /// A bitmap costs as much as a list of one passage in so many, whatever bits it has.
  static let costOfBitmap = 12

  /// `nil` where splits are not chosen by what they cost.
  private let leastPostings: Int?
  private var isMeasured: Bool { leastPostings != nil }
  /// 0 while nothing is split.
  private var share: Double
  private var rangesScanned = 0
  private var segment: Segment?
  private var last: (limit: Int32, share: Double, split: TermSplit?)?

  /// - Parameters:
  ///   - ranges: how many there are in all segments.
  ///   - wanted: how many passages are to be found.
  /// - Returns: `nil` where nothing is to be split.
  init?(_ rule: Rule, ranges: Int, wanted: Int) {
    switch rule {
    case .never: return nil
    case .measured(let least):
      guard ranges >= Self.leastRanges, wanted <= Self.mostWanted else { return nil }
      share = 0
      leastPostings = least
    case .always(let share):
      self.share = share
      leastPostings = nil
    }
  }

  /// What scanning a range for a term costs, in postings of lists, and the most that the term can add to a sum.
  private struct Term {
    let place: Int
    let bound: Int32
    let cost: Int
  }

  /// The terms of a query in a segment, put in order when a range of it is to be split: most are not.
  private struct Segment {
    let terms: [Int]
    let factors: [Int32]
    let statistics: [TermStatistics]
    let size, ranges: Int

    /// Those that cost most for what they can add come first.
    private(set) lazy var order = terms.map { place in
      Term(
        place: place,
        // Whatever a file holds, no byte is greater. All bounds together do not overflow, as no sum does.
        bound: 255 * factors[place],
        cost: CommonTerms.areCommon(statistics[place].passages, of: size)
          ? size / ranges / TermSplitting.costOfBitmap : Int(statistics[place].passages) / ranges)
    }
    .sorted {
      (Double($0.cost) * Double($1.bound), $1.place) > (Double($1.cost) * Double($0.bound), $0.place)
    }
    private(set) lazy var wholeCost = order.reduce(0) { $0 + $1.cost }
  }

  /// Begins a segment, whose weights are bytes.
  ///
  /// - Parameter terms: the places of the terms whose postings count.
  mutating func begin(_ terms: [Int], of query: PreparedQuery, segment index: Int, in segment: SegmentPostings) {
    self.segment =
      terms.isEmpty
      ? nil
      : Segment(
        terms: terms, factors: query.factors[index], statistics: query.statistics[index], size: segment.passages,
        ranges: max(1, segment.ranges.count))
    last = nil
  }

  /// How to search a range whose passages need sums above `limit`; `nil` where all terms had better be scanned.
  mutating func split(limit: Int32) -> TermSplit? {
    guard limit > 0, share > 0, segment != nil else { return nil }
    // A split stays right when the limit grows: its bound does not depend on the limit.
    if let last, last.share == share, last.limit <= limit, limit - last.limit <= last.limit / 16 { return last.split }
    let split = made(limit: limit)
    last = (limit, share, split)
    return split
  }

  private mutating func made(limit: Int32) -> TermSplit? {
    guard let order = segment?.order, let whole = segment?.wholeCost else { return nil }
    let most = Int32(share * Double(limit))
    var split = TermSplit()
    for term in order {
      if term.bound <= most - split.bound {
        split.bound += term.bound
        split.spared += term.cost
        split.lookedUp.append(term.place)
      } else {
        split.scanned.append(term.place)
      }
    }
    guard !split.lookedUp.isEmpty else { return nil }
    if let leastPostings {
      guard split.spared >= leastPostings, Double(split.spared) >= Self.leastShareSpared * Double(whole) else {
        share = 0
        return nil
      }
    }
    split.lookedUp.sort()
    split.scanned.sort()
    return split
  }

  /// How many candidates a range may have; with more it is scanned for all terms.
  func mostCandidates(of split: TermSplit) -> Int {
    // Most candidates fall after a few of the terms that are looked up.
    isMeasured ? split.spared / (2 * Self.costOfAsking) : .max
  }

  /// Whether `consider` should be asked after a range that was scanned for all terms: after the first, the second, the fourth...
  mutating func wantsToConsider() -> Bool {
    guard isMeasured, share == 0, segment != nil else { return false }
    rangesScanned += 1
    return rangesScanned.nonzeroBitCount == 1
  }

  /// The limit that passages near the k-th best are above.
  static func near(_ limit: Int32) -> Int32 { Int32((1 - shares.first) * Double(limit)) }

  /// Begins to split where few passages are near the k-th best.
  mutating func consider(near: Int) { if near <= Self.mostNear { share = Self.shares.first } }

  /// Makes the share greater where looking up took little of what was spared, and smaller where it took much.
  mutating func learn(from effort: SplitEffort, of split: TermSplit) {
    guard isMeasured else { return }
    guard effort.isDone else { return share = 0 }
    let spent = effort.asked * Self.costOfAsking
    if spent * 2 > split.spared {
      share *= 0.8
      if share < Self.shares.least { share = 0 }
    } else if spent * 5 < split.spared {
      share = min(Self.shares.greatest, share * 1.15)
    }
  }
}
