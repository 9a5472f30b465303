import BinaryFiles
import Diagnostics

extension InvertedIndex {
  /// The open files of an index, all of one manifest.
  struct Files {
    let manifest: IndexManifest
    let manifestBytes: Int
    /// Which file the manifest was read from.
    let manifestStamp: FileStamp
    let vocabulary: SectionedFile
    let segments: [IndexSegment]

    /// A build that ends between reading the manifest and opening its files takes the files away; the manifest is then
    /// another one, and is read again.
    ///
    /// - Parameter earlier: an index of the same folder, whose files are taken over where they are still the same.
    /// - Throws: `noInput`, `badInput`.
    init(_ folder: String, reusing earlier: InvertedIndex? = nil) throws(ParlanceError) {
      var read = try IndexManifest.read(from: folder)
      while true {
        do {
          try self.init(folder, read, reusing: earlier)
          return
        } catch {
          let current = try IndexManifest.read(from: folder)
          guard current.manifest != read.manifest else { throw error }
          read = current
        }
      }
    }

    private init(
      _ folder: String, _ read: (manifest: IndexManifest, bytes: Int, stamp: FileStamp),
      reusing earlier: InvertedIndex?
    ) throws(ParlanceError) {
      let manifest = read.manifest
      self.manifest = manifest
      manifestBytes = read.bytes
      manifestStamp = read.stamp
      let vocabularyPath = folder + "/" + manifest.vocabularyFile.name
      if let earlier, Self.isStill(earlier.vocabularyFile, vocabularyPath) {
        vocabulary = earlier.vocabularyFile
      } else {
        vocabulary = try SectionedFile(path: vocabularyPath, format: IndexVocabulary.format)
      }
      try manifest.vocabularyFile.check(vocabulary)
      let deleted = try manifest.deletedFile.map { file throws(ParlanceError) in
        try DeletedPassages(path: folder + "/" + file.name).passages(of: manifest)
      }
      var segments: [IndexSegment] = []
      var first = 0
      for (index, segment) in manifest.segments.enumerated() {
        var opened: IndexSegment
        if let same = try Self.reused(segment, of: manifest, in: folder, from: earlier) {
          opened = same
        } else {
          opened = try IndexSegment(segment, of: manifest, in: folder)
        }
        opened.firstDocument = UInt32(first)
        opened.deleted = deleted?[index] ?? []
        segments.append(opened)
        first += segment.passages
      }
      self.segments = segments
    }

    /// A segment of an earlier index that has the same files.
    private static func reused(
      _ segment: IndexManifest.Segment, of manifest: IndexManifest, in folder: String, from earlier: InvertedIndex?
    ) throws(ParlanceError) -> IndexSegment? {
      let (postings, passages) = (folder + "/" + segment.postingsFile.name, folder + "/" + segment.passagesFile.name)
      let found = earlier?.segments.first {
        $0.postings.path == postings && isStill($0.postings.file, postings)
          && $0.documents.path == passages && isStill($0.documents.file, passages)
      }
      try found?.check(segment, of: manifest)
      return found
    }

    /// Names are taken again where somebody removes a whole index and builds another.
    private static func isStill(_ file: SectionedFile, _ path: String) -> Bool {
      file.path == path && FileStamp(path: path).map(file.stamp.isSameFile) ?? false
    }
  }
}
