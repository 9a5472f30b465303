/// How token logits become one sparse vector: what the sentence-transformers layout names, SPLADE-max where it is silent.
public struct SparseHead: Sendable, Hashable {
  public enum Pooling: String, Sendable, Hashable, CaseIterable {
    /// `r_v = max_i f(w_iv)`, SPLADE++ (arXiv 2205.04733).
    case max
    /// `r_v = sum_i f(w_iv)`, the first SPLADE (arXiv 2107.05720).
    case sum
  }

  public enum Activation: String, Sendable, Hashable, CaseIterable {
    /// `f(w) = log(1 + relu(w))`
    case relu
    /// `f(w) = log(1 + log(1 + relu(w)))`, opensearch-project's third generation (arXiv 2504.14839).
    case log1pReLU = "log1p_relu"
  }

  public var pooling: Pooling
  public var activation: Activation

  /// SPLADE-max, `r_v = max_i log(1 + relu(w_iv))`.
  public static let spladeMax = SparseHead(pooling: .max, activation: .relu)

  public init(pooling: Pooling, activation: Activation) {
    self.pooling = pooling
    self.activation = activation
  }
}
