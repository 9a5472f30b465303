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
/// ended. The vectors wait in the folder of the index.
///
/// Where `inputs` says what the vectors are made of, an addition that was let go or killed is gone on with by the next one of the same
/// inputs: it has the vectors of the first `resumedCount` passages already. They outlast deletions and merges, and are removed once they
/// are added, and by the next addition of other inputs or build. Without `inputs` an addition that is let go unfinished leaves nothing
/// behind, and what a killed one left goes with the next change.
public final class IndexAddition {
  /// How many vectors an earlier process left; the caller passes over as many passages.
  public let resumedCount: Int

  private let index: LiveIndex
  private let encoder: EncoderIdentity
  private let keptTerms: Int?
  private let folder: IndexFolder
  private let generation: Int
  private let spoolPath: String
  /// `nil` where all vectors are there.
  private var spool: VectorsWriter?
  /// Whether vectors stay when this ends; not once they are added, or one was refused, as it would be again.
  private var keepsVectors: Bool
  private var isOpen = true

  /// - Parameters:
  ///   - inputs: what the vectors are made of; `nil` for an addition that cannot be gone on with.
  ///   - restarts: whether what an addition of the same inputs left is thrown away, too.
  /// - Throws: as `LiveIndex.add`; `badInput` for another vocabulary.
  public init(
    to index: LiveIndex, by encoder: EncoderIdentity, vocabulary: Vocabulary, hasTexts: Bool,
    inputs: BuildInputs? = nil, restarts: Bool = false
  ) throws(ParlanceError) {
    let folder = try index.writer.withLock { writer throws(ParlanceError) in try index.open(&writer) }
    var left: Int?
    var begun: Int?
    do throws(ParlanceError) {
      keptTerms = index.snapshot.manifest.keptTerms
      try index.check(encoder, vocabularyDigest: vocabulary.digest, keptTerms: keptTerms, hasTexts: hasTexts)
      let digest = inputs?.additionDigest(by: encoder, vocabulary, keptTerms: keptTerms)
      if let digest { left = folder.resumeAddition(restarts ? nil : digest) }
      generation = left ?? folder.begin()
      begun = generation
      keepsVectors = digest != nil
      spoolPath = folder.path + "/" + IndexFolder.name(IndexFolder.spoolKind, generation)
      if left != nil, let all = folder.finishedSpool(of: generation) {
        spool = nil
        resumedCount = all
      } else {
        if let digest, left == nil {
          try BuildJournal(generation, digest: digest, vectors: digest, in: folder.path).write()
        }
        let spool = try VectorsWriter(
          path: spoolPath,
          description: VectorsDescription(encoder: encoder, vocabulary: vocabulary, keptTerms: keptTerms),
          resuming: digest != nil)
        self.spool = spool
        resumedCount = spool.resumedCount
      }
    } catch {
      index.writer.withLock { writer in
        if let begun {
          if left != nil, error.code != .badInput { folder.keepEncoded(begun) } else { folder.removeFiles(of: begun) }
        }
        index.close(&writer)
      }
      throw error
    }
    self.index = index
    self.encoder = encoder
    self.folder = folder
  }

  deinit { end() }

  /// Removes the vectors, unless they are to be gone on with, and lets other processes write, whoever still refers to this addition.
  private func end() {
    guard isOpen else { return }
    isOpen = false
    if let spool, spool.count < VectorsWriter.resumableEvery { keepsVectors = false }
    // It holds a lock of its own.
    spool = nil
    index.writer.withLock { writer in
      if keepsVectors { folder.keepEncoded(generation) } else { folder.removeFiles(of: generation) }
      index.close(&writer)
    }
  }

  /// Takes the next passage's vector; where the index has the heaviest terms of each passage only, those.
  ///
  /// - Throws: as `VectorsWriter.append`.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    do {
      try spool?.append(id, keptTerms.map { vector.keepingHeaviest($0) } ?? vector)
    } catch {
      if error.code == .badInput { keepsVectors = false }
      throw error
    }
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
    try spool?.finish()
    let change = try index.add(
      VectorsFiles(paths: [spoolPath]), by: encoder, keptTerms: keptTerms, texts: texts, progress: progress,
      interruption: interruption)
    keepsVectors = false
    return change
  }
}
