public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors

/// Builds an index from a stream of vectors, as an encoder gives them.
///
///     let writer = try IndexWriter(path: "index", passageSpace: encoder.identity, vocabulary: vocabulary)
///     for (passage, vector) in encoded { try writer.append(passage.id, vector) }
///     try writer.finish(texts: PassageSource(files: ["passages.jsonl"]))
///
/// The vectors wait in a temporary `.vectors` file inside the folder, since the greatest weight of each term has to be
/// known before the first posting is written. Texts are read again at the end rather than kept twice. The folder is looked
/// at and locked at the beginning; a writer that is let go unfinished leaves the index that was there before, or none.
public final class IndexWriter {
  private let folder: IndexFolder
  private let generation: Int
  private let spoolPath: String
  private let builder: IndexBuilder
  private let spool: VectorsWriter

  /// - Parameter path: the folder of the index; the folder above it must be there.
  /// - Throws: `usage` for a configuration out of range; `tryAgain` while somebody else writes there; `cannotWrite`.
  public init(
    path: String, passageSpace: EncoderIdentity, vocabulary: Vocabulary,
    configuration: IndexConfiguration = IndexConfiguration()
  ) throws(ParlanceError) {
    try configuration.check()
    builder = IndexBuilder(passageSpace: passageSpace, vocabulary: vocabulary, configuration: configuration)
    folder = try IndexFolder(path: path)
    generation = folder.begin()
    spoolPath = folder.path + "/" + IndexFolder.name(IndexFolder.spoolKind, generation)
    do {
      spool = try VectorsWriter(
        path: spoolPath, description: VectorsDescription(encoder: passageSpace, vocabulary: vocabulary))
    } catch {
      folder.removeFiles(of: generation)
      throw error
    }
  }

  deinit {
    folder.removeFiles(of: generation)
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
    try builder.build(
      VectorsFiles(paths: [spoolPath]), texts: texts, in: folder, generation, progress: progress,
      interruption: interruption)
  }
}
