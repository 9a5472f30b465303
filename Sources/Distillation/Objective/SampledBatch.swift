/// The samples of a batch of queries, with each passage that occurs in them numbered once.
///
/// A slot is one passage of one sample. Turns of one conversation share passages, so there are fewer passages than slots,
/// and each is scored with a query once.
public struct SampledBatch: Sendable {
  /// One sample for each of the B queries.
  public let samples: [PassageSample]
  /// The D distinct passages: positions in the `.vectors` file, in the order in which the samples first name them.
  public let passages: [UInt32]
  /// B + 1 offsets into `slots`.
  public let starts: [Int]
  /// For each of the S slots the number of its passage in `passages`.
  public let slots: [Int]
  /// How much each query's losses count; 1 for all when nothing was said.
  public let weights: [Double]
  /// For each query the numbers in `passages` of what is known to be relevant to it, its sample's positives included.
  let relevant: [[Int]]

  /// - Precondition: there are as many `knownPositives` as samples, and as many `weights`, unless there are none.
  /// - Parameters:
  ///   - knownPositives: for each query the positions of all passages known to be relevant to it; empty where
  ///   nothing is known beyond the samples' own positives.
  ///   - weights: how much each query's losses count; empty where all count alike.
  public init(_ samples: [PassageSample], knownPositives: [Set<UInt32>] = [], weights: [Double] = []) {
    precondition(knownPositives.isEmpty || knownPositives.count == samples.count, "one set for each query")
    precondition(weights.isEmpty || weights.count == samples.count, "one weight for each query")
    var (passages, starts, slots): ([UInt32], [Int], [Int]) = ([], [0], [])
    var numbers: [UInt32: Int] = [:]
    for sample in samples {
      for passage in sample.passages {
        let number = numbers[passage] ?? passages.count
        if number == passages.count {
          numbers[passage] = number
          passages.append(passage)
        }
        slots.append(number)
      }
      starts.append(slots.count)
    }
    relevant = samples.indices.map { query in
      let known = knownPositives.isEmpty ? [] : knownPositives[query].compactMap { numbers[$0] }
      return slots[starts[query]..<starts[query] + samples[query].positives] + known
    }
    self.weights = weights.isEmpty ? [Double](repeating: 1, count: samples.count) : weights
    (self.samples, self.passages, self.starts, self.slots) = (samples, passages, starts, slots)
  }

  /// B, the number of queries.
  public var count: Int { samples.count }

  /// The slots of one query's own sample.
  public func range(of query: Int) -> Range<Int> { starts[query]..<starts[query + 1] }
}
