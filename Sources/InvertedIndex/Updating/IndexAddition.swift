public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors
import Synchronization

/// Adds passages to an index whose vectors come one by one, as an encoder gives them.
///
///     let addition = try IndexAddition(
///       to: index, by: encoder.passageIdentity, vocabulary: encoder.vocabulary, hasTexts: true)
///     for (passage, vector) in encoded { try addition.append(passage.id, vector) }
///     let change = try addition.finish(texts: PassageSource(files: ["new.jsonl"]))
///
/// Whatever would refuse them in the end does so in the beginning, and no other process writes to the index until `finish` has
/// ended. The vectors wait in the folder of the index; an addition that is let go unfinished leaves nothing behind, and what a
/// killed one left goes with the next change.
public final class IndexAddition {
  private let index: LiveIndex
  private let encoder: EncoderIdentity
  private let keptTerms: Int?
  private let folder: IndexFolder
  private let generation: Int
  private let spoolPath: String
  private let spool: VectorsWriter
  private var isOpen = true

  /// - Throws: as `LiveIndex.add`; `badInput` for another vocabulary.
  public init(
    to index: LiveIndex, by encoder: EncoderIdentity, vocabulary: Vocabulary, hasTexts: Bool
  ) throws(ParlanceError) {
    let folder = try index.writer.withLock { writer throws(ParlanceError) in try index.open(&writer) }
    do {
      keptTerms = index.snapshot.manifest.keptTerms
      try index.check(encoder, vocabularyDigest: vocabulary.digest, keptTerms: keptTerms, hasTexts: hasTexts)
      generation = folder.begin()
      spoolPath = folder.path + "/" + IndexFolder.name(IndexFolder.spoolKind, generation)
      spool = try VectorsWriter(
        path: spoolPath,
        description: VectorsDescription(encoder: encoder, vocabulary: vocabulary, keptTerms: keptTerms))
    } catch {
      index.writer.withLock { index.close(&$0) }
      throw error
    }
    self.index = index
    self.encoder = encoder
    self.folder = folder
  }

  deinit { end() }

  /// Removes the vectors and lets other processes write, whoever still refers to this addition.
  private func end() {
    guard isOpen else { return }
    isOpen = false
    index.writer.withLock { writer in
      folder.removeFiles(of: generation)
      index.close(&writer)
    }
  }

  /// Takes the next passage's vector; where the index has the heaviest terms of each passage only, those.
  ///
  /// - Throws: as `VectorsWriter.append`.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    try spool.append(id, keptTerms.map { vector.keepingHeaviest($0) } ?? vector)
  }

  /// Adds all of them, in one step, and lets other processes write.
  ///
  /// - Precondition: it was not called before, whether or not it failed.
  /// - Throws: as `LiveIndex.add`.
  public func finish(
    texts: PassageSource? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> IndexChange {
    precondition(isOpen, "the passages were added before")
    defer { end() }
    try spool.finish()
    return try index.add(
      VectorsFiles(paths: [spoolPath]), by: encoder, keptTerms: keptTerms, texts: texts, progress: progress,
      interruption: interruption)
  }
}
