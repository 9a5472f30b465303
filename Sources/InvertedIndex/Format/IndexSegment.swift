import BinaryFiles
import Diagnostics

/// An immutable part of an index: some passages with their postings.
struct IndexSegment: Sendable {
  let postings: SegmentPostings
  let documents: DocumentStore
  /// The document number of the segment's first passage.
  let firstDocument: UInt32
  let filters = SegmentFilters()

  /// - Throws: `noInput` for a missing file; `badInput` where the files are damaged or not those of the manifest.
  init(
    _ segment: IndexManifest.Segment, of manifest: IndexManifest, in folder: String, firstDocument: UInt32
  ) throws(ParlanceError) {
    postings = try SegmentPostings(path: folder + "/" + segment.postingsFile.name)
    documents = try DocumentStore(path: folder + "/" + segment.passagesFile.name)
    self.firstDocument = firstDocument
    try postings.check(segment, of: manifest)
    try documents.check(segment)
  }
}

extension SegmentPostings {
  /// - Throws: `badInput` unless this is the file that the manifest names.
  func check(_ segment: IndexManifest.Segment, of manifest: IndexManifest) throws(ParlanceError) {
    guard file.count == segment.postingsFile.bytes, passages == segment.passages, postings == segment.postings,
      weights == manifest.weights, vocabularySize == manifest.vocabularySize
    else { throw foreignFile(path) }
  }
}

extension DocumentStore {
  /// - Throws: `badInput` unless this is the file that the manifest names.
  func check(_ segment: IndexManifest.Segment) throws(ParlanceError) {
    guard file.count == segment.passagesFile.bytes, count == segment.passages, hasTexts == segment.hasTexts else {
      throw foreignFile(path)
    }
  }
}

private func foreignFile(_ path: String) -> ParlanceError {
  ParlanceError(
    .badInput, "the file is not the one that the manifest names; build the index anew or copy all of it again",
    at: .init(file: path))
}
