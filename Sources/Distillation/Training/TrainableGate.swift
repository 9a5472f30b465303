import Checkpoints
import Diagnostics
import Identifiers
import SparseEncoder
import SparseVectors
import TensorEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The gate of a residual student while it learns.
///
/// A number for all terms or one for each is kept as its logarithm, so that it stays above zero; one that is read off the
/// conversation is a column of the student's own vector that stands for no word.
final class TrainableGate {
  let kind: Recipe.Residual.Gate
  /// The logarithms; `nil` for a column.
  let logarithms: Tensor?
  let optimizer: AdamW?
  /// What `value()` is for the time being.
  var override: Float?
  private let column: Int
  private let engine: TensorEngine

  init(
    _ residual: Recipe.Residual, model: TrainableModel, vocabulary: Vocabulary, engine: TensorEngine
  ) throws(ParlanceError) {
    kind = residual.gate
    self.engine = engine
    switch residual.gate {
    case .scalar, .term:
      column = -1
      let tensor = try engine.full(
        log(residual.start), shape: [residual.gate == .scalar ? 1 : model.vocabularySize])
      try tensor.setRequiresGradient()
      logarithms = tensor
      optimizer = try AdamW([tensor])
    case .conversation:
      guard let free = vocabulary.pieces.firstIndex(where: { $0.string.hasPrefix("[unused") }) else {
        throw ParlanceError(
          .badInput, "the gate `conversation` needs a piece such as [unused0] in the model's vocabulary; it has none")
      }
      let bias = try Self.bias(for: residual.start, under: model.head)
      column = free
      (logarithms, optimizer) = (nil, nil)
      try model.overwrite(column: free, bias: bias)
    }
  }

  /// The bias with which a column whose row is zeros weighs the start, whatever the conversation.
  private static func bias(for start: Double, under head: SparseHead) throws(ParlanceError) -> Float {
    guard head.pooling == .max else {
      throw ParlanceError(
        .badInput,
        "the gate `conversation` needs a model that pools by max: this one sums over tokens, and the gate with them")
    }
    let once = expm1(start)
    let bias = Float(head.activation == .relu ? once : expm1(once))
    guard bias.isFinite else {
      throw ParlanceError(
        .badInput, "`student.residual.start` of \(start) is more than this model's activation can give a column")
    }
    return bias
  }

  /// The gate as it is now.
  func value() throws(ParlanceError) -> StudentDeclaration.Gate {
    if let override { return .scalar(override) }
    guard let logarithms else { return .column(column) }
    let values = try logarithms.floats().map { exp($0) }
    return kind == .scalar ? .scalar(values[0]) : .terms(values)
  }

  /// Zeros for each number of the gate.
  var zeroGradient: [Float] {
    [Float](repeating: 0, count: (try? logarithms?.shape().first) ?? 0)
  }

  /// - Parameter gradient: with respect to the gate's numbers.
  func backward(_ gradient: [Float]) throws(ParlanceError) {
    guard let logarithms else { return }
    let values = try logarithms.floats()
    let slopes = zip(gradient, values).map { $0 * exp($1) }
    try Tensor.backward([logarithms], from: [engine.tensor(slopes, shape: [slopes.count])])
  }
}
