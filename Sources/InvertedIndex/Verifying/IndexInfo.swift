import BinaryFiles
public import SparseVectors

/// What an index holds, for people and programs.
public struct IndexInfo: Codable, Sendable, Equatable {
  public struct File: Codable, Sendable, Equatable {
    public var name: String
    public var bytes: Int
  }

  public struct Segment: Codable, Sendable, Equatable {
    /// Passages that are not deleted.
    public var passages: Int
    public var deleted: Int
    public var postings: Int
    public var bytes: Int
  }

  /// The version of the format.
  public var formatVersion: String
  /// Without deleted ones.
  public var passages: Int
  /// Passages that were deleted and are still in the files.
  public var deleted: Int
  /// Those of deleted passages included.
  public var postings: Int
  /// The size of the vocabulary.
  public var vocabularySize: Int
  /// What the search maps of the postings, divided by their number; 0 without postings.
  public var bytesPerPosting: Double
  public var weights: StoredWeights
  /// Whether there are texts; not where no passage is left.
  public var hasTexts: Bool
  public var passageSpace: EncoderIdentity
  public var vocabularyDigest: String
  public var bm25: BM25Configuration?
  /// How many terms of each passage were kept when it was encoded; all of them when `nil`.
  public var keptTerms: Int?
  public var segments: Int
  public var segmentDetails: [Segment]
  /// The fields of the passages' metadata that filters may ask of.
  public var metadataFields: [String]
  /// All files of the index and their sizes.
  public var files: [File]
  public var bytes: Int
}

extension InvertedIndex {
  public var info: IndexInfo {
    let postingsBytes = segments.reduce(0) { $0 + $1.postings.file.count }
    let files =
      [IndexInfo.File(name: IndexManifest.fileName, bytes: manifestBytes)]
      + manifest.files.map { IndexInfo.File(name: $0.name, bytes: $0.bytes) }
    return IndexInfo(
      formatVersion: manifest.version.description, passages: count, deleted: deletedCount,
      postings: manifest.postings,
      vocabularySize: manifest.vocabularySize,
      bytesPerPosting: manifest.postings == 0 ? 0 : Double(postingsBytes) / Double(manifest.postings),
      weights: weights, hasTexts: hasTexts && !segments.isEmpty, passageSpace: passageSpace,
      vocabularyDigest: manifest.vocabularyDigest, bm25: bm25, keptTerms: manifest.keptTerms, segments: segments.count,
      segmentDetails: manifest.segments.map {
        IndexInfo.Segment(
          passages: $0.livePassages, deleted: $0.deleted ?? 0, postings: $0.postings,
          bytes: $0.postingsFile.bytes + $0.passagesFile.bytes)
      },
      metadataFields: (try? metadataFields()) ?? [], files: files,
      bytes: files.reduce(0) { $0 + $1.bytes })
  }
}
