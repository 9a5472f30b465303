import BinaryFiles
import Diagnostics
import Identifiers
import SparseVectors

/// The vocabulary file of an index: the bytes of all pieces, and where each begins.
enum IndexVocabulary {
  static let format = FileFormat(magic: "PARLVOCA", name: "vocabulary file of an index", version: FormatVersion(1, 0))
  private static let pieces = "pieces"
  private static let starts = "starts"

  /// - Returns: the length of the file.
  static func write(_ vocabulary: Vocabulary, to path: String) throws(ParlanceError) -> Int {
    let file = try SectionedFileWriter(path: path, format: format)
    var ends: [UInt64] = [0]
    try file.beginSection(pieces)
    for term in 0..<vocabulary.count {
      let bytes = Array(vocabulary.piece(of: TermID(UInt32(term))).string.utf8)
      try file.write(bytes)
      ends.append(ends[term] + UInt64(bytes.count))
    }
    try file.beginSection(starts)
    try file.write(ends)
    try file.commit()
    return file.position
  }

  /// - Throws: `badInput` as `SectionedFile`, and where the pieces are not the vocabulary of `manifest`.
  static func read(_ file: SectionedFile, expecting manifest: IndexManifest) throws(ParlanceError) -> Vocabulary {
    let count = manifest.vocabularySize
    let (bytes, places) = (try file.section(pieces), try file.section(starts))
    guard places.count == 8 * (count + 1) else { throw contradiction(file.path) }
    var read: [ExternalID] = []
    read.reserveCapacity(count)
    var start: UInt64 = 0
    for term in 0..<count {
      let end = try places.value(UInt64.self, at: term + 1)
      guard start <= end, end <= bytes.count,
        let piece = String(validating: try bytes.copy(of: Int(start)..<Int(end)), as: UTF8.self)
      else { throw contradiction(file.path) }
      read.append(ExternalID(piece))
      start = end
    }
    let vocabulary = try Vocabulary(pieces: read, at: .init(file: file.path))
    guard vocabulary.digest == manifest.vocabularyDigest else { throw contradiction(file.path) }
    return vocabulary
  }

  private static func contradiction(_ path: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the vocabulary makes no sense; build the index anew or copy it again", at: .init(file: path))
  }
}
