import Diagnostics
import SparseEncoder
import Synchronization

/// Passages on their way through the model. They are long work: only a few batches are taken at a time, so that queries overtake.
final class PassageEncoding: Sendable {
  /// Batches that are in the model or wait for it.
  private let batches = Atomic(0)
  private static let most = 4
  private let metrics: ServiceMetrics

  init(_ metrics: ServiceMetrics) {
    self.metrics = metrics
  }

  /// - Throws: `Problem` 429 when enough is under way; as `SparseEncoder.encode`.
  func encode(
    _ texts: [String], by model: SparseEncoder, for request: APIRequest
  ) async throws -> [EncodedText] {
    guard batches.wrappingAdd(1, ordering: .relaxed).newValue <= Self.most else {
      batches.wrappingSubtract(1, ordering: .relaxed)
      metrics.refused("queue")
      throw Problem.busy(retryAfter: 1)
    }
    defer { batches.wrappingSubtract(1, ordering: .relaxed) }
    return try await model.encode(texts, as: .passage, interruption: request.interruption)
  }
}
