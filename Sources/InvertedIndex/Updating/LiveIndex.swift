import BinaryFiles
public import Diagnostics
import Dispatch
import SparseVectors
import Synchronization

/// An index that passages are added to, replaced in and deleted from while it is searched.
///
///     let live = try LiveIndex(path: "index")
///     try live.add(passages, by: encoder.passageIdentity)
///     try live.delete(["p1", "p2"])
///     let answer = try live.snapshot.search(query, k: 10)
///
/// `snapshot` is an `InvertedIndex` that stays what it is; each change makes another one, which shares with it whatever did not
/// change. What a call that changes the index returned from is on the disk. Any number of threads may call everything at once;
/// changes wait for each other, searches for nothing. Another process that writes meanwhile is refused, and so is a change
/// here while another process writes: `tryAgain`. What it wrote is seen after `refresh()`.
public final class LiveIndex: Sendable {
  public let path: String
  /// How new segments are written. Weights are always those of the index.
  let configuration: IndexConfiguration
  /// Of the index that was opened; one that another process builds in its place is to have the same.
  private let vocabularyDigest: String
  private let passageSpace: EncoderIdentity
  let policy: MergePolicy
  let mergesByItself: Bool
  let mergeFailed: (@Sendable (ParlanceError) -> Void)?

  private let current: Mutex<InvertedIndex>
  /// Held while a newer index is opened, so that no older one takes its place.
  private let refreshing = Mutex<Void>(())
  /// Held by whoever changes the index. A merge holds it at its beginning and its end only.
  let writer = Mutex(Writer())
  /// Held while segments are merged.
  let merging = Mutex<Void>(())
  let background = Background()

  /// The folder, while somebody here writes to it.
  struct Writer: ~Copyable {
    var folder: IndexFolder?
    var users = 0
  }

  /// Merges that nobody waits for.
  final class Background: Sendable {
    let queue = DispatchQueue(label: "parlance.index.merge", qos: .utility)
    let requests = MergeRequests()
    let failure = Mutex<ParlanceError?>(nil)
  }

  /// Opens the index in the folder `path`.
  ///
  /// - Parameters:
  ///   - mergesByItself: whether segments are merged, after a change, by a thread of its own as `policy` says.
  ///   - mergeFailed: told, by that thread, why a merge failed; the index is as it was, and the next changes try again.
  ///   - configuration: how passages are written that are added.
  /// - Throws: `noInput` when there is no index; `badInput` when it is damaged; `usage` for a configuration or a policy out of range.
  public init(
    path: String, mergesByItself: Bool = false, policy: MergePolicy = MergePolicy(),
    mergeFailed: (@Sendable (ParlanceError) -> Void)? = nil, configuration: IndexConfiguration = IndexConfiguration()
  ) throws(ParlanceError) {
    try configuration.check()
    try policy.check()
    let index = try InvertedIndex(path: path)
    self.path = path
    self.mergesByItself = mergesByItself
    self.mergeFailed = mergeFailed
    self.policy = policy
    var configuration = configuration
    configuration.weights = index.weights
    self.configuration = configuration
    vocabularyDigest = index.manifest.vocabularyDigest
    passageSpace = index.passageSpace
    current = Mutex(index)
  }

  /// The index as it is now.
  public var snapshot: InvertedIndex { current.withLock { $0 } }

  /// Looks whether another process changed the index, which costs one call of the system where none did.
  ///
  /// - Returns: whether there is another `snapshot`.
  /// - Throws: `noInput` and `badInput` where the index is gone or damaged; `snapshot` is then the last that was whole.
  @discardableResult
  public func refresh() throws(ParlanceError) -> Bool {
    if FileStamp(path: IndexManifest.path(in: path)) == snapshot.manifestStamp { return false }
    return try reread()
  }

  private func reread() throws(ParlanceError) -> Bool {
    try refreshing.withLock { _ throws(ParlanceError) in
      let before = snapshot
      let now = try InvertedIndex(path: path, reusing: before)
      current.withLock { $0 = now }
      return now.manifest != before.manifest
    }
  }

