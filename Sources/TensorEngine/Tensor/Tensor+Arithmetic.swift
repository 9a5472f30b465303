import CTensorEngine
public import Diagnostics

// Arithmetic. Shapes broadcast as in PyTorch; dimensions may be negative, counted from the last.

extension Tensor {
  public func negated() throws(ParlanceError) -> Tensor { try unary(PARLANCE_NEGATIVE) }
  public func relu() throws(ParlanceError) -> Tensor { try unary(PARLANCE_RELU) }
  /// `x Phi(x)`, by the error function.
  public func gelu() throws(ParlanceError) -> Tensor { try unary(PARLANCE_GELU) }
  /// The tanh approximation of GELU.
  public func geluTanh() throws(ParlanceError) -> Tensor { try unary(PARLANCE_GELU_TANH) }
  public func log1p() throws(ParlanceError) -> Tensor { try unary(PARLANCE_LOG1P) }
  public func log() throws(ParlanceError) -> Tensor { try unary(PARLANCE_LOG) }
  public func exp() throws(ParlanceError) -> Tensor { try unary(PARLANCE_EXP) }
  public func squareRoot() throws(ParlanceError) -> Tensor { try unary(PARLANCE_SQRT) }
  public func squared() throws(ParlanceError) -> Tensor { try unary(PARLANCE_SQUARE) }
  public func reciprocal() throws(ParlanceError) -> Tensor { try unary(PARLANCE_RECIPROCAL) }
  public func magnitude() throws(ParlanceError) -> Tensor { try unary(PARLANCE_ABSOLUTE) }

  public func adding(_ other: Tensor) throws(ParlanceError) -> Tensor { try binary(PARLANCE_ADD, other) }
  public func subtracting(_ other: Tensor) throws(ParlanceError) -> Tensor { try binary(PARLANCE_SUBTRACT, other) }
  public func multiplied(by other: Tensor) throws(ParlanceError) -> Tensor { try binary(PARLANCE_MULTIPLY, other) }
  public func divided(by other: Tensor) throws(ParlanceError) -> Tensor { try binary(PARLANCE_DIVIDE, other) }
  public func maximum(_ other: Tensor) throws(ParlanceError) -> Tensor { try binary(PARLANCE_MAXIMUM, other) }

  /// `self * factor + summand`, element by element.
  public func scaled(by factor: Double = 1, plus summand: Double = 0) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.affine(handle, factor, summand, $0) }
  }

  public func matrixProduct(_ other: Tensor) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.matrix_product(handle, other.handle, $0) }
  }

  /// What becomes of the numbers along a dimension.
  public enum Reduction: Sendable {
    case sum, mean, max

    var abi: parlance_reduction {
      switch self {
      case .sum: PARLANCE_SUM
      case .mean: PARLANCE_MEAN
      case .max: PARLANCE_MAX
      }
    }
  }

  public func reduced(
    by reduction: Reduction, along dimension: Int, keepingDimension: Bool = false
  ) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor {
      unsafe table.pointee.reduce(reduction.abi, handle, Int32(dimension), keepingDimension ? 1 : 0, $0)
    }
  }

  /// One number out of all elements.
  public func reduced(by reduction: Reduction) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.reduce_all(reduction.abi, handle, $0) }
  }

  public func softmax(along dimension: Int) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.softmax(handle, Int32(dimension), 0, $0) }
  }

  public func logSoftmax(along dimension: Int) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.softmax(handle, Int32(dimension), 1, $0) }
  }

  private func unary(_ function: parlance_unary) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.unary(function, handle, $0) }
  }

  private func binary(_ function: parlance_binary, _ other: Tensor) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.binary(function, handle, other.handle, $0) }
  }
}
