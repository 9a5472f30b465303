import CTensorEngine
public import Diagnostics

/// A table of vectors, one a row, looked up by index.
public struct Embedding {
  public var table: Tensor

  public init(table: Tensor) {
    self.table = table
  }

  /// The rows at `indices`, 64-bit integers.
  public func callAsFunction(_ indices: Tensor) throws(ParlanceError) -> Tensor {
    try unsafe table.engine.tensor { unsafe table.table.pointee.embedding(table.handle, indices.handle, $0) }
  }
}
