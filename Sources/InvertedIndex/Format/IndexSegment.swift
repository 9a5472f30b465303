import BinaryFiles
import Diagnostics

/// An immutable part of an index: some passages with their postings. Which of them are deleted is said by the index.
struct IndexSegment: Sendable {
  let postings: SegmentPostings
  let documents: DocumentStore
  let filters = SegmentFilters()
  /// The document number of the segment's first passage.
  var firstDocument: UInt32 = 0
  /// The passages that are not deleted, where some are.
  private(set) var live: PassageMask?

  /// - Throws: `noInput` for a missing file; `badInput` where the files are damaged or not those of the manifest.
  init(
    _ segment: IndexManifest.Segment, of manifest: IndexManifest, in folder: String
  ) throws(ParlanceError) {
    postings = try SegmentPostings(path: folder + "/" + segment.postingsFile.name)
    documents = try DocumentStore(path: folder + "/" + segment.passagesFile.name)
    try check(segment, of: manifest)
  }

  /// - Throws: `badInput` unless the files are those that the manifest names.
  func check(_ segment: IndexManifest.Segment, of manifest: IndexManifest) throws(ParlanceError) {
    try postings.check(segment, of: manifest)
    try documents.check(segment)
  }

  var passages: Int { postings.passages }
  var livePassages: Int { live?.count ?? passages }

  func isLive(_ passage: Int) -> Bool { live?.contains(passage) ?? true }

  /// The numbers of deleted passages, ascending.
  var deleted: [UInt32] = [] {
    didSet {
      guard !deleted.isEmpty else { return live = nil }
      var mask = PassageMask(passages: passages, passagesPerRange: postings.passagesPerRange, isFull: true)
      for passage in deleted { mask.remove(Int(passage)) }
      live = mask
    }
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

extension IndexManifest.File {
  /// - Throws: `badInput` unless `file`, which has this name, is as long as it should be.
  func check(_ file: SectionedFile) throws(ParlanceError) {
    guard file.count == bytes else { throw foreignFile(file.path) }
  }
}

private func foreignFile(_ path: String) -> ParlanceError {
  ParlanceError(
    .badInput, "the file is not the one that the manifest names; build the index anew or copy all of it again",
    at: .init(file: path))
}
