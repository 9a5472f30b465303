import CTensorEngine
public import Diagnostics

/// An array of numbers of any rank on a device, held by the engine and freed with the last reference.
///
/// Not `Sendable`: a tensor is used on one engine thread. Names of variables carry the shape, as in `hidden_TH`:
/// B batch, L tokens, H hidden, V vocabulary, T packed tokens.
@safe public final class Tensor {
  let handle: OpaquePointer
  public let engine: TensorEngine

  /// Takes over `handle`.
  init(_ handle: OpaquePointer, of engine: TensorEngine) {
    unsafe self.handle = handle
    self.engine = engine
  }

  deinit {
    unsafe table.pointee.tensor_release(handle)
  }

  var table: UnsafePointer<parlance_engine_table> { unsafe engine.table }

  /// The type of the elements.
  public enum ElementType: Hashable, Sendable {
    case float32, int64, int32, uint8

    var abi: parlance_dtype {
      switch self {
      case .float32: PARLANCE_FLOAT32
      case .int64: PARLANCE_INT64
      case .int32: PARLANCE_INT32
      case .uint8: PARLANCE_UINT8
      }
    }
  }

  /// The sizes of the dimensions.
  public func shape() throws(ParlanceError) -> [Int] {
    var rank: Int32 = 0
    try engine.check(unsafe table.pointee.tensor_rank(handle, &rank))
    var shape = [Int64](repeating: 0, count: Int(rank))
    try engine.check(unsafe table.pointee.tensor_shape(handle, &shape, rank))
    return shape.map { Int($0) }
  }

  public func elementType() throws(ParlanceError) -> ElementType {
    var type = PARLANCE_FLOAT32
    try engine.check(unsafe table.pointee.tensor_type(handle, &type))
    switch type {
    case PARLANCE_INT64: return .int64
    case PARLANCE_INT32: return .int32
    case PARLANCE_UINT8: return .uint8
    default: return .float32
    }
  }

  public func device() throws(ParlanceError) -> Device {
    var device = parlance_device(kind: PARLANCE_CPU, index: 0)
    try engine.check(unsafe table.pointee.tensor_device(handle, &device))
    return Device(device)
  }
}
