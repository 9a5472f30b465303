import Foundation
import SparseEncoder

/// Resident memory over many passages and many single queries: it must not grow with their number.
enum MemoryBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let encoder = try QueryLatencyBenchmark.encoder(input.model)
    print("  the model loaded: \(rounded(residentMiB())) MiB")
    let texts = input.sample(2000)
    for share in 1...4 {
      _ = try await encoder.encode(Array(texts[..<(texts.count * share / 4)]))
      print("  after encoding \(texts.count * share / 4) passages at once: \(rounded(residentMiB())) MiB")
    }
    for call in 1...10_000 {
      _ = try await encoder.encode(query: String(texts[call % texts.count].prefix(40 + call % 60)))
      if call.isMultiple(of: 2500) { print("  after \(call) single queries: \(rounded(residentMiB())) MiB") }
    }
  }

  private static func residentMiB() -> Double {
    let statistics = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = statistics.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}
