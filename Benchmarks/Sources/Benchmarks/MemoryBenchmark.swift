import Foundation
import SparseEncoder

/// Resident memory over many passages and many single queries: it must not grow with their number.
enum MemoryBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let encoder = try QueryLatencyBenchmark.encoder(input.model)
    print("  the model loaded: \(rounded(residentMiB())) MiB")
    let texts = input.sample(8000)
    for part in 0..<8 {
      let range = texts.count * part / 8..<texts.count * (part + 1) / 8
      _ = try await encoder.encode(Array(texts[range]))
      print("  after \(range.upperBound) passages: \(rounded(residentMiB())) MiB")
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
