import BinaryFiles
public import Diagnostics
public import Identifiers

/// Writes a `.vectors` file that can be gone on with after any end of the process.
///
/// Vectors go to `NAME.partial`, in chunks of 256 with a checksum each; `finish()` gives the file its name. A writer that
/// resumes keeps the whole chunks of the partial file and says in `count` how many vectors they hold, so that the caller
/// passes over as many passages; the finished file is the same, bit for bit, as one that was never interrupted.
///
///     let writer = try VectorsWriter(path: path, description: description, resuming: true)
///     for passage in passages.dropFirst(writer.count) { try writer.append(passage.id, encode(passage)) }
///     try writer.finish()
public final class VectorsWriter {
  /// The name of the finished file.
  public let path: String
  /// How many vectors the file has so far, those that an earlier process wrote included.
  public private(set) var count = 0
  /// How many of them were there when this writer began.
  public let resumedCount: Int

  private let description: VectorsDescription
  private let file: OutputFile
  private let faults: FaultLayer?
  private var chunk: VectorsChunkBuilder
  private var chunkOffsets: [Int] = []
  private var termCount = 0
  private var positions: [ExternalID: UInt32] = [:]
  private var idHash = SHA256()

  /// Writes a file from its beginning to its end, and leaves nothing behind when that fails.
  ///
  /// - Throws: as the functions of the writer; what `body` throws.
  public static func write(
    _ path: String, _ description: VectorsDescription,
    _ body: (VectorsWriter) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let writer = try VectorsWriter(path: path, description: description)
    do {
      try body(writer)
      try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
  }

  /// Where the vectors are until the file is finished.
  public static func partialPath(for path: String) -> String { path + ".partial" }

  /// - Parameters:
  ///   - path: the name of the finished file; what has this name stays until `finish()`.
  ///   - resuming: whether to go on with a partial file; if not, one that is there is thrown away.
  /// - Throws: `tryAgain` when another process is writing the file; `badInput` when the partial file is of another encoder,
  ///   vocabulary or kind of weights; `cannotWrite`.
  public init(path: String, description: VectorsDescription, resuming: Bool = false) throws(ParlanceError) {
    try FileNames.refuseFolder(path)
    let partial = Self.partialPath(for: path)
    let head = VectorsHead.bytes(of: description)
    self.path = path
    self.description = description
    faults = FaultLayer.current
    chunk = VectorsChunkBuilder(weightKind: description.weightKind)
    file = try OutputFile.locked(path: partial)
    var known = PartialVectors()
    if resuming, file.position > 0 {
      known = try PartialVectors(
        reading: partial, head: head, weightKind: description.weightKind,
        vocabularyCount: description.vocabulary.count)
    }
    resumedCount = known.positions.count
    try file.truncate(to: known.end)
    if known.end == 0 { try file.write(head.rawSpan) }
    count = resumedCount
    chunkOffsets = known.chunkOffsets
    termCount = known.termCount
    positions = known.positions
    idHash = known.idHash
  }

  /// For a caller that passes over what is there: checks that the passage it would have given is the one that is there.
  ///
  /// - Precondition: `position` is below `resumedCount`.
  /// - Throws: `badInput` when the passages changed since the file was begun.
  public func check(_ id: ExternalID, at position: Int) throws(ParlanceError) {
    guard positions[id] == UInt32(position) else {
      throw ParlanceError(
        .badInput,
        "expected the passages in the order they had before, number \(position) was not \"\(id)\" then; "
          + "remove the file to begin anew", at: .init(file: Self.partialPath(for: path)))
    }
  }

  /// Appends a vector.
  ///
  /// - Throws: `badInput` for an id that is there already or cannot be one, for a term outside of the vocabulary, and for a
  ///   weight that float16 cannot hold where that is what is kept; `cannotWrite`.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    if let fault = ExternalID.fault(of: id.string) { throw refused("expected an id \(fault)") }
    guard id.string.utf8.count <= 65_535 else { throw refused("expected an id of at most 65535 bytes") }
    if let last = vector.terms.last, Int(last.rawValue) >= description.vocabulary.count {
      throw refused(
        "expected terms below \(description.vocabulary.count), found \(last.rawValue) in \"\(id)\"")
    }
    if description.weightKind == .float16, let weight = vector.weights.first(where: { !Float16($0).isFinite }) {
      throw refused("expected weights that float16 can hold, found \(weight) in \"\(id)\"")
    }
    guard count < UInt32.max else { throw refused("expected at most \(UInt32.max) vectors in a file") }
    if let first = positions.updateValue(UInt32(count), forKey: id) {
      positions[id] = first
      throw refused("expected each id once, \"\(id)\" is already vector \(first)")
    }
    chunk.append(id, vector)
    idHash.update(Array(id.string.utf8) + [UInt8(ascii: "\n")])
    count += 1
    if chunk.passageCount == VectorsHead.passagesPerChunk { try writeChunk() }
  }

  /// Writes the end of the file, brings it to the disk and gives it its name.
  ///
  /// - Throws: `cannotWrite`; a later writer can resume then.
  public func finish() throws(ParlanceError) {
    if chunk.passageCount > 0 { try writeChunk() }
    let tail = VectorsTail(
      passageCount: count, termCount: termCount, chunkOffsets: chunkOffsets, idDigest: idHash.finish().bytes)
    let bytes = tail.bytes(at: file.position)
    try file.write(bytes.rawSpan)
    try file.sync()
    try FileNames.rename(file.path, to: path, faults: faults)
    try FileNames.sync(folder: folder(of: path), faults: faults)
  }

  /// Removes the partial file, for a caller that will not resume.
  public func abandon() {
    FileNames.remove(file.path, faults: faults)
  }

  private func writeChunk() throws(ParlanceError) {
    chunkOffsets.append(file.position)
    termCount += chunk.termCount
    let bytes = chunk.bytes(firstPassage: count - chunk.passageCount)
    chunk = VectorsChunkBuilder(weightKind: description.weightKind)
    try file.write(bytes.rawSpan)
  }

  private func refused(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: path))
  }
}
