import CTensorEngine
public import Diagnostics

/// `x W^T + b`, PyTorch's `Linear`: the rows of the weight are outputs, its columns inputs.
public struct Linear {
  public var weight: Tensor
  public var bias: Tensor?

  public init(weight: Tensor, bias: Tensor?) {
    self.weight = weight
    self.bias = bias
  }

  public func callAsFunction(_ x: Tensor) throws(ParlanceError) -> Tensor {
    try unsafe x.engine.tensor {
      unsafe x.table.pointee.linear(x.handle, weight.handle, bias?.handle, $0)
    }
  }
}
