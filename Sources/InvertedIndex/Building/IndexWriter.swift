import BinaryFiles
public import Diagnostics
public import Identifiers
public import SparseVectors

/// Builds an index from a stream of vectors, as an encoder gives them.
///
///     let writer = try IndexWriter(path: "index", passageSpace: encoder.identity, vocabulary: vocabulary)
///     for (passage, vector) in encoded { try writer.append(passage.id, vector) }
///     try writer.finish(texts: { try reader.next() })
///
/// The vectors wait in a temporary `.vectors` file beside the index, since the greatest weight of each term has to be known
/// before the first posting is written. Texts are read again at the end rather than kept twice.
public final class IndexWriter {
  private let path: String
  private let spoolPath: String
  private let builder: IndexBuilder
  private let spool: VectorsWriter
  private var isFinished = false

  /// - Parameter path: the folder of the index; the folder above it must be there.
  /// - Throws: `usage` for a configuration out of range; `cannotWrite`, `tryAgain` as `VectorsWriter`.
  public init(
    path: String, passageSpace: EncoderIdentity, vocabulary: Vocabulary,
    configuration: IndexConfiguration = IndexConfiguration()
  ) throws(ParlanceError) {
    try configuration.check()
    self.path = path
    spoolPath = path + ".spool.vectors"
    builder = IndexBuilder(passageSpace: passageSpace, vocabulary: vocabulary, configuration: configuration)
    spool = try VectorsWriter(
      path: spoolPath, description: VectorsDescription(encoder: passageSpace, vocabulary: vocabulary))
  }

  deinit {
    removeSpool()
  }

  /// Takes the next passage's vector.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    try spool.append(id, vector)
  }

  /// Builds the index of all vectors.
  ///
  /// - Parameter texts: gives the text of each passage once, in any order; `nil` for an index without texts.
  /// - Throws: as `IndexBuilder.build`.
  public func finish(
    texts: PassageSource? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try spool.finish()
    defer { removeSpool() }
    try builder.build(
      VectorsFiles(paths: [spoolPath]), texts: texts, at: path, progress: progress, interruption: interruption)
  }

  private func removeSpool() {
    guard !isFinished else { return }
    isFinished = true
    FileNames.remove(spoolPath, faults: FaultLayer.current)
    FileNames.remove(VectorsWriter.partialPath(for: spoolPath), faults: FaultLayer.current)
  }
}
