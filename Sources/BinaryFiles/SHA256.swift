import CKernels

/// SHA-256 (FIPS 180-4): what names an encoder, a tokenizer, a downloaded file.
public struct SHA256: Sendable {
  /// The 32 bytes of a finished hash.
  public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    /// - Precondition: there are 32 bytes.
    public init(_ bytes: [UInt8]) {
      precondition(bytes.count == 32, "SHA-256 has 32 bytes")
      self.bytes = bytes
    }

    /// 64 digits, lower case.
    public var hexadecimal: String {
      let digits = Array("0123456789abcdef".utf8)
      var text: [UInt8] = []
      text.reserveCapacity(64)
      for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      return String(decoding: text, as: UTF8.self)
    }

    public var description: String { hexadecimal }
  }

  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes of a block that is not full yet.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0

  public init() {}

  /// Takes the next bytes.
  public mutating func update(_ bytes: RawSpan) {
    count += UInt64(bytes.byteCount)
    var start = 0
    if !rest.isEmpty {
      start = min(64 - rest.count, bytes.byteCount)
      append(bytes.extracting(0..<start))
      guard rest.count == 64 else { return }
      let block = rest
      compress(block.rawSpan, blocks: 1)
      rest.removeAll(keepingCapacity: true)
    }
    let blocks = (bytes.byteCount - start) / 64
    compress(bytes.extracting(start..<start + 64 * blocks), blocks: blocks)
    append(bytes.extracting((start + 64 * blocks)..<bytes.byteCount))
  }

  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.rawSpan)
  }

  /// Takes the UTF-8 bytes of `text`.
  public mutating func update(_ text: String) {
    let bytes = Array(text.utf8)
    update(bytes.rawSpan)
  }

  /// The hash of all bytes taken.
  public consuming func finish() -> Digest {
    let bitCount = count &* 8
    var tail = rest
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
    }
    compress(tail.rawSpan, blocks: tail.count / 64)
    return Digest(
      state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } })
  }

  /// The hash of `bytes` alone.
  public static func digest(of bytes: RawSpan) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  public static func digest(of bytes: [UInt8]) -> Digest {
    digest(of: bytes.rawSpan)
  }

  private mutating func append(_ bytes: RawSpan) {
    for offset in bytes.byteOffsets { rest.append(bytes.byte(at: offset)) }
  }

  private mutating func compress(_ bytes: RawSpan, blocks: Int) {
    unsafe state.withUnsafeMutableBufferPointer { state in
      guard let base = state.baseAddress else { return }
      unsafe bytes.withUnsafeBytes { unsafe parlance_sha256_blocks(base, $0.baseAddress, blocks) }
    }
  }
}

extension SHA256 {
  /// Which instructions it runs on here, for people who ask why a machine is slow.
  package static var kind: String { unsafe String(cString: parlance_sha256_kind()) }
}
