import BinaryFiles
import SparseVectors

/// What an index is built of, by name: so that a build that ended early is gone on with only where all of it is as it was.
///
/// A file that is written to after the build began has another stamp, and the build begins anew. Stamps need not be settled
/// (`FileStamp.isSettled`), or no build could be gone on with that follows the encoding of its vectors at once. What may then go
/// unnoticed is a file that was read and changed again in place, to the same length, within the same tick of the file system's clock;
/// our own files are replaced and never changed.
public struct BuildInputs: Sendable, Hashable {
  /// The files of the vectors. They are as they were while they are the same files with the same size and the same times.
  public var vectors: [String]
  /// The files of the texts.
  public var texts: [String]
  /// Whatever else decides what the vectors and texts are.
  public var settings: String

  public init(vectors: [String], texts: [String], settings: String = "") {
    self.vectors = vectors
    self.texts = texts
    self.settings = settings
  }

  /// How long the files of the texts are. They become no longer in the index, plain or compressed.
  public var textBytes: Int { texts.reduce(0) { $0 + Int(FileStamp(path: $1)?.count ?? 0) } }

  /// What digests say of the journal's version: a minor one adds a section, and what is kept is worth the same.
  private static let version = FormatVersion(BuildJournal.format.version.major, 0)

  /// - Returns: `nil` where a file is missing.
  func digest(of builder: IndexBuilder, passages: Int, hasTexts: Bool) -> [UInt8]? {
    var hash = SHA256()
    let configuration = builder.configuration
    hash.update(
      """
      \(Self.version) \(configuration) \(builder.passageSpace.digest) \(builder.passageSpace) \
      \(builder.vocabulary.digest) \(builder.keptTerms ?? 0) \(passages) \(hasTexts) \(builder.bm25 as Any) \
      \(settings.utf8.count) \(settings) \(vectors.count) \(texts.count)
      """)
    return addFiles(to: &hash) ? hash.finish().bytes : nil
  }

  /// What the vectors depend on that a build encodes itself: neither on its memory nor on how their weights are kept.
  ///
  /// - Returns: `nil` where a file is missing.
  func vectorsDigest(of builder: IndexBuilder) -> [UInt8]? {
    digest("vectors", by: builder.passageSpace, builder.vocabulary)
  }

  /// What the vectors depend on that an addition to an index keeps meanwhile.
  ///
  /// - Returns: `nil` where a file is missing.
  func additionDigest(by encoder: EncoderIdentity, _ vocabulary: Vocabulary, keptTerms: Int?) -> [UInt8]? {
    digest("addition of \(keptTerms ?? 0)", by: encoder, vocabulary)
  }

  private func digest(_ kind: String, by encoder: EncoderIdentity, _ vocabulary: Vocabulary) -> [UInt8]? {
    var hash = SHA256()
    hash.update(
      """
      \(kind) \(Self.version) \(encoder.digest) \(encoder) \(vocabulary.digest) \
      \(settings.utf8.count) \(settings) \(vectors.count) \(texts.count)
      """)
    return addFiles(to: &hash) ? hash.finish().bytes : nil
  }

  /// - Returns: whether all files are there.
  private func addFiles(to hash: inout SHA256) -> Bool {
    for file in vectors + texts {
      guard let stamp = FileStamp(path: file) else { return false }
      hash.update(stamp.bytes)
    }
    return true
  }
}
