package import BinaryFiles
package import Diagnostics

/// The entries of a zip archive (PKWARE's APPNOTE 6.3, with zip64), stored or deflated: what a `.npz` file is, and
/// how many data sets are shipped.
package final class ZipArchive {
  package struct Member: Sendable {
    package var name: String
    var isDeflated: Bool
    var checksum: UInt32
    /// Where the packed bytes are in the file.
    var range: Range<Int>
    /// The length of the unpacked bytes.
    package var count: Int
  }

  package let file: MappedFile
  package let members: [Member]

  /// - Throws: `noInput`; `badInput` when it is no zip archive, is cut short, or contradicts itself.
  package init(path: String) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    members = try Self.members(file.bytes, path: path)
    self.file = file
  }

  package func member(_ name: String) -> Member? {
    members.first { $0.name == name }
  }

  private static func members(_ bytes: RawSpan, path: String) throws(ParlanceError) -> [Member] {
    func damaged(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: path)) }
    guard let end = endRecord(in: bytes) else {
      throw damaged("expected a zip archive, this is something else or cut short")
    }
    var at = end.offset
    var members: [Member] = []
    for _ in 0..<end.count {
      guard at >= 0, at <= bytes.byteCount - 46, bytes.load(UInt32.self, at: at) == 0x0201_4B50 else {
        throw damaged("the archive's list of files is damaged")
      }
      let nameCount = Int(bytes.load(UInt16.self, at: at + 28))
      let extraCount = Int(bytes.load(UInt16.self, at: at + 30))
      let commentCount = Int(bytes.load(UInt16.self, at: at + 32))
      guard nameCount + extraCount + commentCount <= bytes.byteCount - at - 46 else {
        throw damaged("the archive's list of files is damaged")
      }
      let name = String(decoding: bytes.extracting(at + 46..<at + 46 + nameCount).array(), as: UTF8.self)
      var sizes = Sizes(
        count: UInt64(bytes.load(UInt32.self, at: at + 24)), packed: UInt64(bytes.load(UInt32.self, at: at + 20)),
        offset: UInt64(bytes.load(UInt32.self, at: at + 42)))
      sizes.widen(by: bytes.extracting(at + 46 + nameCount..<at + 46 + nameCount + extraCount))
      let method = bytes.load(UInt16.self, at: at + 10)
      guard method == 0 || method == 8, bytes.load(UInt16.self, at: at + 8) & 1 == 0 else {
        throw damaged("expected \(name) to be stored or deflated, it is packed in another way")
      }
      guard let offset = Int(exactly: sizes.offset), offset <= bytes.byteCount - 30,
        bytes.load(UInt32.self, at: offset) == 0x0403_4B50, let packed = Int(exactly: sizes.packed),
        let count = Int(exactly: sizes.count)
      else { throw damaged("the archive's list of files is damaged") }
      let start =
        offset + 30 + Int(bytes.load(UInt16.self, at: offset + 26)) + Int(bytes.load(UInt16.self, at: offset + 28))
      guard start <= bytes.byteCount, packed <= bytes.byteCount - start, method == 8 || packed == count else {
        throw damaged("\(name) reaches over the end of the archive")
      }
      members.append(
        Member(
          name: name, isDeflated: method == 8, checksum: bytes.load(UInt32.self, at: at + 16),
          range: start..<start + packed, count: count))
      at += 46 + nameCount + extraCount + commentCount
    }
    return members
  }

  private struct Sizes {
    var count: UInt64
    var packed: UInt64
    var offset: UInt64

    /// Takes from the zip64 extra field what did not fit in 32 bits.
    mutating func widen(by extra: RawSpan) {
      var at = 0
      while at + 4 <= extra.byteCount {
        let size = Int(extra.load(UInt16.self, at: at + 2))
        guard at + 4 + size <= extra.byteCount else { return }
        if extra.load(UInt16.self, at: at) == 1 {
          var value = at + 4
          func next() -> UInt64? {
            guard value + 8 <= at + 4 + size else { return nil }
            defer { value += 8 }
            return extra.load(UInt64.self, at: value)
          }
          if count == 0xFFFF_FFFF { count = next() ?? count }
          if packed == 0xFFFF_FFFF { packed = next() ?? packed }
          if offset == 0xFFFF_FFFF { offset = next() ?? offset }
        }
        at += 4 + size
      }
    }
  }

  /// Where the list of files begins and how many there are: from the record at the archive's end, or zip64's before it.
  private static func endRecord(in bytes: RawSpan) -> (offset: Int, count: Int)? {
    guard bytes.byteCount >= 22 else { return nil }
    var at = bytes.byteCount - 22
    let last = max(0, at - 65_535)
    while bytes.load(UInt32.self, at: at) != 0x0605_4B50 {
      if at == last { return nil }
      at -= 1
    }
    if at >= 20, bytes.load(UInt32.self, at: at - 20) == 0x0706_4B50,
      let wide = Int(exactly: bytes.load(UInt64.self, at: at - 12)), wide <= bytes.byteCount - 56,
      bytes.load(UInt32.self, at: wide) == 0x0606_4B50,
      let offset = Int(exactly: bytes.load(UInt64.self, at: wide + 48)),
      let count = Int(exactly: bytes.load(UInt64.self, at: wide + 32)), count <= bytes.byteCount / 46
    {
      return (offset, count)
    }
    return (Int(bytes.load(UInt32.self, at: at + 16)), Int(bytes.load(UInt16.self, at: at + 10)))
  }
}

/// The unpacked bytes of one member, one buffer at a time.
package final class ZipMemberStream {
  private let file: MappedFile
  private let member: ZipArchive.Member
  private let inflater: Inflater?
  private var packed: Range<Int>
  private var checksum: UInt32 = 0
  private var produced = 0

  package init(_ archive: ZipArchive, _ member: ZipArchive.Member) throws(ParlanceError) {
    file = archive.file
    self.member = member
    packed = member.range
    inflater = member.isDeflated ? try Inflater(.raw) : nil
  }

  /// Fills `buffer` from index `start` on with at least one byte.
  ///
  /// - Returns: how many bytes; 0 at the end, where the checksum was compared.
  /// - Throws: `badInput`.
  package func read(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    guard produced < member.count, start < buffer.count else { return 0 }
    let file = file
    var count = 0
    if let inflater {
      let result = inflater.inflate(file.bytes.extracting(packed), into: &buffer, from: start)
      packed = packed.lowerBound + result.consumed..<packed.upperBound
      count = result.produced
      if case .damaged(let what) = result.status { throw damaged(what) }
      if count == 0 { throw damaged("it is cut short") }
    } else {
      count = min(buffer.count - start, packed.count)
      for index in 0..<count { buffer[start + index] = file.bytes.byte(at: packed.lowerBound + index) }
      packed = packed.lowerBound + count..<packed.upperBound
    }
    produced += count
    checksum = zipChecksum(checksum, buffer.rawSpan.extracting(start..<start + count))
    if produced > member.count { throw damaged("it is longer than it says") }
    if produced == member.count, checksum != member.checksum { throw damaged("its checksum does not fit") }
    return count
  }

  private func damaged(_ what: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the archive is damaged: \(what); copy it again", at: .init(file: file.path, component: member.name))
  }
}
