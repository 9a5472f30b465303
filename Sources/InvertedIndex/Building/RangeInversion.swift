import Diagnostics
import SparseVectors

/// The vectors of one range of passages, turned from rows of passages into rows of terms by counting: those of rare terms,
/// then those of common ones.
struct RangeInversion {
  /// For each term of the vocabulary where its postings begin, and the end of the last; common terms have none here.
  private let starts: [UInt32]
  /// For each common term where its postings begin, and the end of the last.
  private let commonStarts: [UInt32]
  private let common: CommonTerms
  /// How many rare terms occur.
  let rows: Int
  /// Passage numbers within the range, ascending within a term.
  private(set) var numbers: [UInt16]
  private(set) var weights: [Float]

  /// How many postings are of rare terms.
  var numberedPostings: Int { Int(starts[starts.count - 1]) }
  /// How many are of common ones.
  var bitmapPostings: Int { numbers.count - numberedPostings }

  init(
    _ vectors: some PassageVectors, _ passages: Range<Int>, vocabularySize: Int, _ common: CommonTerms
  ) throws(ParlanceError) {
    var counts = [UInt32](repeating: 0, count: vocabularySize)
    var ends: [Int] = []
    ends.reserveCapacity(passages.count)
    var terms: [TermID] = []
    var given: [Float] = []
    try vectors.forEachVector(in: passages) { vector, _ in
      for term in vector.terms { counts[Int(term.rawValue)] += 1 }
      terms += vector.terms
      given += vector.weights
      ends.append(terms.count)
    }
    let commonCounts = common.terms.map { counts[Int($0)] }
    for term in common.terms { counts[Int(term)] = 0 }
    self.rows = counts.count { $0 > 0 }
    self.common = common
    starts = Self.starts(counts, from: 0)
    commonStarts = Self.starts(commonCounts, from: starts[vocabularySize])

    var free = starts
    for (row, term) in common.terms.enumerated() { free[Int(term)] = commonStarts[row] }
    let count = Int(commonStarts[common.count])
    numbers = Array(repeating: 0, count: count)
    weights = Array(repeating: 0, count: count)
    var first = 0
    for (number, end) in ends.enumerated() {
      for row in first..<end {
        let term = Int(terms[row].rawValue)
        let place = Int(free[term])
        free[term] += 1
        numbers[place] = UInt16(number)
        weights[place] = given[row]
      }
      first = end
    }
  }

  private static func starts(_ counts: [UInt32], from first: UInt32) -> [UInt32] {
    var starts = [first]
    starts.reserveCapacity(counts.count + 1)
    var end = first
    for count in counts {
      end += count
      starts.append(end)
    }
    return starts
  }

  /// For each term of the vocabulary its greatest weight; 0 where no passage has it.
  func greatestWeights() -> [Float] {
    var greatest = [Float](repeating: 0, count: starts.count - 1)
    func take(_ term: Int, _ places: Range<UInt32>) {
      for place in places { greatest[term] = max(greatest[term], weights[Int(place)]) }
    }
    for term in greatest.indices { take(term, starts[term]..<starts[term + 1]) }
    for (row, term) in common.terms.enumerated() { take(Int(term), commonStarts[row]..<commonStarts[row + 1]) }
    return greatest
  }

  /// The directory as it is written.
  ///
  /// - Parameter greatest: what each term of the vocabulary weighs at most; `nil` where that is not said.
  func directory(_ layout: PostingsRange.Layout, greatest: [Float]?) -> [UInt32] {
    let all = 0..<starts.count - 1
    var words: [UInt32] = []
    words.reserveCapacity((layout == .listedTerms ? 3 * rows : 2 * all.count) + 1)
    if layout == .listedTerms { for term in all where starts[term] < starts[term + 1] { words.append(UInt32(term)) } }
    for term in all where layout == .everyTerm || starts[term] < starts[term + 1] {
      Self.appendRow(starts[term]..<starts[term + 1], greatest?[term], to: &words)
    }
    words.append(UInt32(numberedPostings))
    return words
  }

  /// The rows of common terms as they are written, whose postings are counted from the first of them; nothing where no term is
  /// common.
  func commonDirectory(greatest: [Float]?) -> [UInt32] {
    guard common.count > 0 else { return [] }
    var words: [UInt32] = []
    let first = UInt32(numberedPostings)
    for (row, term) in common.terms.enumerated() {
      Self.appendRow(commonStarts[row] - first..<commonStarts[row + 1] - first, greatest?[Int(term)], to: &words)
    }
    words.append(commonStarts[common.count] - first)
    return words
  }

  private static func appendRow(_ postings: Range<UInt32>, _ greatest: Float?, to words: inout [UInt32]) {
    words.append(postings.lowerBound)
    if let greatest { words.append(postings.isEmpty ? 0 : greatest.bitPattern) }
  }

  /// The passages of common terms, `words` numbers for each term.
  func bitmaps(words: Int) -> [UInt64] {
    var bitmaps = [UInt64](repeating: 0, count: words * common.count)
    for row in 0..<common.count {
      for place in Int(commonStarts[row])..<Int(commonStarts[row + 1]) {
        let number = Int(numbers[place])
        bitmaps[row * words + number / 64] |= 1 << UInt64(number % 64)
      }
    }
    return bitmaps
  }

  /// The weights as they are kept, each made from its term and weight.
  func mapWeights<Stored>(_ encode: (Int, Float) -> Stored) -> [Stored] {
    var stored: [Stored] = []
    stored.reserveCapacity(weights.count)
    func take(_ term: Int, _ places: Range<UInt32>) {
      for place in places { stored.append(encode(term, weights[Int(place)])) }
    }
    for term in 0..<starts.count - 1 { take(term, starts[term]..<starts[term + 1]) }
    for (row, term) in common.terms.enumerated() { take(Int(term), commonStarts[row]..<commonStarts[row + 1]) }
    return stored
  }
}