  /// Goes on with what `other` has opened anew, so that a merge that is under way here holds off nobody who changes the index.
  ///
  /// - Returns: whether it does; not where `other` is of another kind, or of another folder that has the name of this one by now.
  /// - Throws: as `refresh()`.
  package func adopt(_ other: LiveIndex) throws(ParlanceError) -> Bool {
    guard other.path == path, other.configuration.weights == configuration.weights,
      other.vocabularyDigest == vocabularyDigest, other.passageSpace == passageSpace,
      writer.withLock({ $0.folder.map(\.isInPlace) ?? true })
    else { return false }
    try refreshing.withLock { _ throws(ParlanceError) in
      let now = try InvertedIndex(path: path, reusing: other.snapshot)
      current.withLock { $0 = now }
    }
    return true
  }

  /// Why the last merge that nobody waited for failed; `nil` after one that did not.
  public var lastMergeFailure: ParlanceError? { background.failure.withLock { $0 } }

  // MARK: Changes

  /// Locks the folder, unless somebody here has it already, and sees to it that `snapshot` is what lies there.
  ///
  /// - Throws: `tryAgain` while another process writes; as `refresh()`.
  func open(_ writer: inout Writer) throws(ParlanceError) -> IndexFolder {
    // Before the folder is locked: a folder without an index stays as it is.
    try refresh()
    let folder: IndexFolder
    if let own = writer.folder { folder = own } else { folder = try IndexFolder(path: path, sparing: .encoded) }
    try folder.checkPlace()
    // A clock that is coarse gives two manifests one stamp: whoever writes reads.
    _ = try reread()
    try checkKind()
    writer.folder = folder
    writer.users += 1
    return folder
  }

  /// - Throws: `usage` when another process built another index in the folder, which is changed by whoever opens it anew.
  func checkKind() throws(ParlanceError) {
    let index = snapshot
    guard index.weights == configuration.weights, index.manifest.vocabularyDigest == vocabularyDigest,
      index.passageSpace == passageSpace
    else {
      throw ParlanceError(
        .usage, "the index is another one than was opened: its encoder, vocabulary or kind of weights differs",
        at: .init(file: path))
    }
  }

  /// Unlocks the folder when nobody here needs it any more.
  func close(_ writer: inout Writer) {
    writer.users -= 1
    guard writer.users == 0 else { return }
    // Others may refer to the folder for a moment.
    writer.folder?.unlock()
    writer.folder = nil
  }

  /// Runs a change, with the folder locked.
  func change<Result: Sendable>(
    _ body: (IndexFolder) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    let result = try writer.withLock { writer throws(ParlanceError) in
      let folder = try open(&writer)
      defer { close(&writer) }
      return try body(folder)
    }
    mergeInBackground()
    return result
  }

  /// Makes what `segments` says the index, in one step.
  ///
  /// - Parameters:
  ///   - segments: each with its deleted passages, ascending; those without a live passage are dropped.
  ///   - generation: begun after whatever is in the index was.
  func commit(
    _ segments: [(segment: IndexManifest.Segment, deleted: [UInt32])], in folder: IndexFolder, _ generation: Int
  ) throws(ParlanceError) {
    var manifest = snapshot.manifest
    let kept = segments.filter { $0.deleted.count < $0.segment.passages }
    manifest.generation = generation
    manifest.segments = kept.map { segment, deleted in
      var segment = segment
      segment.deleted = deleted.isEmpty ? nil : deleted.count
      return segment
    }
    guard manifest.passages <= Int(UInt32.max) else {
      throw ParlanceError(
        .badInput, "expected at most \(UInt32.max) passages with those that are there", at: .init(file: path))
    }
    manifest.deletedFile = nil
    if kept.contains(where: { !$0.deleted.isEmpty }) {
      let name = IndexFolder.name("deleted", generation)
      let bytes = try DeletedPassages.write(kept.map(\.deleted), to: folder.path + "/" + name)
      manifest.deletedFile = .init(name: name, bytes: bytes)
    }
    try folder.checkPlace()
    try manifest.write(to: folder.path)
    try refresh()
    folder.end(generation, with: manifest)
  }

  /// The segments of an index as a manifest has them.
  static func parts(of index: InvertedIndex) -> [(segment: IndexManifest.Segment, deleted: [UInt32])] {
    zip(index.manifest.segments, index.segments).map { ($0, $1.deleted) }
  }
}
