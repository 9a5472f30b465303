import Checkpoints
import Diagnostics
import Foundation
import SparseEncoder
import Synchronization

/// Passages a second on all cores, against sentence-transformers' SparseEncoder at each of its batch sizes. COUNT
/// says how many, DEVICE where the model runs.
enum EncodeBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    try await run(input, model: input.model, count: 512)
  }

  /// The same for the shape of BERT-base, with weights whose logits are spread as a trained model's; it needs the judges to
  /// make them.
  static func runBase(_ input: BenchmarkInput) async throws {
    guard let model = try MadeBERTBase(input, script: "trained_like_bert_base.py") else {
      return print("  skipped: the judges are not installed")
    }
    try await run(input, model: model.folder, count: 32)
  }

  private static func run(_ input: BenchmarkInput, model: String, count: Int) async throws {
    let texts = input.sample(count)
    let encoder = try QueryLatencyBenchmark.encoder(model)
    var contenders: [AlternatingRuns.Contender] = []
    if BenchmarkInput.device == .cpu {
      contenders.append(.init(name: "parlance") { try await Cost.of { try await encode(texts, with: encoder) } })
    }
    if let engine = try QueryLatencyBenchmark.engineEncoder(model) {
      contenders.append(
        .init(name: "parlance, by the engine") { try await Cost.of { try await encode(texts, with: engine) } })
    }
    if let python = input.python {
      let peer = try Peer(
        python: python, script: input.peers + "/encode.py", texts: texts, arguments: [model])
      for batch in BenchmarkInput.device == .cpu ? [8, 32, 128] : [32, 128, 512] where batch <= texts.count {
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
