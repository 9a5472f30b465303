public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors

/// Builds an index from a stream of vectors, as an encoder gives them.
///
///     let writer = try IndexWriter(path: "index", passageSpace: encoder.passageIdentity, vocabulary: encoder.vocabulary)
///     for (passage, vector) in encoded { try writer.append(passage.id, vector) }
///     try writer.finish(texts: PassageSource(files: ["passages.jsonl"]))
///
/// The vectors wait in a temporary `.vectors` file inside the folder, since the greatest weight of each term has to be
/// known before the first posting is written. Texts are read again at the end rather than kept twice. The folder is looked
/// at and locked at the beginning, and free again once `finish` has ended; a writer that is let go unfinished leaves the index that
/// was there before, or none.
///
/// Where `inputs` says what the vectors are made of, one that was let go or killed is gone on with by the next one of the same inputs
/// and settings: it has the vectors of the first `resumedCount` passages already. The vectors are kept for another configuration, too,
/// and while the index that is there is changed.
public final class IndexWriter {
  /// How many vectors an earlier process left; the caller passes over as many passages.
  public let resumedCount: Int

  private let folder: IndexFolder
  private let generation: Int
  private let spoolPath: String
  private let builder: IndexBuilder
  private let journal: BuildJournal?
  /// `nil` where all vectors are there.
  private let spool: VectorsWriter?
  /// Whether a vector was refused, which the next writer of the same inputs would refuse as well.
  private var isRefused = false
  private var isOpen = true

  /// - Parameters:
  ///   - path: the folder of the index; the folder above it must be there.
  ///   - inputs: what the vectors are made of, with texts; `nil` for a writer that cannot be gone on with.
  ///   - restarts: whether what a writer of the same inputs left is thrown away.
  /// - Throws: `usage` for a configuration out of range; `tryAgain` while somebody else writes there; `cannotWrite`.
  public init(
    path: String, passageSpace: EncoderIdentity, vocabulary: Vocabulary,
    configuration: IndexConfiguration = IndexConfiguration(), inputs: BuildInputs? = nil, restarts: Bool = false
  ) throws(ParlanceError) {
    try configuration.check()
    var builder = IndexBuilder(passageSpace: passageSpace, vocabulary: vocabulary, configuration: configuration)
    builder.inputs = inputs
    builder.restarts = restarts
    self.builder = builder
    folder = try IndexFolder(path: path, sparing: inputs == nil ? .none : .all)
    // How many passages there are is said by the files.
    var journal = try builder.journal(of: 0, hasTexts: true, isEncoding: true, in: folder)
    if let found = journal, found.statistics != nil, folder.vectors(of: found.generation) == nil {
      // What was found is of vectors that are gone.
      folder.removeFiles(of: found.generation)
      journal = BuildJournal(folder.begin(), digest: found.digest, vectors: found.vectors, in: folder.path)
    }
    self.journal = journal
    generation = journal?.generation ?? folder.begin()
    spoolPath = folder.path + "/" + IndexFolder.name(IndexFolder.spoolKind, generation)
    do {
      if let there = folder.vectors(of: generation) {
        spool = nil
        resumedCount = there
      } else {
        try journal?.write()
        let spool = try VectorsWriter(
          path: spoolPath, description: VectorsDescription(encoder: passageSpace, vocabulary: vocabulary),
          resuming: journal != nil)
        self.spool = spool
        resumedCount = spool.resumedCount
      }
    } catch {
      if journal == nil { folder.removeFiles(of: generation) }
      throw error
    }
  }

  deinit { end(keepingFiles: false) }

  /// Lets other writers in, whoever still refers to this one: nothing may be written here any more.
  private func end(keepingFiles: Bool) {
    guard isOpen else { return }
    isOpen = false
    if !keepingFiles, journal == nil || isRefused { folder.removeFiles(of: generation) }
    folder.unlock()
  }

  /// Takes the next passage's vector.
  ///
  /// - Throws: as `VectorsWriter.append`; the writer is of no use then.
  public func append(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    do {
      try spool?.append(id, vector)
    } catch {
      isRefused = error.code == .badInput
      throw error
    }
  }

  /// Builds the index of all vectors, and lets other writers in.
  ///
  /// - Precondition: it was not called before, whether or not it failed.
  /// - Parameter texts: gives the text of each passage once, in any order; `nil` for an index without texts.
  /// - Throws: as `IndexBuilder.build`.
  public func finish(
    texts: PassageSource? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    precondition(isOpen, "the index was finished before")
    var isDone = false
    defer { end(keepingFiles: isDone) }
    if let done = folder.current, done.generation == generation {
      folder.end(generation, with: done)
      isDone = true
      return
    }
    try spool?.finish()
    try builder.build(
      VectorsFiles(paths: [spoolPath]), texts: texts, in: folder, generation, journal: journal, progress: progress,
      interruption: interruption)
    isDone = true
  }
}

extension IndexFolder {
  /// How many vectors a generation has, once it has all; `nil` before.
  fileprivate func vectors(of generation: Int) -> Int? {
    if let current, current.generation == generation { return current.passages }
    return finishedSpool(of: generation)
  }
}
