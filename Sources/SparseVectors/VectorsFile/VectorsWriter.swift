import BinaryFiles
public import Diagnostics
public import Identifiers

/// Writes a `.vectors` file that can be gone on with after any end of the process.
///
/// Vectors go to `NAME.partial`, in chunks of 256 with a checksum each; `finish()` gives the file its name. A writer that
/// resumes keeps the whole chunks of the partial file and says in `count` how many vectors they hold, so that the caller
/// passes over as many passages; of the same vectors the finished file is the same, bit for bit, as one that was never
/// interrupted. Whether a text's vector is the same is the encoder's: it has the same bits again in the same batch, so that texts
/// go to it in windows that begin where chunks do.
///
///     let writer = try VectorsWriter(path: path, description: description, resuming: true)
///     for passage in passages.dropFirst(writer.count) { try writer.append(passage.id, encode(passage)) }
///     try writer.finish()
///
/// Memory: 10.7 to 21.3 bytes a vector, 32 for moments, to tell an id that is given twice.
public final class VectorsWriter {
  /// The name of the finished file.
  public let path: String
  /// How many vectors the file has so far, those that an earlier process wrote included.
  public private(set) var count = 0
  /// How many of them were there when this writer began.
  public let resumedCount: Int

  private let description: VectorsDescription
  private let output: VectorsOutput
  private let faults: FaultLayer?
  private var chunk: VectorsChunkBuilder
  private var chunkOffsets: [Int] = []
  private var termCount = 0
  private var seen = SeenHashes()
  private var idHash = SHA256()
  /// What is in the file, mapped when it is asked for.
  private var mapped: MappedFile?
  private var isOpen = true

  /// Writes a file from its beginning to its end, and leaves nothing behind when that fails. A partial file that waits to be
  /// gone on with is not touched.
  ///
  /// - Throws: as the functions of the writer; what `body` throws.
  public static func write(
    _ path: String, _ description: VectorsDescription,
    _ body: (VectorsWriter) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let file = try AtomicFile(path: path)
    do {
      let writer = VectorsWriter(path: path, description: description, output: .atomic(file), known: PartialVectors())
      try writer.writeHead()
      try body(writer)
      try writer.finish()
    } catch {
      file.abandon()
      throw error
    }
  }

  /// So many vectors at a time come into the partial file, and can be gone on after.
  public static let resumableEvery = VectorsHead.passagesPerChunk

  /// Where the vectors of a writer that can be gone on with are until the file is finished.
  public static func partialPath(for path: String) -> String {
    // Beside the file itself, where `path` is a link: links in a circle fail when the file is opened.
    ((try? FileNames.target(of: path)) ?? path) + ".partial"
  }

  /// - Parameters:
  ///   - path: the name of the finished file; what has this name stays until `finish()`.
  ///   - resuming: whether to go on with a partial file; if not, one that is there is thrown away.
  /// - Throws: `tryAgain` when another process is writing the file; `badInput` when the partial file is of another encoder,
  ///   vocabulary or kind of weights; `cannotWrite`.
  public convenience init(
    path: String, description: VectorsDescription, resuming: Bool = false
  ) throws(ParlanceError) {
    try FileNames.refuseFolder(path)
    let target = try FileNames.target(of: path)
    let file = try OutputFile.locked(path: Self.partialPath(for: path))
    file.takeRights(of: target)
    var known = PartialVectors()
    if resuming, file.position > 0 {
      known = try PartialVectors(
        reading: file.path, head: VectorsHead.bytes(of: description), weightKind: description.weightKind,
        vocabularyCount: description.vocabulary.count)
    }
    try file.truncate(to: known.end)
    self.init(path: path, description: description, output: .resumable(file, target: target), known: known)
    if known.end == 0 { try writeHead() }
  }

  private init(path: String, description: VectorsDescription, output: VectorsOutput, known: PartialVectors) {
    self.path = path
    self.description = description
    self.output = output
    faults = FaultLayer.current
    chunk = VectorsChunkBuilder(weightKind: description.weightKind)
    resumedCount = known.count
    count = known.count
    chunkOffsets = known.chunkOffsets
    termCount = known.termCount
    seen = known.seen
    idHash = known.idHash
  }

  private func writeHead() throws(ParlanceError) {
    try output.write(VectorsHead.bytes(of: description).rawSpan)
  }

