import BinaryFiles
import Diagnostics
import LineFiles

/// Writes numpy arrays into a `.npz` file, stored, atomically.
///
/// An array's elements are produced twice: once for the checksum, which stands before them, and once to be written.
final class NpzWriter {
  private let file: AtomicFile
  private var directory: [UInt8] = []
  private var entryCount = 0

  init(path: String) throws(ParlanceError) {
    file = try AtomicFile(path: path)
  }

  /// - Parameters:
  ///   - type: numpy's type with the byte order, `<f4`.
  ///   - produce: gives all elements' bytes to the function it is given, the same bytes each time.
  func write(
    _ name: String, type: String, shape: [Int],
    _ produce: (([UInt8]) throws(ParlanceError) -> Void) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let header = Self.header(type: type, shape: shape)
    var checksum = zipChecksum(0, header.rawSpan)
    var count = header.count
    try produce { (bytes: [UInt8]) throws(ParlanceError) in
      checksum = zipChecksum(checksum, bytes.rawSpan)
      count += bytes.count
    }
    let offset = file.position
    let name = Array((name + ".npy").utf8)
    let isWide = count >= 0xFFFF_FFFF
    var extra: [UInt8] = []
    if isWide {
      extra.append(littleEndian: UInt16(1))
      extra.append(littleEndian: UInt16(16))
      extra.append(littleEndian: UInt64(count))
      extra.append(littleEndian: UInt64(count))
    }
    let common = Self.common(checksum: checksum, count: count, name: name)
    var local: [UInt8] = []
    local.append(littleEndian: UInt32(0x0403_4B50))
    local += common
    local.append(littleEndian: UInt16(extra.count))
    try file.write(local + name + extra + header)
    try produce { (bytes: [UInt8]) throws(ParlanceError) in try file.write(bytes) }
    addToDirectory(common: common, name: name, count: count, offset: offset)
  }

  func finish() throws(ParlanceError) {
    let offset = file.position
    try file.write(directory)
    var end: [UInt8] = []
    // zip64's record and where it is; readers that need neither pass over them.
    let wide = file.position
    end.append(littleEndian: UInt32(0x0606_4B50))
    end.append(littleEndian: UInt64(44))
    end.append(littleEndian: UInt16(45))
    end.append(littleEndian: UInt16(45))
    end.append(littleEndian: UInt64(0))
    end.append(littleEndian: UInt64(entryCount))
    end.append(littleEndian: UInt64(entryCount))
    end.append(littleEndian: UInt64(directory.count))
    end.append(littleEndian: UInt64(offset))
    end.append(littleEndian: UInt32(0x0706_4B50))
    end.append(littleEndian: UInt32(0))
    end.append(littleEndian: UInt64(wide))
    end.append(littleEndian: UInt32(1))
    end.append(littleEndian: UInt32(0x0605_4B50))
    end.append(littleEndian: UInt32(0))
    end.append(littleEndian: UInt16(entryCount))
    end.append(littleEndian: UInt16(entryCount))
    end.append(littleEndian: UInt32(directory.count))
    end.append(littleEndian: UInt32(clamping: offset))
    end.append(littleEndian: UInt16(0))
    try file.write(end)
    try file.commit()
  }

  private func addToDirectory(common: [UInt8], name: [UInt8], count: Int, offset: Int) {
    var extra: [UInt8] = []
    if count >= 0xFFFF_FFFF {
      extra.append(littleEndian: UInt64(count))
      extra.append(littleEndian: UInt64(count))
    }
    if offset >= 0xFFFF_FFFF { extra.append(littleEndian: UInt64(offset)) }
    if !extra.isEmpty {
      var field: [UInt8] = []
      field.append(littleEndian: UInt16(1))
      field.append(littleEndian: UInt16(extra.count))
      extra = field + extra
    }
    directory.append(littleEndian: UInt32(0x0201_4B50))
    directory.append(littleEndian: UInt16(45))
    directory += common
    directory.append(littleEndian: UInt16(extra.count))
    directory.append(littleEndian: UInt16(0))
    directory.append(littleEndian: UInt16(0))
    directory.append(littleEndian: UInt16(0))
    directory.append(littleEndian: UInt32(0))
    directory.append(littleEndian: UInt32(clamping: offset))
    directory += name + extra
    entryCount += 1
  }

  /// What the header of an entry and its line in the list of files have in common: from the version needed to the length
  /// of the name. The time is the first there is, so that the same vectors give the same file.
  private static func common(checksum: UInt32, count: Int, name: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt16(45))
    bytes.append(littleEndian: UInt16(0x800))
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: UInt16(0x21))
    bytes.append(littleEndian: checksum)
    bytes.append(littleEndian: UInt32(clamping: count))
    bytes.append(littleEndian: UInt32(clamping: count))
    bytes.append(littleEndian: UInt16(name.count))
    return bytes
  }

  private static func header(type: String, shape: [Int]) -> [UInt8] {
    let lengths = shape.map { "\($0)," }.joined(separator: " ")
    var text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(lengths)), }".utf8)
    // numpy wants the data at a multiple of 64 bytes and a line end before it.
    text += [UInt8](repeating: UInt8(ascii: " "), count: -(10 + text.count + 1) & 63) + [UInt8(ascii: "\n")]
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes.append(littleEndian: UInt16(text.count))
    return bytes + text
  }
}
