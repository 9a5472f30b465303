#if _endian(big)
  #error("the formats are little-endian and read in place; a big-endian machine would need byte swaps here")
#endif

/// Bounds-checked reading of little-endian numbers, the only byte order in our formats.
extension RawSpan {
  /// The byte at `offset`; traps outside the span.
  @inlinable
  public func byte(at offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount, "a byte outside of the span")
    return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The number at `offset`, at any alignment; traps outside the span.
  ///
  /// `Value` must be one for which every pattern of bits is a value: integers, floats, SIMD vectors of them.
  @inlinable
  public func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
    precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Value>.size, "a number outside of the span")
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
  }

  /// The bytes as numbers in place.
  ///
  /// - Returns: `nil` unless the bytes are aligned for `Value` and a whole number of them. Sections of a
  ///   `SectionedFile` begin at multiples of 64 bytes.
  @inlinable
  @_lifetime(copy self)
  public func values<Value: BitwiseCopyable>(of type: Value.Type) -> Span<Value>? {
    let aligned = unsafe withUnsafeBytes { bytes in
      UInt(bitPattern: bytes.baseAddress) % UInt(MemoryLayout<Value>.alignment) == 0
    }
    guard aligned, byteCount % MemoryLayout<Value>.stride == 0 else { return nil }
    return Span<Value>(_bytes: self)
  }

  /// A copy of the bytes.
  public func array() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }

  /// Whether the bytes are those of `other`.
  public func elementsEqual(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    return unsafe withUnsafeBytes { left in
      unsafe other.withUnsafeBytes { right in unsafe left.elementsEqual(right) }
    }
  }
}

extension [UInt8] {
  /// The bytes as a span without a type, which is what the readers and writers here take.
  @inlinable
  public var rawSpan: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }

  /// Appends the bytes of numbers, or of structs of them: each as far from the one before as in an array.
  package mutating func append<Value: BitwiseCopyable>(bytesOf values: Span<Value>) {
    let end = count + values.count * MemoryLayout<Value>.stride
    unsafe values.bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    // A span ends with its last value, whose padding is not part of it.
    append(contentsOf: repeatElement(0, count: end - count))
  }

  /// Appends the little-endian bytes of `value`.
  @inlinable
  public mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
    var rest = value
    for _ in 0..<Value.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}

extension [Float] {
  /// The numbers' little-endian bytes.
  @inlinable
  public var rawSpan: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }
}
