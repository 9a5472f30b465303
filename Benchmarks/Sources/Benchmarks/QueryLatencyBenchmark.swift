import Checkpoints
import SparseEncoder
import TensorEngine

/// How long one query takes that somebody waits for, by its length in tokens, beside sentence-transformers.
enum QueryLatencyBenchmark {
  /// By the package's own kernels.
  static func encoder(_ model: String) throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: model)
    return try SparseEncoder(checkpoint: checkpoint, forward: try NativeForwardPass(checkpoint))
  }

  /// By libtorch; nil where the engine is not built.
  static func engineEncoder(_ model: String) throws -> SparseEncoder? {
    guard let engine = EngineSearch().engine else { return nil }
    let checkpoint = try Checkpoint(folder: model)
    return try SparseEncoder(
      checkpoint: checkpoint, forward: try EngineForwardPass(checkpoint, engine: engine, device: BenchmarkInput.device))
  }

  static func run(_ input: BenchmarkInput) async throws {
    let onDevice = BenchmarkInput.device == .cpu ? nil : try engineEncoder(input.model)
    let encoder = try onDevice ?? encoder(input.model)
    let words = input.texts.joined(separator: " ").split(separator: " ").prefix(4000).map(String.init)
    for length in [12, 64, 256] {
      let query = text(of: length, from: words, with: encoder)
      var milliseconds: [Double] = []
      for round in 0..<220 {
        let seconds = try await Cost.of { _ = try await encoder.encode(query: query) }.seconds
        if round >= 20 { milliseconds.append(seconds * 1000) }
      }
      milliseconds.sort()
      print(
        "  \(length) tokens: p50 \(rounded(milliseconds[100])) ms, p95 \(rounded(milliseconds[190])) ms, "
          + "p99 \(rounded(milliseconds[198])) ms")
      if let python = input.python {
        let peer = try Peer(
          python: python, script: input.peers + "/encode.py", texts: [query], arguments: [input.model])
        try await AlternatingRuns(rounds: 30, amount: 1, unit: "queries", showsLatency: true).compare([
          .init(name: "parlance") { try await Cost.of { _ = try await encoder.encode(query: query) } },
          .init(name: "sentence-transformers") { try peer.run("1") },
        ])
      }
    }
  }

  /// Words until there are `length` tokens; the model cuts what is over.
  private static func text(of length: Int, from words: [String], with encoder: SparseEncoder) -> String {
    var text = ""
    for word in words {
      guard encoder.tokenizer.encode(text).count < length else { break }
      text += " " + word
    }
    return text
  }
}
