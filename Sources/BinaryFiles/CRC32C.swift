import CKernels

/// CRC-32C (Castagnoli), the checksum of each block of our binary files.
///
/// It uses the processor's instruction where there is one; the answer is the same everywhere.
public struct CRC32C: Sendable {
  /// The checksum of the bytes so far.
  public private(set) var value: UInt32 = 0

  public init() {}

  /// Takes the next bytes.
  public mutating func update(_ bytes: RawSpan) {
    value = unsafe bytes.withUnsafeBytes { unsafe parlance_crc32c(value, $0.baseAddress, $0.count) }
  }

  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.rawSpan)
  }

  /// The checksum of `bytes` alone.
  public static func checksum(of bytes: RawSpan) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes)
    return checksum.value
  }

  public static func checksum(of bytes: [UInt8]) -> UInt32 {
    checksum(of: bytes.rawSpan)
  }
}

extension CRC32C {
  /// Which instructions it runs on here, for people who ask why a machine is slow.
  package static var kind: String { unsafe String(cString: parlance_crc32c_kind()) }
}