  /// For a caller that passes over what is there: checks that the passage it would have given is the one that is there.
  ///
  /// - Precondition: `position` is below `resumedCount`.
  /// - Throws: `badInput` when the passages changed since the file was begun.
  public func check(_ id: ExternalID, at position: Int) throws(ParlanceError) {
    let passages = VectorsHead.passagesPerChunk
    let known = try withChunk(position / passages) { $0.id(of: position % passages, in: $1) }
    guard known == id else {
      throw ParlanceError(
        .badInput,
        "expected the passages in the order they had before, number \(position) was not \"\(id)\" then; "
          + "remove the file to begin anew", at: .init(file: Self.partialPath(for: path)))
    }
  }

  /// Appends a vector.
  ///
  /// - Precondition: `finish()` was not called.
  /// - Throws: `badInput` for an id that is there already or cannot be one, for a term outside of the vocabulary, for a
  ///   weight that is not finite, and for one that float16 cannot hold where that is what is kept; `cannotWrite`.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    precondition(isOpen, "a finished file takes no vectors")
    if let fault = ExternalID.fault(of: id.string) { throw refused("expected an id \(fault)") }
    guard id.string.utf8.count <= 65_535 else { throw refused("expected an id of at most 65535 bytes") }
    if let last = vector.terms.last, Int(last.rawValue) >= description.vocabulary.count {
      throw refused(
        "expected terms below \(description.vocabulary.count), found \(last.rawValue) in \"\(id)\"")
    }
    let isHalf = description.weightKind == .float16
    if let weight = vector.weights.first(where: { isHalf ? !Float16($0).isFinite : !$0.isFinite }) {
      throw refused(
        isHalf
          ? "expected weights that float16 can hold, found \(weight) in \"\(id)\""
          : "expected finite weights, found \(weight) in \"\(id)\": is the model damaged?")
    }
    guard count < UInt32.max else { throw refused("expected at most \(UInt32.max) vectors in a file") }
    if !seen.insert(id), let first = try self.position(of: id) {
      throw refused("expected each id once, \"\(id)\" is already vector \(first)")
    }
    chunk.append(id, vector)
    idHash.update(Array(id.string.utf8) + [UInt8(ascii: "\n")])
    count += 1
    if chunk.passageCount == VectorsHead.passagesPerChunk { try writeChunk() }
  }

  /// Writes the end of the file, brings it to the disk and gives it its name.
  ///
  /// - Precondition: it was not called before, whether or not it failed.
  /// - Throws: `cannotWrite`; a later writer can resume then.
  public func finish() throws(ParlanceError) {
    precondition(isOpen, "the file was finished before")
    isOpen = false
    if chunk.passageCount > 0 { try writeChunk() }
    let tail = VectorsTail(
      passageCount: count, termCount: termCount, chunkOffsets: chunkOffsets, idDigest: idHash.finish().bytes)
    try output.write(tail.bytes(at: output.position).rawSpan)
    try output.finish(faults: faults)
  }

  private func writeChunk() throws(ParlanceError) {
    chunkOffsets.append(output.position)
    termCount += chunk.termCount
    let bytes = chunk.bytes(firstPassage: count - chunk.passageCount)
    chunk = VectorsChunkBuilder(weightKind: description.weightKind)
    try output.write(bytes.rawSpan)
  }

  /// Looks through all ids so far.
  private func position(of id: ExternalID) throws(ParlanceError) -> Int? {
    for number in chunkOffsets.indices {
      if let passage = try withChunk(number, { $0.passage(id, in: $1) }) {
        return number * VectorsHead.passagesPerChunk + passage
      }
    }
    return chunk.position(of: id).map { count - chunk.passageCount + $0 }
  }

  /// Gives `body` a chunk that was written, and its payload.
  private func withChunk<Result>(
    _ number: Int, _ body: (VectorsChunk, RawSpan) -> Result
  ) throws(ParlanceError) -> Result {
    let start = chunkOffsets[number]
    let end = number + 1 < chunkOffsets.count ? chunkOffsets[number + 1] : output.position
    let file = try written(to: end)
    let bytes = try file.bytes(in: start..<end)
    guard let chunk = VectorsChunk(header: bytes, weightKind: description.weightKind), chunk.size == bytes.byteCount
    else {
      throw ParlanceError(
        .badInput, "the file was changed while it was being written", at: .init(file: output.path))
    }
    return body(chunk, bytes.extracting(VectorsChunk.headerSize..<bytes.byteCount))
  }

  /// The file as it is now, mapped at least up to `end`.
  private func written(to end: Int) throws(ParlanceError) -> MappedFile {
    if let mapped, mapped.count >= end { return mapped }
    try output.flush()
    let file = try MappedFile(path: output.path)
    mapped = file
    return file
  }

  private func refused(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: path))
  }
}
