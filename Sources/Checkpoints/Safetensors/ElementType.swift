/// How the numbers of a stored tensor are written; the raw value is safetensors' name.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float64 = "F64"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  public var size: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether weights may be stored so: `F32`, `F16` and `BF16` are read as `Float` without loss.
  public var isReadableAsFloat: Bool {
    self == .float32 || self == .float16 || self == .bfloat16
  }
}
