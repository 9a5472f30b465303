import Foundation

/// `Benchmarks [name...]`: all, or those named. Needs what `make bench` brings: demo model, demo corpus, engine; and for the
/// peers the judges.
@main
struct Main {
  static func main() async throws {
    let benchmarks: [Benchmark] = [
      ("tokenizer", TokenizerBenchmark.run),
      ("encode", EncodeBenchmark.run),
      ("encode-base", EncodeBenchmark.runBase),
      ("latency", QueryLatencyBenchmark.run),
      ("cold-start", ColdStartBenchmark.run),
      ("memory", MemoryBenchmark.run),
      ("build", BuildBenchmark.run),
      ("search", SearchBenchmark.run),
      ("search-curve", SearchCurveBenchmark.run),
      ("train", TrainBenchmark.run),
      ("train-base", TrainBenchmark.runBase),
      ("train-curve", TrainCurveBenchmark.run),
    ]
    let wanted = Array(CommandLine.arguments.dropFirst())
    if wanted.count == 2, wanted[0] == "serve-train" { return try await TrainServer.serve(wanted[1]) }
    for name in wanted where !benchmarks.contains(where: { $0.name == name }) {
      FileHandle.standardError.write(Data("no benchmark \(name); there are: \(benchmarks.map(\.name))\n".utf8))
      exit(64)
    }
    do {
      try await run(wanted.isEmpty ? benchmarks : benchmarks.filter { wanted.contains($0.name) })
    } catch {
      FileHandle.standardError.write(Data("benchmarks: error: \(error)\n".utf8))
      exit(1)
    }
  }

  private typealias Benchmark = (name: String, run: @Sendable (BenchmarkInput) async throws -> Void)

  private static func run(_ benchmarks: [Benchmark]) async throws {
    let input = try BenchmarkInput()
    print("\(input.texts.count) passages of the demo corpus, \(ProcessInfo.processInfo.activeProcessorCount) cores")
    for benchmark in benchmarks {
      print("\n\(benchmark.name)")
      try await benchmark.run(input)
    }
  }
}
