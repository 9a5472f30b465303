import Diagnostics
import Foundation
import InvertedIndex
import SparseVectors

/// How the cost of a search grows with the collection: `CURVE_INDEXES` names indexes of one encoder, as the benchmark `build`
/// leaves them, `CURVE_QUERIES` files of queries, both parted by commas.
///
/// For each query the best of three is its processor time; the slope is that of the mean against the number of passages, both as
/// logarithms, by least squares: 1 where ten times the passages cost ten times as much.
enum SearchCurveBenchmark {
  static func run(_: BenchmarkInput) async throws {
    let environment = ProcessInfo.processInfo.environment
    func names(_ key: String) -> [String] { environment[key]?.split(separator: ",").map(String.init) ?? [] }
    let indexes = try names("CURVE_INDEXES").map { try InvertedIndex(path: $0) }
    let most = environment["CURVE_COUNT"].flatMap { Int($0) } ?? 400
    for path in names("CURVE_QUERIES") {
      let file = try VectorsFile(path: path)
      let queries = try stride(from: 0, to: file.count, by: max(1, file.count / most)).map { try file.vector(at: $0) }
      print("  \(queries.count) queries of \(path.split(separator: "/").last ?? "")")
      for depth in [10, 1000] {
        var points: [(Double, Double)] = []
        for index in indexes {
          let (times, touched) = try times(index, queries, depth: depth)
          let mean = times.reduce(0, +) / Double(times.count)
          points.append((log(Double(index.count)), log(mean)))
          print(
            "  top \(depth), \(index.count) passages: mean \(rounded(1000 * mean)) ms, p50 "
              + "\(rounded(1000 * times[times.count / 2])), p99 \(rounded(1000 * times[times.count * 99 / 100])), "
              + "\(touched / queries.count) postings touched")
        }
        print("  top \(depth): slope \(rounded(slope(points)))")
      }
    }
  }

  /// Ascending.
  private static func times(
    _ index: InvertedIndex, _ queries: [SparseVector], depth: Int
  ) throws -> (seconds: [Double], touched: Int) {
    var touched = 0
    var times: [Double] = []
    // What is read for the first time is checked.
    for query in queries { touched += try index.search(query, k: depth).postingsTouched }
    for query in queries {
      var best = Double.infinity
      for _ in 0..<3 {
        let start = Cost.threadTime()
        _ = try index.search(query, k: depth)
        best = min(best, Cost.threadTime() - start)
      }
      times.append(best)
    }
    return (times.sorted(), touched)
  }

  private static func slope(_ points: [(Double, Double)]) -> Double {
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.0 } / count, points.reduce(0) { $0 + $1.1 } / count)
    let products = points.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
    return products / points.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
  }
}
