public import Diagnostics

/// One section of a `SectionedFile`; it keeps the file mapped.
public final class Section: Sendable {
  public let name: String
  /// The number of bytes.
  public let count: Int

  let offset: Int
  private let file: MappedFile
  private let blockSize: Int
  private let checksums: [UInt32]
  private let checked: CheckedBlocks

  init(entry: SectionEntry, file: MappedFile, blockSize: Int) {
    name = entry.name
    count = entry.count
    offset = entry.offset
    checksums = entry.checksums
    self.file = file
    self.blockSize = blockSize
    checked = CheckedBlocks(count: entry.checksums.count)
  }

  var blockCount: Int { checksums.count }

  /// The bytes of `range`, whose blocks are found whole first.
  ///
  /// Hot loops ask once for the range they will read and keep the span.
  ///
  /// - Throws: `badInput` when `range` reaches out of the section (the file contradicts itself) or a block is damaged.
  @_lifetime(borrow self)
  public func bytes(in range: Range<Int>) throws(ParlanceError) -> RawSpan {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw ParlanceError(
        .badInput, "expected bytes \(range.lowerBound)..<\(range.upperBound), the section has \(count)",
        at: location)
    }
    if !range.isEmpty {
      for block in range.lowerBound / blockSize...(range.upperBound - 1) / blockSize where !checked.contains(block) {
        try checkBlock(block)
      }
    }
    let file = file
    let bytes = file.bytes.extracting(offset + range.lowerBound..<offset + range.upperBound)
    return unsafe _overrideLifetime(bytes, borrowing: self)
  }

  /// Where the bytes of `range` lie, whose blocks are found whole first. The address is good as long as this section is.
  ///
  /// For loops that keep hundreds of places at once, in each of which there is little to do.
  ///
  /// - Throws: `badInput` as `bytes(in:)`.
  @unsafe package func address(of range: Range<Int>) throws(ParlanceError) -> UnsafeRawPointer? {
    let bytes = try bytes(in: range)
    return unsafe bytes.withUnsafeBytes { $0.baseAddress }
  }

  /// All bytes of the section, whose blocks are found whole first.
  @_lifetime(borrow self)
  public func bytes() throws(ParlanceError) -> RawSpan {
    try bytes(in: 0..<count)
  }

  /// `count` numbers in place, beginning with number `first` of the section.
  ///
  /// - Throws: `badInput` as `bytes(in:)`.
  @_lifetime(borrow self)
  public func values<Value: BitwiseCopyable>(
    _ type: Value.Type, from first: Int, count: Int
  ) throws(ParlanceError) -> Span<Value> {
    let size = MemoryLayout<Value>.stride
    guard first >= 0, count >= 0, first <= self.count / size, count <= self.count / size - first else {
      throw ParlanceError(
        .badInput, "expected \(count) values from number \(first) on, the section has \(self.count / size)",
        at: location)
    }
    let bytes = try bytes(in: first * size..<(first + count) * size)
    guard let values = bytes.values(of: Value.self) else {
      throw ParlanceError(.internalFault, "the section is not aligned", at: location)
    }
    return values
  }

  /// All numbers of the section in place.
  ///
  /// - Throws: `badInput` when the section is not a whole number of them, or as `bytes(in:)`.
  @_lifetime(borrow self)
  public func values<Value: BitwiseCopyable>(_ type: Value.Type) throws(ParlanceError) -> Span<Value> {
    guard count % MemoryLayout<Value>.stride == 0 else {
      throw ParlanceError(
        .badInput, "expected a multiple of \(MemoryLayout<Value>.stride) bytes, the section has \(count)", at: location)
    }
    return try values(type, from: 0, count: count / MemoryLayout<Value>.stride)
  }

  func checkBlock(_ block: Int) throws(ParlanceError) {
    let file = file
    try file.checkUnchanged()
    let start = block * blockSize
    let end = start + min(blockSize, count - start)
    guard CRC32C.checksum(of: file.bytes.extracting(offset + start..<offset + end)) == checksums[block] else {
      throw ParlanceError(
        .badInput, "the file is damaged: the checksum does not fit; make it anew or copy it again",
        at: .init(file: file.path, component: "section \(name), block \(block)"))
    }
    checked.insert(block)
  }

  private var location: ParlanceError.Location {
    .init(file: file.path, component: "section \(name)")
  }
}
