import Diagnostics
import SparseEncoder

/// Passages on their way through the model. They are long work: only a few batches are taken at a time, so that queries overtake.
final class PassageEncoding: Sendable {
  /// Of batches to the model.
  private let admission: Admission

  init(_ metrics: ServiceMetrics) {
    admission = Admission(limit: 4, metrics: metrics)
  }

  /// - Throws: `Problem` 429 when enough is under way; as `SparseEncoder.encode`.
  func encode(
    _ texts: [String], by model: SparseEncoder, for request: APIRequest
  ) async throws -> [EncodedText] {
    try admission.enter()
    defer { admission.leave() }
    return try await model.encode(texts, as: .passage, interruption: request.interruption)
  }
}
