import BinaryFiles

/// Little-endian stored numbers as `Float`: exact, but for doubles, which are rounded to the nearest.
enum FloatDecoding {
  static func floats(_ bytes: RawSpan, as type: ElementType) -> [Float] {
    switch type {
    case .float64: map(bytes, UInt64.self) { Float(Double(bitPattern: $0)) }
    case .float16: map(bytes, UInt16.self, widenHalf)
    case .bfloat16: map(bytes, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    default: map(bytes, UInt32.self) { Float(bitPattern: $0) }
    }
  }

  @inline(__always)
  private static func map<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _: Bits.Type, _ widen: (Bits) -> Float
  ) -> [Float] {
    var floats = [Float](repeating: 0, count: bytes.byteCount / MemoryLayout<Bits>.size)
    for index in floats.indices {
      floats[index] = widen(bytes.load(Bits.self, at: index * MemoryLayout<Bits>.size))
    }
    return floats
  }

  /// IEEE 754 binary16 to binary32: moved into place, the exponent's bias is corrected by a multiplication, which also
  /// normalises subnormal numbers; infinities and NaN are mended after it.
  @inline(__always)
  static func widenHalf(_ half: UInt16) -> Float {
    let magnitude = UInt32(half & 0x7FFF) << 13
    let sign = UInt32(half & 0x8000) << 16
    var bits = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
    if magnitude >= 0x0F80_0000 { bits |= 0x7F80_0000 }
    return Float(bitPattern: bits | sign)
  }
}
