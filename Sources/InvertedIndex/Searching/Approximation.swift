public import Diagnostics

/// How much a search may leave out: the one dial of approximate search.
///
/// The lightest terms of a query that together have no more than `dial` of its weight are left out of the scan. Of what the
/// other terms find, the best `k` and some more are scored with all terms, exactly as an exact search scores them; so a
/// passage may be missed, and none has a wrong score. `parlance bench search --approximate` measures what share of the exact
/// answer is found.
public struct Approximation: Sendable, Hashable {
  /// From 0, which leaves nothing out, to below 1.
  public let dial: Double

  /// - Throws: `usage` for a dial below 0 or not below 1.
  public init(dial: Double) throws(ParlanceError) {
    guard dial >= 0, dial < 1 else {
      throw ParlanceError(.usage, "expected a dial from 0 to below 1, found \(dial)")
    }
    self.dial = dial
  }

  /// How many passages of the scan are scored with all terms.
  func candidates(for k: Int) -> Int { k + max(20, k / 2) }

  /// The places of the terms that are scanned, ascending; the heaviest term, whatever sums are rounded to, is among them.
  func scannedTerms(of query: PreparedQuery) -> [Int] {
    let most = dial * query.weights.reduce(0) { $0 + Double($1) }
    var leftOut = 0.0
    var isLeftOut = [Bool](repeating: false, count: query.weights.count)
    // Of equal weights the later terms go first.
    let lightestFirst = query.weights.indices.sorted { (query.weights[$0], $1) < (query.weights[$1], $0) }
    for place in lightestFirst.dropLast() {
      leftOut += Double(query.weights[place])
      if leftOut > most { break }
      isLeftOut[place] = true
    }
    return isLeftOut.indices.filter { !isLeftOut[$0] }
  }
}
