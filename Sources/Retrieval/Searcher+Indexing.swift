import BinaryFiles
import Conversations
public import Diagnostics
import InvertedIndex
public import SparseEncoder

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Searcher {
  /// Encodes the passages of a file and searches them without an index that is kept: for a few thousand passages.
  ///
  /// The index lives in a temporary folder that is removed before this returns; its mapping stays.
  ///
  /// - Parameter passages: a file, plain or gzip; also what can be read once only, such as `-` for standard input.
  /// - Throws: as `PassageReader` and `IndexingJob`.
  public static func indexing(
    _ passages: String, with encoder: SparseEncoder, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> Searcher {
    let folder = FileManager.default.temporaryDirectory.path + "/parlance-\(UInt64.random(in: 0 ... .max))"
    do {
      // Nobody else's to read: the passages may be private.
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ParlanceError(.cannotWrite, "cannot make a temporary folder for the index", at: .init(file: folder))
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var file = passages
    if passages == "-" || (FileNames.exists(passages) && !FileNames.isOrdinaryFile(passages)) {
      file = folder + "/passages.jsonl"
      try copy(passages, to: file, interruption: interruption)
    }
    var job = IndexingJob(passages: [file], path: folder + "/index")
    job.configuration.weights = .f32
    _ = try await job.run(with: encoder, progress: progress, interruption: interruption)
    return try Searcher(index: InvertedIndex(path: job.path), encoder: encoder)
  }

  /// Makes a file that can be read again of one that cannot.
  private static func copy(
    _ passages: String, to path: String, interruption: Interruption?
  ) throws(ParlanceError) {
    let reader = try PassageReader(path: passages)
    let writer = try PassageWriter(path: path)
    while let passage = try reader.next() {
      try writer.write(passage)
      if writer.count.isMultiple(of: 1024) { try interruption?.check() }
    }
    try writer.finish()
  }
}
