import Diagnostics
import Foundation
import InvertedIndex
import SparseVectors

/// How the cost of a search grows with the collection: `CURVE_INDEXES` names indexes of one encoder, as the benchmark `build`
/// leaves them, `CURVE_QUERIES` files of queries, both parted by commas; `CURVE_DIALS` dials of approximate search, none unless
/// said; `CURVE_DEPTHS` how many passages are found, 10 and 1000 unless said.
///
/// All queries are searched one way, then all another, so that none finds in the caches what the way before it read: by what is
/// fastest, by every posting, by each dial, in three rounds that begin with another one each. The best of three is a query's
/// processor time. The slope is that of the mean against the number of passages, both as logarithms, by least squares: 1 where ten times
/// the passages cost ten times as much.
enum SearchCurveBenchmark {
  /// A way to search.
  private struct Way {
    var name: String
    var method = SearchMethod.fastest
    var approximation: Approximation?

    func search(_ index: InvertedIndex, _ query: SparseVector, k: Int) throws -> SearchAnswer {
      try index.search(query, k: k, approximation: approximation, method: method)
    }
  }

  /// What the queries cost one way.
  private struct Figures {
    /// Seconds, in the order of the queries.
    var times: [Double]
    var postings = 0
    var lookedUp = 0
    var split = 0
    /// The share of what an exact search finds.
    var recall = 0.0

    var mean: Double { times.reduce(0, +) / Double(times.count) }

    mutating func add(_ answer: SearchAnswer, exact: [Hit], of way: Way) throws {
      postings += answer.postingsTouched
      lookedUp += answer.postingsLookedUp
      split += answer.algorithm == .split ? 1 : 0
      let found = answer.hits.count { $0.score >= exact.last?.score ?? 0 }
      recall += Double(found) / Double(max(1, exact.count))
      if way.approximation == nil, answer.hits != exact {
        throw ParlanceError(.internalFault, "two exact searches found different passages")
      }
    }

    func description(_ way: Way) -> String {
      let sorted = times.sorted()
      let (count, share) = (times.count, Double(times.count))
      var text =
        "\(way.name): mean \(rounded(1000 * mean)) ms, p50 \(rounded(1000 * sorted[count / 2])), p95 "
        + "\(rounded(1000 * sorted[count * 95 / 100])), p99 \(rounded(1000 * sorted[count * 99 / 100])); "
        + "\(postings / count) postings, \(lookedUp / count) of them looked up, \(split) queries split"
      if way.approximation != nil { text += ", recall \(rounded(recall / share))" }
      return text
    }
  }

  static func run(_: BenchmarkInput) async throws {
    let environment = ProcessInfo.processInfo.environment
    func names(_ key: String) -> [String] { environment[key]?.split(separator: ",").map(String.init) ?? [] }
    let indexes = try names("CURVE_INDEXES").map { try InvertedIndex(path: $0) }
    let most = environment["CURVE_COUNT"].flatMap { Int($0) } ?? 400
    let dials = try names("CURVE_DIALS").compactMap(Double.init).map { try Approximation(dial: $0) }
    let depths = names("CURVE_DEPTHS").compactMap { Int($0) }
    let ways =
      [Way(name: "fastest"), Way(name: "every posting", method: .everyPosting)]
      + dials.map { Way(name: "dial \($0.dial)", approximation: $0) }
    for path in names("CURVE_QUERIES") {
      let file = try VectorsFile(path: path)
      let queries = try stride(from: 0, to: file.count, by: max(1, file.count / most)).map { try file.vector(at: $0) }
      print("  \(queries.count) queries of \(path.split(separator: "/").last ?? "")")
      for depth in depths.isEmpty ? [10, 1000] : depths {
        var points = [[(Double, Double)]](repeating: [], count: ways.count)
        for index in indexes {
          print("  top \(depth), \(index.count) passages")
          for (way, figures) in try figures(index, queries, ways, depth: depth).enumerated() {
            points[way].append((log(Double(index.count)), log(figures.mean)))
            print("    " + figures.description(ways[way]))
          }
        }
        guard indexes.count > 1 else { continue }
        for (way, points) in zip(ways, points) { print("  top \(depth), \(way.name): slope \(rounded(slope(points)))") }
      }
    }
  }

  private static func figures(
    _ index: InvertedIndex, _ queries: [SparseVector], _ ways: [Way], depth: Int
  ) throws -> [Figures] {
    var figures = ways.map { _ in Figures(times: [Double](repeating: .infinity, count: queries.count)) }
    // What is read for the first time is checked.
    let exact = try queries.map { try index.search($0, k: depth, method: .everyPosting).hits }
    for round in 0..<3 {
      for turn in ways.indices {
        let number = (turn + round) % ways.count
        for (place, query) in queries.enumerated() {
          let start = Cost.threadTime()
          let answer = try ways[number].search(index, query, k: depth)
          let time = Cost.threadTime() - start
          figures[number].times[place] = min(figures[number].times[place], time)
          if round == 0 { try figures[number].add(answer, exact: exact[place], of: ways[number]) }
        }
      }
    }
    return figures
  }

  private static func slope(_ points: [(Double, Double)]) -> Double {
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.0 } / count, points.reduce(0) { $0 + $1.1 } / count)
    let products = points.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
    return products / points.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
  }
}
