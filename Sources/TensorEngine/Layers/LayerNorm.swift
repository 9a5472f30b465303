import CTensorEngine
public import Diagnostics

/// Normalises the last dimension to mean 0 and variance 1, then scales and shifts it (arXiv 1607.06450).
public struct LayerNorm {
  public var weight: Tensor
  public var bias: Tensor
  /// Added to the variance.
  public var epsilon: Double

  public init(weight: Tensor, bias: Tensor, epsilon: Double) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Tensor) throws(ParlanceError) -> Tensor {
    try unsafe x.engine.tensor {
      unsafe x.table.pointee.layer_norm(x.handle, weight.handle, bias.handle, epsilon, $0)
    }
  }
}
