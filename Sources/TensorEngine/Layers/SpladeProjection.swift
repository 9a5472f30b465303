import CTensorEngine
public import Diagnostics

/// The last step of SPLADE, fused: `r_v = pool_i f(h_i W_v + b_v)` of each packed sequence, sparse
/// (arXiv 2205.04733, eq. 1 and 2; METHOD: SPLADE-max).
///
/// The logits T x V are never whole in memory. The backward pass touches only the (token, term) pairs that pooling kept
/// and that got a gradient; it equals PyTorch's `max(dim)`, which sends the gradient to one token.
public struct SpladeProjection {
  public enum Pooling: Sendable {
    case max, sum
  }

  public enum Activation: Sendable {
    /// `log(1 + relu(x))`
    case log1pReLU
    /// `log(1 + log(1 + relu(x)))`
    case log1pLog1pReLU
  }

  /// V x H
  public var weight: Tensor
  /// V
  public var bias: Tensor
  public var pooling: Pooling
  public var activation: Activation
  private var prepared: Tensor?
  private var screen: Screen?

  public init(weight: Tensor, bias: Tensor, pooling: Pooling, activation: Activation) {
    self.weight = weight
    self.bias = bias
    self.pooling = pooling
    self.activation = activation
  }

  /// Lets the product be screened from now on, where that serves; nothing else changes.
  public mutating func enableScreening() throws(ParlanceError) {
    var handle: OpaquePointer?
    try weight.engine.check(unsafe weight.engine.table.pointee.screen_make(&handle))
    screen = unsafe handle.map { unsafe Screen($0, of: weight.engine) }
  }

  /// What screening has done so far.
  public struct Screening: Sendable, Hashable {
    /// Such as `avx512vnni`; `nil` where every logit is computed.
    public var kernel: String?
    /// How many tokens were screened.
    public var tokens = 0
    /// How many of their logits were computed.
    public var computedLogits = 0
    /// Whether so many survived that computing every logit is faster.
    public var standsDown = false
  }

  /// `nil` where screening was not enabled.
  public var screening: Screening? { screen?.report }

  /// Lays a second copy of the weight in the order in which the product reads it, instead of doing so in each call.
  /// To be called again when the weight has changed.
  public mutating func prepare() throws(ParlanceError) {
    guard try weight.device() == .cpu else { return }
    prepared = try unsafe weight.engine.tensor { unsafe weight.table.pointee.splade_prepare(weight.handle, $0) }
  }

  /// The active terms of each sequence, ascending.
  public struct Rows {
    /// B + 1 offsets into the others.
    public var starts: [Int64]
    /// N vocabulary columns.
    public var terms: [Int32]
    /// N tokens, counted from the start of the sequence: where the greatest logit stood.
    public var positions: [Int32]
    /// N weights, recorded for `backward`.
    public var weights: Tensor
  }

  /// - Parameters:
  ///   - hidden_TH: the transformed hidden states of all tokens.
  ///   - starts: B + 1 offsets into the T tokens.
  /// - Throws: `badInput` when the hidden states are not finite.
  public func callAsFunction(_ hidden_TH: Tensor, starts: [Int32]) throws(ParlanceError) -> Rows {
    let engine = hidden_TH.engine
    var out = unsafe parlance_sparse_rows()
    let (pooling, activation) = (
      pooling == .max ? PARLANCE_POOLING_MAX : PARLANCE_POOLING_SUM,
      activation == .log1pReLU ? PARLANCE_LOG1P_RELU : PARLANCE_LOG1P_LOG1P_RELU
    )
    let sequences = Int32(starts.count - 1)
    if let screen {
      try engine.check(
        unsafe engine.table.pointee.screened_head(
          hidden_TH.handle, weight.handle, bias.handle, prepared?.handle, screen.handle, starts, sequences, pooling,
          activation, &out))
    } else {
      try engine.check(
        unsafe engine.table.pointee.splade_head(
          hidden_TH.handle, weight.handle, bias.handle, prepared?.handle, starts, sequences, pooling, activation, &out))
    }
    let tensors = unsafe [out.starts, out.terms, out.positions, out.weights].compactMap { handle in
      unsafe handle.map { unsafe Tensor($0, of: engine) }
    }
    guard tensors.count == 4 else {
      throw ParlanceError(.internalFault, "the tensor engine returned incomplete rows")
    }
    return Rows(
      starts: try tensors[0].int64s(), terms: try tensors[1].int32s(), positions: try tensors[2].int32s(),
      weights: tensors[3])
  }
}
