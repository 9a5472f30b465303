import BinaryFiles
import Diagnostics

/// An immutable part of an index: some passages with their postings.
struct IndexSegment: Sendable {
  let postings: SegmentPostings
  let documents: DocumentStore
  /// The document number of the segment's first passage.
  let firstDocument: UInt32

  /// - Throws: `noInput` for a missing file; `badInput` where the files are damaged or not those of the manifest.
  init(
    _ segment: IndexManifest.Segment, of manifest: IndexManifest, in folder: String, firstDocument: UInt32
  ) throws(ParlanceError) {
    postings = try SegmentPostings(path: folder + "/" + segment.postingsFile.name)
    documents = try DocumentStore(path: folder + "/" + segment.passagesFile.name)
    self.firstDocument = firstDocument
    guard postings.file.count == segment.postingsFile.bytes, postings.passages == segment.passages,
      postings.postings == segment.postings, postings.weights == manifest.weights,
      postings.vocabularySize == manifest.vocabularySize
    else { throw Self.foreign(postings.path) }
    guard documents.file.count == segment.passagesFile.bytes, documents.count == segment.passages,
      documents.hasTexts == segment.hasTexts
    else { throw Self.foreign(documents.path) }
  }

  private static func foreign(_ path: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the file is not the one that the manifest names; build the index anew or copy all of it again",
      at: .init(file: path))
  }
}
