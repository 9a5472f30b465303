import Foundation

/// Seconds a step by the number of negatives: 10 conversations of 256 tokens over lists of 1,000 passages out of 4,000,
/// KLD alone and with in-batch negatives. The passages' vectors are read from the file, so more of them cost little.
enum TrainCurveBenchmark {
  private static let steps = 10

  static func run(_ input: BenchmarkInput) async throws {
    let work = try await TrainingWork(input, model: input.model, conversations: 10, list: 1001, sharing: 4000)
    let server = try TrainBenchmark.server(work)
    let arms = [("KLD", "0"), ("KLD and in-batch contrast", "0.01")]
    let counts = [8, 16, 32, 70, 256, 1000]
    var costs: [String: [Cost]] = [:]
    for _ in 0..<4 {
      for (name, weight) in arms {
        for count in counts {
          let line =
            "\(steps) sampling.strategy=uniform sampling.window=[1,1001] sampling.negatives=\(count)"
            + " objective.contrastive.weight=\(weight)"
          costs["\(name), \(count) negatives", default: []].append(try server.run(line).shared(by: steps))
        }
      }
    }
    for (name, _) in arms {
      for count in counts {
        // The first round warms up.
        let own = costs["\(name), \(count) negatives", default: []].dropFirst()
        print(
          "  \(name), \(count) negatives: \(rounded(median(own.map(\.processorSeconds)))) processor seconds a step, "
            + "\(rounded(median(own.map(\.seconds)))) s by the clock")
      }
    }
  }
}
