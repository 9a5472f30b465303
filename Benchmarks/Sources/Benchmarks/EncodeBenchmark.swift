import Checkpoints
import Diagnostics
import SparseEncoder
import Synchronization
import TensorEngine

/// Passages a second on all cores, against sentence-transformers' SparseEncoder at each of its batch sizes.
enum EncodeBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let texts = input.sample(512)
    let encoder = try QueryLatencyBenchmark.encoder(input)
    var contenders = [
      AlternatingRuns.Contender(name: "parlance") {
        try await AlternatingRuns.seconds { try await encode(texts, with: encoder) }
      }
    ]
    if let python = input.python {
      let peer = try Peer(
        python: python, script: input.peers + "/encode.py", texts: texts, arguments: [input.model])
      for batch in [8, 32, 128] {
        contenders.append(.init(name: "sentence-transformers, batch \(batch)") { try peer.run("\(batch)") })
      }
    }
    try await AlternatingRuns(rounds: 3, amount: Double(texts.count), unit: "passages").compare(contenders)
  }

  private static func encode(_ texts: [String], with encoder: SparseEncoder) async throws {
    let next = Atomic(0)
    var received = 0
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) -> String? in
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < texts.count ? texts[index] : nil
      }, text: { $0 }, to: { _, _ in received += 1 })
    precondition(received == texts.count)
  }
}
