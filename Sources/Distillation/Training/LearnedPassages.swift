import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors
import TensorEngine

/// The passage encoder of a student while both learn: passages of a step from their tokens, and gradients back into it.
///
/// Where a step has more passages than are kept in memory at once, the second pass repeats the first one to the bit, its
/// dropout included, and brings the gradients back part by part (arXiv 2101.06983).
final class LearnedPassages {
  let model: TrainableModel
  private let source: Source
  private let engine: TensorEngine

  /// Where passages come from.
  struct Source: Sendable {
    /// What a separate encoder starts from; `nil` where the student encodes passages too.
    var separate: Checkpoint?
    /// Passages whose history is kept at once.
    var atOnce: Int
    /// What tells one set of texts from another.
    var digest = ""
    /// The tokens of the passage at a place of the vectors' file.
    var tokens: @Sendable (UInt32) throws(ParlanceError) -> [Int32]
  }

  init(_ model: TrainableModel, _ source: Source, engine: TensorEngine) {
    self.model = model
    self.source = source
    self.engine = engine
  }

  /// A step's passages, and what is needed to bring a gradient back.
  struct Forward {
    var vectors: [SparseVector] = []
    fileprivate var sequences: [[Int32]] = []
    fileprivate var seed: UInt64
    fileprivate var dropout: Double
    fileprivate var precision = TensorEngine.Precision.float32
    /// The weights with their history, where all passages are kept.
    fileprivate var weights: Tensor?
  }

  /// - Parameter seed: of dropout.
  func forward(
    _ places: [UInt32], dropout: Double, precision: TensorEngine.Precision = .float32, seed: UInt64
  ) throws(ParlanceError) -> Forward {
    var forward = Forward(seed: seed, dropout: dropout, precision: precision)
    for place in places { forward.sequences.append(try source.tokens(place)) }
    if places.count <= source.atOnce {
      forward.weights = try rows(of: forward.sequences, part: 0, forward, into: &forward.vectors)
      return forward
    }
    try engine.withoutRecording { () throws(ParlanceError) -> Void in
      for (part, range) in parts(of: places.count) {
        _ = try rows(of: Array(forward.sequences[range]), part: part, forward, into: &forward.vectors)
      }
    }
    return forward
  }

  /// Adds the gradients of the parameters.
  ///
  /// - Parameter gradient: the loss's derivative by each weight of `forward.vectors`, laid end to end.
  func backward(_ forward: Forward, _ gradient: [Float]) throws(ParlanceError) {
    if let weights = forward.weights {
      return try backward(weights, gradient[...])
    }
    var start = 0
    for (part, range) in parts(of: forward.sequences.count) {
      var vectors: [SparseVector] = []
      let weights = try rows(of: Array(forward.sequences[range]), part: part, forward, into: &vectors)
      let count = vectors.reduce(0) { $0 + $1.count }
      guard vectors.elementsEqual(forward.vectors[range]) else {
        throw ParlanceError(.internalFault, "passages that were encoded twice in a step have different vectors")
      }
      try backward(weights, gradient[start..<start + count])
      start += count
    }
  }

  /// The vectors of passages as the encoder is now, without dropout and history.
  func vectors(_ places: Range<UInt32>) throws(ParlanceError) -> [SparseVector] {
    var sequences: [[Int32]] = []
    for place in places { sequences.append(try source.tokens(place)) }
    return try engine.withoutRecording { () throws(ParlanceError) -> [SparseVector] in
      var vectors: [SparseVector] = []
      _ = try rows(of: sequences, part: 0, Forward(seed: 0, dropout: 0), into: &vectors)
      return vectors
    }
  }

  private func backward(_ weights: Tensor, _ gradient: ArraySlice<Float>) throws(ParlanceError) {
    if gradient.isEmpty { return }
    try Tensor.backward([weights], from: [engine.tensor(gradient, shape: [gradient.count])])
  }

  private func parts(of count: Int) -> [(part: Int, range: Range<Int>)] {
    stride(from: 0, to: count, by: source.atOnce).enumerated().map { ($0, $1..<min(count, $1 + source.atOnce)) }
  }

  /// Appends the vectors of sequences.
  ///
  /// - Returns: their weights, with their history where it is recorded.
  private func rows(
    of sequences: [[Int32]], part: Int, _ forward: Forward, into vectors: inout [SparseVector]
  ) throws(ParlanceError) -> Tensor {
    try engine.seed(forward.seed &+ UInt64(part))
    let rows = try model(PackedBatch(sequences), dropout: forward.dropout, precision: forward.precision)
    let weights = try rows.weights.floats()
    for sequence in sequences.indices {
      let range = Int(rows.starts[sequence])..<Int(rows.starts[sequence + 1])
      let terms = range.map { TermID(UInt32(bitPattern: rows.terms[$0])) }
      vectors.append(SparseVector(unchecked: terms, Array(weights[range])))
    }
    return rows.weights
  }
}
