import Foundation

/// Runs several ways to do the same work in turn, so that whatever else the machine does hits all of them.
struct AlternatingRuns {
  struct Contender {
    var name: String
    /// One run; gives its seconds.
    var run: () async throws -> Double
  }

  var rounds: Int
  /// How much work a run is, and in what.
  var amount: Double
  var unit: String

  /// Prints each contender's median rate; the first is compared with each of the others, round by round.
  func compare(_ contenders: [Contender]) async throws {
    var seconds = contenders.map { _ in [Double]() }
    for contender in contenders { _ = try await contender.run() }
    for _ in 0..<rounds {
      for (index, contender) in contenders.enumerated() { seconds[index].append(try await contender.run()) }
    }
    for (index, contender) in contenders.enumerated() {
      var line = "  \(contender.name): \(rounded(amount / median(seconds[index]))) \(unit)/s"
      if index > 0 {
        let ratios = zip(seconds[index], seconds[0]).map { $0 / $1 }
        line +=
          "; the first is \(rounded(median(ratios)))x as fast (\(rounded(ratios.min() ?? 0)) to \(rounded(ratios.max() ?? 0)))"
      }
      print(line)
    }
  }

  static func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    let passed = (ContinuousClock.now - start).components
    return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Three digits are what such a measurement is good for.
func rounded(_ value: Double) -> String { String(format: value < 100 ? "%.3g" : "%.0f", value) }
