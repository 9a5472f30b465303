import CTensorEngine
public import Diagnostics

extension Tensor {
  /// Scaled dot-product self-attention inside each of the packed sequences (arXiv 1706.03762, eq. 1).
  ///
  /// - Parameters:
  ///   - keys, values: of the shape of the receiver, the queries: T x (heads * head width).
  ///   - starts: B + 1 offsets into the T tokens.
  ///   - dropout: the probability with which an attention weight is dropped; 0 outside of training.
  public func packedAttention(
    keys: Tensor, values: Tensor, starts: [Int32], heads: Int, dropout: Double = 0
  ) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor {
      unsafe table.pointee.packed_attention(
        handle, keys.handle, values.handle, starts, Int32(starts.count - 1), Int32(heads), dropout, $0)
    }
  }

  /// Sets elements to zero with `probability` and scales the others up by what that loses.
  public func dropout(_ probability: Double) throws(ParlanceError) -> Tensor {
    guard probability > 0 else { return self }
    return try unsafe engine.tensor { unsafe table.pointee.dropout(handle, probability, $0) }
  }
}
