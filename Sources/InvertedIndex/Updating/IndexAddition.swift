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
/// inputs: it has the vectors of the first `resumedCount` passages already. They outlast other changes of the index, and are removed
/// by the next build. Without `inputs` an addition that is let go unfinished leaves nothing behind, and what a killed one left goes with
/// the next change.
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
  private let spool: VectorsWriter?
  /// Whether the vectors stay when this ends; not once they are added, or refused, as they would be again.
  private var keepsVectors: Bool
  private var isOpen = true

  /// - Parameters:
  ///   - inputs: what the vectors are made of; `nil` for an addition that cannot be gone on with.
  ///   - restarts: whether what an addition of the same inputs left is thrown away.
  /// - Throws: as `LiveIndex.add`; `badInput` for another vocabulary.
  public init(
    to index: LiveIndex, by encoder: EncoderIdentity, vocabulary: Vocabulary, hasTexts: Bool,
    inputs: BuildInputs? = nil, restarts: Bool = false
  ) throws(ParlanceError) {
    let folder = try index.writer.withLock { writer throws(ParlanceError) in try index.open(&writer) }
    do {
      keptTerms = index.snapshot.manifest.keptTerms
      try index.check(encoder, vocabularyDigest: vocabulary.digest, keptTerms: keptTerms, hasTexts: hasTexts)
      let digest = inputs?.additionDigest(by: encoder, vocabulary, keptTerms: keptTerms)
      var left = digest.flatMap { folder.takeEncoded($0) }
      if restarts, let thrownAway = left {
        folder.removeFiles(of: thrownAway)
        left = nil
      }
      generation = left ?? folder.begin()
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
      index.writer.withLock { index.close(&$0) }
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
    do {
      try spool?.finish()
      let change = try index.add(
        VectorsFiles(paths: [spoolPath]), by: encoder, keptTerms: keptTerms, texts: texts, progress: progress,
        interruption: interruption)
      keepsVectors = false
      return change
    } catch {
      if error.code == .badInput { keepsVectors = false }
      throw error
    }
  }
}
