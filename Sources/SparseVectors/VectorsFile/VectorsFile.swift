public import BinaryFiles
public import Diagnostics
public import Identifiers

/// Sparse vectors of passages or queries in a mapped file: `passages.vectors`.
///
/// Opening reads the vocabulary and the table of chunks; each chunk of 256 vectors is checked when it is first touched.
///
///     let file = try VectorsFile(path: "passages.vectors")
///     for position in 0..<file.count { use(try file.id(at: position), try file.vector(at: position)) }
public final class VectorsFile: Sendable {
  public let path: String
  public let description: VectorsDescription
  /// How many vectors there are.
  public let count: Int
  /// How many weights all of them have together.
  public let termCount: Int
  /// SHA-256 over all ids, each with a line end: what tells two lists of passages apart.
  public let idDigest: SHA256.Digest

  /// The length of the file.
  public var byteCount: Int { file.count }

  private let file: MappedFile
  private let passagesPerChunk: Int
  /// Where each chunk begins, and where the last one ends.
  private let chunkOffsets: [Int]
  private let checked: CheckedBlocks

  /// - Throws: `noInput` when there is no such file; `badInput` when it is no `.vectors` file, of a version that cannot be
  ///   read, cut short, or damaged at its beginning or end.
  public init(path: String) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    let head = try VectorsHead.read(file.bytes, path: path)
    let tail = try VectorsTail(
      reading: file.bytes, head: head.end, passagesPerChunk: head.passagesPerChunk,
      weightSize: head.description.weightKind.size, path: path)
    self.path = path
    self.file = file
    description = head.description
    passagesPerChunk = head.passagesPerChunk
    count = tail.passageCount
    termCount = tail.termCount
    idDigest = SHA256.Digest(tail.idDigest)
    chunkOffsets = tail.chunkOffsets
    checked = CheckedBlocks(count: tail.chunkOffsets.count)
  }

  /// - Precondition: `position` is below `count`.
  /// - Throws: `badInput` when the chunk that holds it is damaged.
  public func id(at position: Int) throws(ParlanceError) -> ExternalID {
    try withChunk(of: position) { $0.id(of: $1, in: $2) }
  }

  /// - Precondition: `position` is below `count`.
  /// - Throws: `badInput` when the chunk that holds it is damaged.
  public func vector(at position: Int) throws(ParlanceError) -> SparseVector {
    try withChunk(of: position) { $0.vector(of: $1, in: $2) }
  }

  /// How many terms the vector at `position` has.
  ///
  /// - Precondition: `position` is below `count`.
  /// - Throws: `badInput` when the chunk that holds it is damaged.
  public func termCount(at position: Int) throws(ParlanceError) -> Int {
    try withChunk(of: position) { $0.termRange(of: $1, in: $2).count }
  }

  /// SHA-256 over the chunks' headers, which have a checksum of each chunk: tells one file's ids and weights from another's
  /// without reading them. It is no protection against somebody who wants two files to look the same.
  package var fingerprint: SHA256.Digest {
    var hash = SHA256()
    let file = file
    for offset in chunkOffsets.dropLast() {
      hash.update(file.bytes.extracting(offset..<offset + VectorsChunk.headerSize))
    }
    return hash.finish()
  }

  /// Checks every chunk, and that the ids are good, there once, and those the file was finished with. It takes 10.7 to 21.3
  /// bytes of memory a vector.
  ///
  /// - Throws: `badInput` that names the first damaged chunk; `interrupted`.
  public func verify(progress: ProgressHandler? = nil, interruption: Interruption? = nil) throws(ParlanceError) {
    var hash = SHA256()
    var terms = 0
    var seen = SeenHashes(expecting: count)
    for position in 0..<count {
      let id = try id(at: position)
      if let fault = ExternalID.fault(of: id.string) {
        throw ParlanceError(.badInput, "expected an id \(fault), as vector \(position)", at: .init(file: path))
      }
      if !seen.insert(id), let first = try firstPosition(of: id, before: position) {
        throw ParlanceError(
          .badInput, "expected each id once, \"\(id)\" is there twice, as vector \(first) and vector \(position)",
          at: .init(file: path))
      }
      hash.update(Array(id.string.utf8) + [UInt8(ascii: "\n")])
      terms += try termCount(at: position)
      if position % 4096 == 0 {
        try interruption?.check()
        progress?(Progress("checking", completed: position, total: count, unit: "vectors"))
      }
    }
    guard hash.finish() == idDigest, terms == termCount else {
      throw ParlanceError(
        .badInput, "the end of the file counts other vectors than the file has", at: .init(file: path))
    }
  }

  private func firstPosition(of id: ExternalID, before end: Int) throws(ParlanceError) -> Int? {
    for position in 0..<end where try self.id(at: position) == id { return position }
    return nil
  }

  private func withChunk<Result>(
    of position: Int, _ body: (VectorsChunk, Int, RawSpan) -> Result
  ) throws(ParlanceError) -> Result {
    precondition(position >= 0 && position < count, "a vector that is not there")
    let number = position / passagesPerChunk
    let file = file
    let bytes = file.bytes.extracting(chunkOffsets[number]..<chunkOffsets[number + 1])
    guard let chunk = VectorsChunk(header: bytes, weightKind: description.weightKind) else {
      throw damaged(number, "its header is damaged")
    }
    let expected = min(passagesPerChunk, count - number * passagesPerChunk)
    guard chunk.passageCount == expected, chunk.firstPassage == number * passagesPerChunk,
      chunk.size == bytes.byteCount
    else { throw damaged(number, "its header makes no sense") }
    let payload = bytes.extracting(VectorsChunk.headerSize..<bytes.byteCount)
    if !checked.contains(number) {
      try file.checkUnchanged()
      if let fault = chunk.fault(in: payload, vocabularyCount: description.vocabulary.count) {
        throw damaged(number, fault)
      }
      checked.insert(number)
    }
    return body(chunk, position - number * passagesPerChunk, payload)
  }

  private func damaged(_ chunk: Int, _ what: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the file is damaged: \(what); make it anew or copy it again",
      at: .init(file: path, component: "chunk \(chunk)"))
  }
}
