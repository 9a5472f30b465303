import Evaluation

/// Which examples each step sees: a pure function of the seed, so that a run that resumes goes on as if it had not stopped.
struct ExampleOrder: Sendable {
  /// The examples of each set, and how often one comes in an epoch.
  private let sets: [(examples: [Int], share: Double)]
  private let batchSize: Int
  private let seed: UInt64
  /// Batches of an epoch; the last one may be smaller.
  let batchesOfEpoch: Int

  init(sets: [(examples: [Int], share: Double)], batchSize: Int, seed: UInt64) {
    self.sets = sets
    self.batchSize = batchSize
    self.seed = seed
    let count = sets.reduce(0) { $0 + Self.count($1.examples.count, $1.share) }
    batchesOfEpoch = (count + batchSize - 1) / batchSize
  }

  /// How many examples of a set an epoch has.
  private static func count(_ examples: Int, _ share: Double) -> Int { Int((Double(examples) * share).rounded()) }

  /// Of which sets an epoch has no example, although they have some and a share of them is asked for.
  var setsWithoutVisit: [Int] {
    sets.indices.filter {
      sets[$0].share > 0 && !sets[$0].examples.isEmpty && Self.count(sets[$0].examples.count, sets[$0].share) == 0
    }
  }

  /// An example's turn to be learned from.
  struct Visit: Hashable, Sendable {
    var example: Int
    var epoch: Int
    /// How often it has come in the epoch before, which a share above 1 makes happen.
    var repetition: Int
  }

  /// The examples of an epoch, in its order.
  func epoch(_ number: Int) -> [Visit] {
    var generator = SeededGenerator(seed: seed, "order", UInt64(number))
    var order: [Visit] = []
    for set in sets {
      var left = Self.count(set.examples.count, set.share)
      var repetition = 0
      while left > 0 {
        // What a share leaves over is drawn anew each epoch.
        let examples =
          left >= set.examples.count ? set.examples : Array(set.examples.shuffled(using: &generator).prefix(left))
        order += examples.map { Visit(example: $0, epoch: number, repetition: repetition) }
        left -= set.examples.count
        repetition += 1
      }
    }
    return order.shuffled(using: &generator)
  }

  /// The visits of a batch, counted from 0 over all epochs, out of its epoch's order.
  func batch(_ number: Int, of order: [Visit]) -> ArraySlice<Visit> {
    let start = number % batchesOfEpoch * batchSize
    return order[start..<min(order.count, start + batchSize)]
  }
}
