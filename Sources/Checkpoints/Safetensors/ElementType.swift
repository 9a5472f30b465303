/// How the numbers of a stored tensor are written; the raw value is safetensors' name.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case float6E3M2 = "F6_E3M2"
  case float6E2M3 = "F6_E2M3"
  case float4 = "F4"
  case complex64 = "C64"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bits of one number.
  public var bits: Int {
    switch self {
    case .float64, .complex64, .int64, .uint64: 64
    case .float32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .float8E5M2, .float8E4M3, .float8E8M0, .float8E5M2FNUZ, .float8E4M3FNUZ, .int8, .uint8, .bool: 8
    case .float6E3M2, .float6E2M3: 6
    case .float4: 4
    }
  }

  /// Whether weights may be stored so: `F32`, `F16` and `BF16` are read as `Float` without loss, `F64` is rounded.
  public var isReadableAsFloat: Bool {
    self == .float32 || self == .float16 || self == .bfloat16 || self == .float64
  }

  /// The types that weights may have, for messages.
  static let readable = "F64, F32, F16 or BF16"
}
