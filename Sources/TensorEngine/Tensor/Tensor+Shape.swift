import CTensorEngine
public import Diagnostics

// Parts and rearrangements.

extension Tensor {
  /// The same elements in C order under another shape; one size may be -1.
  public func reshaped(_ shape: [Int]) throws(ParlanceError) -> Tensor {
    let shape = shape.map(Int64.init)
    return try unsafe engine.tensor { unsafe table.pointee.reshape(handle, shape, Int32(shape.count), $0) }
  }

  public func transposed(_ dimension: Int, _ other: Int) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.transpose(handle, Int32(dimension), Int32(other), $0) }
  }

  /// The part `range` of a dimension.
  public func narrowed(_ dimension: Int, to range: Range<Int>) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor {
      unsafe table.pointee.narrow(handle, Int32(dimension), Int64(range.lowerBound), Int64(range.count), $0)
    }
  }

  /// The slices of a dimension at `indices`, 64-bit integers.
  public func selecting(_ indices: Tensor, along dimension: Int) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.index_select(handle, Int32(dimension), indices.handle, $0) }
  }

  /// `rows` rows of zeros, to which row `i` of this tensor is added at `indices[i]`.
  public func addingRows(at indices: Tensor, into rows: Int) throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.index_add(handle, indices.handle, Int64(rows), $0) }
  }
}

extension TensorEngine {
  /// Tensors laid end to end along a dimension.
  public func concatenated(_ tensors: [Tensor], along dimension: Int = 0) throws(ParlanceError) -> Tensor {
    let handles = unsafe tensors.map { unsafe Optional($0.handle) }
    return try withExtendedLifetime(tensors) { () throws(ParlanceError) in
      try unsafe tensor { unsafe table.pointee.concatenate(handles, Int32(handles.count), Int32(dimension), $0) }
    }
  }
}
