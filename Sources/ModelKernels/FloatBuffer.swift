package import BinaryFiles

/// Memory for float32 numbers that the kernels read and write.
///
/// It does no locking: threads that share a buffer write different parts of it, or one after the other.
@safe public final class FloatBuffer: @unchecked Sendable {
  public let count: Int
  let base: UnsafeMutablePointer<Float>
  /// What has the memory, when it is not the buffer's own; nothing may be written then.
  private let owner: AnyObject?

  /// Zeros.
  public init(count: Int) {
    self.count = count
    owner = nil
    // Vectors of 16 floats are loaded past the end of a row.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * count + 64, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * count + 64)
    unsafe base = memory.assumingMemoryBound(to: Float.self)
  }

  public convenience init(_ numbers: [Float]) {
    self.init(count: numbers.count)
    for (place, number) in numbers.enumerated() { unsafe base[place] = number }
  }

  /// Numbers of a mapped file, in place, for kernels that stay within them and only read: rows of embeddings, and weights that
  /// are laid out or quantised.
  ///
  /// - Returns: `nil` where the file has no such bytes, or they are not aligned.
  package convenience init?(mapping file: MappedFile, _ range: Range<Int>) {
    guard let bytes = try? file.bytes(in: range) else { return nil }
    self.init(bytes, of: file, alignment: MemoryLayout<Float>.alignment)
  }

  /// Bytes of a section in place, whose checksums are found to fit.
  package convenience init?(mapping section: Section) {
    guard let bytes = try? section.bytes() else { return nil }
    self.init(bytes, of: section, alignment: 64)
  }

  private init?(_ bytes: RawSpan, of owner: AnyObject, alignment: Int) {
    let start = unsafe bytes.withUnsafeBytes { $0.baseAddress }
    guard let start = unsafe start, UInt(bitPattern: start) % UInt(alignment) == 0, bytes.byteCount % 4 == 0 else {
      return nil
    }
    count = bytes.byteCount / 4
    // The owner keeps the memory as long as the buffer is there.
    self.owner = owner
    unsafe base = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: Float.self)
  }

  deinit {
    if owner == nil { unsafe UnsafeMutableRawPointer(base).deallocate() }
  }

  public subscript(_ place: Int) -> Float {
    get {
      precondition(place >= 0 && place < count, "the buffer has \(count) numbers")
      return unsafe base[place]
    }
    set {
      precondition(place >= 0 && place < count && owner == nil, "the buffer has \(count) numbers of its own")
      unsafe base[place] = newValue
    }
  }

  /// The address of the first of `numbers` numbers from `start` on.
  func pointer(_ start: Int, _ numbers: Int) -> UnsafeMutablePointer<Float> {
    precondition(start >= 0 && numbers >= 0 && start + numbers <= count, "the buffer has \(count) numbers")
    return unsafe base + start
  }
}
