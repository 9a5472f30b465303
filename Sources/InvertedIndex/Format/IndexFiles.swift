import BinaryFiles
import Diagnostics

extension InvertedIndex {
  /// The open files of an index, all of one manifest.
  struct Files {
    let manifest: IndexManifest
    let manifestBytes: Int
    let vocabulary: SectionedFile
    let segments: [IndexSegment]

    /// A build that ends between reading the manifest and opening its files takes the files away; the manifest is then
    /// another one, and is read again.
    ///
    /// - Throws: `noInput`, `badInput`.
    init(_ folder: String) throws(ParlanceError) {
      var (manifest, bytes) = try IndexManifest.read(from: folder)
      while true {
        do {
          try self.init(folder, manifest, bytes)
          return
        } catch {
          let current = try IndexManifest.read(from: folder)
          guard current.manifest != manifest else { throw error }
          (manifest, bytes) = current
        }
      }
    }

    private init(_ folder: String, _ manifest: IndexManifest, _ bytes: Int) throws(ParlanceError) {
      self.manifest = manifest
      manifestBytes = bytes
      vocabulary = try SectionedFile(
        path: folder + "/" + manifest.vocabularyFile.name, format: IndexVocabulary.format)
      var segments: [IndexSegment] = []
      var first = 0
      for segment in manifest.segments {
        segments.append(try IndexSegment(segment, of: manifest, in: folder, firstDocument: UInt32(first)))
        first += segment.passages
      }
      self.segments = segments
    }
  }
}
