import BinaryFiles
import Conversations
public import Diagnostics
import Identifiers
import InvertedIndex
public import SparseEncoder
import SparseVectors

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
  /// - Throws: as `PassageReader`, `SparseEncoder.encode` and `IndexBuilder.build`.
  public static func indexing(
    _ passages: String, with encoder: SparseEncoder, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> Searcher {
    let reader = try PassageReader(path: passages)
    var read: [Passage] = []
    while let passage = try reader.next() { read.append(passage) }
    var encoded: [SparseVector] = []
    while encoded.count < read.count {
      try interruption?.check()
      let window = read[encoded.count...].prefix(Self.windowSize)
      encoded += try await encoder.encode(window.map(encoder.settings.passageText.words)).map(\.vector)
      progress?(Progress("encoding", completed: encoded.count, total: read.count, unit: "passages"))
    }
    let vectors = GatheredVectors(file: passages, passages: read, vectors: encoded)

    let folder = FileManager.default.temporaryDirectory.path + "/parlance-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = IndexConfiguration()
    configuration.weights = .f32
    var texts = read.makeIterator()
    try IndexBuilder(passageSpace: encoder.identity, vocabulary: encoder.vocabulary, configuration: configuration)
      .build(vectors, texts: { texts.next() }, at: folder, interruption: interruption)
    return try Searcher(index: InvertedIndex(path: folder), encoder: encoder)
  }

  /// Passages that are encoded between two looks at the interruption: enough to sort them into even batches.
  private static let windowSize = 256
}

/// Vectors that were just encoded, kept in memory.
private struct GatheredVectors: PassageVectors {
  var file: String
  var passages: [Passage]
  var vectors: [SparseVector]

  var count: Int { vectors.count }
  func location(of index: Int) -> ParlanceError.Location { .init(file: file, line: index + 1) }
  func id(at index: Int) -> ExternalID { passages[index].id }
  func vector(at index: Int) -> SparseVector { vectors[index] }
}
