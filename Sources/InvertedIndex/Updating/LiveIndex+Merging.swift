import BinaryFiles
public import Diagnostics
import Dispatch
import Synchronization

extension LiveIndex {
  /// Makes one segment of all, without the passages that were deleted. Nothing happens to an index that is one whole segment of
  /// the present format already.
  ///
  /// Searches and changes go on meanwhile. Weights of f16 and f32 stay what they were, and those of u8 where a range of passages
  /// stays one; where passages of several ranges become one, those of ranges in which a term's greatest weight was less than in
  /// another are rounded again, by at most half of the new range's scale, but for what is less than half of it, which becomes a whole one.
  ///
  /// - Returns: whether there was something to do.
  /// - Throws: `tryAgain` while another process writes, `cannotWrite`, `badInput` for a damaged index, `interrupted`.
  @discardableResult
  public func merge(
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> Bool {
    try merge(progress: progress, interruption: interruption) { index in
      index.segments.count > 1 || index.segments.contains { !$0.isCurrent } ? 0..<index.segments.count : nil
    }
  }

  /// Merges what `MergePolicy` says once.
  ///
  /// - Returns: whether there was something to do.
  /// - Throws: as `merge`.
  @discardableResult
  public func mergeIfNeeded(interruption: Interruption? = nil) throws(ParlanceError) -> Bool {
    try merge(progress: nil, interruption: interruption) { policy.segments(of: $0) }
  }

  /// - Parameter choose: which segments of the index are merged.
  private func merge(
    progress: ProgressHandler?, interruption: Interruption?, choose: (InvertedIndex) -> Range<Int>?
  ) throws(ParlanceError) -> Bool {
    try merging.withLock { _ throws(ParlanceError) in
      guard let work = try begin(choose) else { return false }
      do throws(ParlanceError) {
        try write(work, progress: progress, interruption: interruption)
      } catch {
        writer.withLock { writer in
          work.folder.removeFiles(of: work.generation)
          close(&writer)
        }
        throw error
      }
      return true
    }
  }

  private struct Work {
    let folder: IndexFolder
    let generation: Int
    let index: InvertedIndex
    let range: Range<Int>
  }

  /// Locks the folder for as long as the merge takes.
  private func begin(_ choose: (InvertedIndex) -> Range<Int>?) throws(ParlanceError) -> Work? {
    try writer.withLock { writer throws(ParlanceError) in
      let folder = try open(&writer)
      let index = snapshot
      guard let range = choose(index) else {
        close(&writer)
        return nil
      }
      return Work(folder: folder, generation: folder.begin(), index: index, range: range)
    }
  }

  private func write(
    _ work: Work, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    let merged = MergedPassages(Array(work.index.segments[work.range]))
    var written: IndexManifest.Segment?
    if merged.count > 0 {
      var segment = try NewSegment(
        of: merged, vocabularySize: work.index.manifest.vocabularySize, configuration: configuration,
        folder: path, progress: progress, interruption: interruption)
      try segment.keepGreatest(of: merged)
      try work.folder.checkPlace()
      try segment.checkRoom(in: work.folder, work.generation)
      written = try segment.write(
        texts: merged.texts, to: work.folder, work.generation, progress: progress, interruption: interruption)
    }
    try interruption?.check()
    try writer.withLock { writer throws(ParlanceError) in
      let generation = work.folder.begin()
      do throws(ParlanceError) {
        let parts = Self.parts(of: snapshot)
        try commit(replaced(work, merged, by: written, in: parts), in: work.folder, generation)
        work.folder.end(work.generation, with: snapshot.manifest)
      } catch {
        work.folder.removeFiles(of: generation)
        throw error
      }
      close(&writer)
    }
  }

  /// The segments of the index with those that were merged replaced. Meanwhile segments may have been added behind, passages
  /// deleted, and segments dropped all of whose passages were, but nothing else: the folder was locked all the time.
  private func replaced(
    _ work: Work, _ merged: MergedPassages, by written: IndexManifest.Segment?,
    in parts: [(segment: IndexManifest.Segment, deleted: [UInt32])]
  ) -> [(segment: IndexManifest.Segment, deleted: [UInt32])] {
    var places = Dictionary(
      uniqueKeysWithValues: parts.enumerated().map { ($1.segment.postingsFile.name, $0) })
    var deleted: [UInt32] = []
    var first: Int?
    for (segment, source) in work.index.manifest.segments[work.range].enumerated() {
      guard let place = places.removeValue(forKey: source.postingsFile.name) else {
        deleted += merged.indexes(of: segment).map(UInt32.init)
        continue
      }
      first = first ?? place
      deleted += parts[place].deleted.compactMap { merged.index(of: $0, in: segment).map(UInt32.init) }
    }
    let rest = parts.enumerated().filter { places[$1.segment.postingsFile.name] != nil }
    let new = written.map { [($0, deleted)] } ?? []
    return rest.filter { $0.offset < first ?? 0 }.map(\.element) + new
      + rest.filter { $0.offset >= first ?? 0 }.map(\.element)
  }

  /// Waits until no merge that began by itself goes on.
  public func waitForMerges() {
    background.queue.sync {}
  }

  /// Merges by the policy until there is nothing to do, on a thread of its own.
  func mergeInBackground() {
    guard mergesByItself, policy.segments(of: snapshot) != nil, background.requests.add() else { return }
    background.queue.async { [self] in
      var failure: ParlanceError?
      repeat {
        do throws(ParlanceError) {
          while try mergeIfNeeded() {}
        } catch {
          failure = error
          mergeFailed?(error)
        }
        background.failure.withLock { $0 = failure }
      } while background.requests.end(failure)
    }
  }
}

extension MergePolicy {
  func segments(of index: InvertedIndex) -> Range<Int>? {
    segments(of: index.segments.map { Size(passages: $0.passages, deleted: $0.passages - $0.livePassages) })
  }
}

extension IndexSegment {
  /// Whether writing it anew would make nothing of it better.
  var isCurrent: Bool {
    live == nil && postings.file.version == PostingsFormat.format(of: postings.weights).version
      && (!documents.hasTexts || documents.columns != nil)
  }
}
