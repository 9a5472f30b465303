import Checkpoints
import Diagnostics
import Retrieval
import SparseEncoder
import SparseVectors
import TensorEngine

extension SparseEncoder {
  /// Opens a model for somebody at a terminal: with a bar while it comes, and a word on a cache that may be out of date and on a
  /// licence that forbids a use.
  ///
  /// - Throws: as `open`.
  static func openTelling(
    _ model: String, settings: EncoderSettings = EncoderSettings(), device: Device = .cpu, cores: Int? = nil
  ) async throws(ParlanceError) -> SparseEncoder {
    let bar = ProgressBar()
    defer { bar.finish() }
    let encoder = try await open(
      model, settings: settings, device: device, cores: cores,
      note: { line in
        bar.finish()
        Console.standard.note(line)
      }, progress: bar.handler, interruption: Console.standard.interruption)
    Signals.endOnBrokenPipe()
    if encoder.licence.commercialUse != .allowed {
      Console.standard.note("licence of \(encoder.identity.name): \(encoder.licence.summary)")
    }
    return encoder
  }
}
