import BinaryFiles
public import Diagnostics
public import Identifiers
public import InvertedIndex
public import SparseVectors
import Synchronization

/// The passages that teachers rank: their vectors, and an index of the same list where something is searched.
public final class PassageCollection: Sendable {
  public let vectors: VectorsFile
  public let index: InvertedIndex?
  private let loadedTable = Mutex<IDTable?>(nil)

  /// - Parameters:
  ///   - vectors: the `.vectors` file of the passages, which gives positions and scores.
  ///   - index: the folder of an index of these passages; not needed for runs.
  /// - Throws: `badInput` when there are no passages, when the vectors are of queries, and when the index is of other
  ///   passages, of the same in another order, or of another encoder; as `VectorsFile`, `InvertedIndex`; `interrupted`.
  public init(
    vectors path: String, index folder: String? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    vectors = try VectorsFile(path: path)
    let description = vectors.description
    guard description.encoder == description.passageSpace else {
      throw ParlanceError(
        .badInput,
        "expected vectors of passages, these are of \(description.encoder), a query encoder distilled for "
          + "\(description.passageSpace)", at: .init(file: path))
    }
    guard vectors.count > 0 else {
      throw ParlanceError(.badInput, "expected passages, there are none", at: .init(file: path))
    }
    index = try folder.map { folder throws(ParlanceError) in try InvertedIndex(path: folder) }
    if let index { try Self.check(index, vectors, progress: progress, interruption: interruption) }
  }

  private static func check(
    _ index: InvertedIndex, _ vectors: VectorsFile, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    func other(_ message: String) -> ParlanceError {
      ParlanceError(
        .badInput, message + "; build the index from \(vectors.path)", at: .init(file: index.path))
    }
    let description = vectors.description
    guard index.passageSpace == description.passageSpace,
      try index.vocabulary().digest == description.vocabulary.digest
    else {
      throw other(
        "expected an index of vectors by \(description.passageSpace), as \(vectors.path), it is of "
          + "\(index.passageSpace)")
    }
    guard index.deletedCount == 0 else {
      throw other("expected an index without deleted passages, \(index.deletedCount) were deleted")
    }
    guard index.count == vectors.count else {
      throw other("expected an index of the \(vectors.count) passages of \(vectors.path), it has \(index.count)")
    }
    // The ids of the index alone: those of the vectors lie between all their weights, and their digest is known.
    var hash = SHA256()
    for position in 0..<index.count {
      hash.update(Array(try index.id(of: DocumentID(UInt32(position))).string.utf8) + [UInt8(ascii: "\n")])
      guard position.isMultiple(of: 4096) else { continue }
      try interruption?.check()
      progress?(Progress("comparing ids", completed: position, total: index.count, unit: "passages"))
    }
    guard hash.finish() != vectors.idDigest else { return }
    for position in 0..<index.count {
      let (indexed, expected) = (try index.id(of: DocumentID(UInt32(position))), try vectors.id(at: position))
      if indexed != expected {
        throw other(
          "expected the passages of \(vectors.path), number \(position) is \"\(indexed)\", not \"\(expected)\"")
      }
    }
  }

  /// Where the passage with this id is, or `nil`.
  ///
  /// Without an index the first call reads the ids of all vectors.
  ///
  /// - Throws: `badInput` for a damaged file or one that has an id twice.
  public func position(of id: ExternalID) throws(ParlanceError) -> UInt32? {
    if let index { return try index.document(for: id)?.rawValue }
    let table = try loadedTable.withLock { loaded throws(ParlanceError) in
      if let loaded { return loaded }
      let table = try IDTable(of: vectors, interruption: nil)
      loaded = table
      return table
    }
    return try table.passage(id, in: vectors).map { UInt32($0) }
  }

  /// `s(q, d)` over the weights of the vectors file, summed in double precision and rounded once; never over those of the
  /// index, which may be rounded to eight bits.
  ///
  /// - Throws: `badInput` for a damaged file.
  public func score(_ query: SparseVector, _ position: UInt32) throws(ParlanceError) -> Float {
    Float(query.dot(try vectors.vector(at: Int(position))))
  }
}
