/// Memory for float32 numbers that the kernels read and write.
///
/// It does no locking: threads that share a buffer write different parts of it, or one after the other.
@safe public final class FloatBuffer: @unchecked Sendable {
  public let count: Int
  let base: UnsafeMutablePointer<Float>

  /// Zeros.
  public init(count: Int) {
    self.count = count
    // Vectors of 16 floats are loaded past the end of a row.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * count + 64, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * count + 64)
    unsafe base = memory.assumingMemoryBound(to: Float.self)
  }

  public convenience init(_ numbers: [Float]) {
    self.init(count: numbers.count)
    for (place, number) in numbers.enumerated() { unsafe base[place] = number }
  }

  deinit {
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  public subscript(_ place: Int) -> Float {
    get {
      precondition(place >= 0 && place < count, "the buffer has \(count) numbers")
      return unsafe base[place]
    }
    set {
      precondition(place >= 0 && place < count, "the buffer has \(count) numbers")
      unsafe base[place] = newValue
    }
  }

  /// The address of the first of `numbers` numbers from `start` on.
  func pointer(_ start: Int, _ numbers: Int) -> UnsafeMutablePointer<Float> {
    precondition(start >= 0 && numbers >= 0 && start + numbers <= count, "the buffer has \(count) numbers")
    return unsafe base + start
  }
}
