import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Chooses the passages that a query is trained on in one epoch.
///
/// A pure function of the seed, the epoch, the query and how often it came in the epoch before: the sample of any step can
/// be drawn again, in any order, and exported.
public struct Sampler: Sendable {
  public let configuration: Configuration

  public init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// The sample of one query in one epoch: positives first, then negatives in the teacher's order, then those that the
  /// teacher did not retrieve.
  ///
  /// - Parameters:
  ///   - list: what the teacher retrieved for the query.
  ///   - gold: the positions of all passages judged relevant. One is the positive, another one in another epoch; the
  ///     others are never negatives.
  ///   - score: the teacher's exact score of any passage. Without it a positive that the teacher did not retrieve gets the
  ///     list's highest score, any other passage the lowest.
  ///   - collectionCount: how many passages there are.
  ///   - query: a number that stands for the query.
  ///   - repetition: how often the query has come in the epoch before: a set with a share above 1 has its turns again, and
  ///     each time with a sample of its own.
  /// - Returns: `nil` where the teacher retrieved nothing.
  public func sample(
    list: TeacherList, gold: [UInt32], score: ((UInt32) -> Float)? = nil, collectionCount: Int, seed: UInt64,
    epoch: Int, query: UInt64, repetition: Int = 0
  ) -> PassageSample? {
    guard list.count > 0 else { return nil }
    var generator = SeededGenerator(seed: seed, epoch: epoch, query: query, repetition: repetition)
    let positives = positives(list, gold, score, &generator)
    let excluded = Set(gold).union(positives.map(\.passage))
    let places = list.passages.indices.filter { !excluded.contains(list.passages[$0]) }
    let drawn =
      positives + negatives(at: places, of: list, &generator)
      + unretrieved(list, excluded, score, collectionCount, &generator)
    return PassageSample(
      passages: drawn.map(\.passage), teacherScores: drawn.map(\.score), positives: positives.count,
      distilsPositives: configuration.goldInList,
      logExpectedCounts: configuration.correction ? drawn.map { Float($0.logExpectedCount) } : [])
  }

  /// A passage of a sample.
  private struct Drawn {
    var passage: UInt32
    var score: Float
    var logExpectedCount: Double
  }

  private func positives(
    _ list: TeacherList, _ gold: [UInt32], _ score: ((UInt32) -> Float)?, _ generator: inout SeededGenerator
  ) -> [Drawn] {
    if case .softPositives(let count, _) = configuration.strategy {
      return list.passages.prefix(count).map { passage in
        Drawn(passage: passage, score: positiveScore(of: passage, list, score), logExpectedCount: 0)
      }
    }
    let candidates = configuration.positiveSource == .gold && !gold.isEmpty ? gold : [list.passages[0]]
    let passage = candidates[generator.index(below: candidates.count)]
    return [
      Drawn(
        passage: passage, score: positiveScore(of: passage, list, score),
        logExpectedCount: -log(Double(candidates.count)))
    ]
  }

  private func positiveScore(of passage: UInt32, _ list: TeacherList, _ score: ((UInt32) -> Float)?) -> Float {
    var places = 0..<list.count
    if configuration.referencePositiveScore {
      let cut = RankWindow.reference.places(in: list.count)
      if !cut.isEmpty { places = cut }
    }
    if let place = list.passages[places].firstIndex(of: passage) { return list.scores[place] }
    let best = list.scores[places.lowerBound]
    return configuration.referencePositiveScore ? best : score?(passage) ?? best
  }

  private func negatives(
    at places: [Int], of list: TeacherList, _ generator: inout SeededGenerator
  ) -> [Drawn] {
    var drawn: [(place: Int, logExpectedCount: Double)] = []
    if case .proportional(let window, let temperature) = configuration.strategy {
      let places = window.map { places.filter($0.places(in: list.count).contains) } ?? places
      let sampling = SuccessiveSampling(
        logits: places.map { Double(list.scores[$0]) / temperature }, count: configuration.negatives)
      let logCounts = configuration.correction ? sampling.logInclusions() : places.map { _ in 0 }
      drawn = sampling.draw(&generator).map { (places[$0], logCounts[$0]) }
    } else {
      for stratum in strata(of: places, in: list.count) {
        let chosen = generator.choose(stratum.count, of: stratum.places)
        let logCount = log(Double(chosen.count) / Double(stratum.places.count))
        drawn += chosen.map { ($0, logCount) }
      }
    }
    return drawn.sorted { $0.place < $1.place }.map { place, logCount in
      Drawn(passage: list.passages[place], score: list.scores[place], logExpectedCount: logCount)
    }
  }

  /// The random passages of a mixture that the teacher did not retrieve.
  private func unretrieved(
    _ list: TeacherList, _ excluded: Set<UInt32>, _ score: ((UInt32) -> Float)?, _ collectionCount: Int,
    _ generator: inout SeededGenerator
  ) -> [Drawn] {
    guard case .mixture(_, _, let wanted, _) = configuration.strategy, wanted > 0 else { return [] }
    var taken = excluded.union(list.passages)
    let available = max(0, collectionCount - taken.count)
    let count = min(wanted, available)
    var drawn: [Drawn] = []
    while drawn.count < count {
      let passage = UInt32(generator.index(below: collectionCount))
      guard taken.insert(passage).inserted else { continue }
      drawn.append(
        Drawn(
          passage: passage, score: score?(passage) ?? list.scores[list.count - 1],
          logExpectedCount: log(Double(count) / Double(available))))
    }
    return drawn
  }
}
