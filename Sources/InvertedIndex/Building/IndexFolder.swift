import BinaryFiles
import Diagnostics
import SparseVectors
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The folder of an index while somebody writes to it: locked, with file names that were never used before.
final class IndexFolder: Sendable {
  let path: String
  /// The index that was there when the folder was locked, if it was whole.
  let current: IndexManifest?

  private let lock: FileLock
  private let generations: Mutex<Generations>

  private struct Generations {
    /// The next one.
    var next: Int
    /// Those whose files are being written: no manifest names them yet.
    var begun: Set<Int> = []
    /// Those of builds that ended early and can be gone on with; begun as well.
    var unfinished: [Int] = []
    /// Those of builds and additions that ended early with vectors that they encoded, where nobody goes on with them here: these and
    /// their journals stay.
    var encoded: Set<Int> = []
  }

  private static let lockName = "lock"

  /// What stays of builds that ended early.
  enum Unfinished {
    case none
    /// Of those with vectors that they encoded themselves, the work of hours, these and the journal; so of additions.
    case encoded
    /// All that can be gone on with, with all their files, until `resume`.
    case all
  }

  /// Makes the folder where it is not there, and removes what a killed build left behind.
  ///
  /// - Throws: `tryAgain` while somebody else writes to the index; `cannotWrite` when the folder cannot be made or holds
  ///   something else.
  init(path: String, sparing unfinished: Unfinished = .none) throws(ParlanceError) {
    let path = Self.withoutTrailingSlashes(path)
    self.path = path
    try Self.make(path)
    // Somebody else's folder stays as it is, without a lock even.
    _ = try Self.ownNames(in: path)
    lock = try FileLock(path: path + "/" + Self.lockName)
    // Until now another writer may have been at work.
    let names = try Self.ownNames(in: path)
    current = try? IndexManifest.read(from: path).manifest
    let newest = current?.generation ?? 0
    generations = Mutex(Generations(next: 1 + newest))
    if unfinished != .none { spare(unfinished, of: names, after: newest) }
    if let current {
      // Its name may not be on the disk yet, if its writer died; the files of before go only after that.
      try FileNames.sync(folder: path, faults: FaultLayer.current)
      removeAll(but: current)
    }
    skipNumbers(of: (try? Self.names(in: path)) ?? names)
  }

  /// New files get numbers above those of all that are there.
  private func skipNumbers(of names: [String]) {
    let greatest = names.compactMap(Self.generation(of:)).max() ?? 0
    generations.withLock { $0.next = max($0.next, 1 + greatest) }
  }

  private func spare(_ which: Unfinished, of names: [String], after newest: Int) {
    let ofIndex = Set((current?.files ?? []).compactMap { Self.generation(of: $0.name) })
    let journals = names.filter(Self.isJournal).compactMap(Self.generation(of:))
    let unfinished = journals.sorted().filter { generation in
      let isEncoded = spool(of: generation) != nil
      return which == .all ? generation >= newest || isEncoded : isEncoded && !ofIndex.contains(generation)
    }
    guard which == .all else {
      generations.withLock { $0.encoded = Set(unfinished) }
      return
    }
    generations.withLock { generations in
      generations.unfinished = unfinished
      generations.begun.formUnion(unfinished)
    }
    // A build that ended before it had a journal gives its number back.
    let isNew = FileNames.isMissing(IndexManifest.path(in: path))
    for name in names where isNew && name.hasPrefix(".") {
      guard let generation = Self.generation(of: name), !unfinished.contains(generation) else { continue }
      FileNames.remove(path + "/" + name, faults: FaultLayer.current)
    }
  }

  /// The build that ended early and was made of what `digest` says, or a new one with the vectors of one that encoded what `vectors`
  /// says; others are thrown away. It may be that of `current`, which ended before it had cleared up.
  ///
  /// - Throws: `cannotWrite`; what there was is there still.
  func resume(_ digest: [UInt8]?, vectors: [UInt8]?) throws(ParlanceError) -> BuildJournal? {
    let unfinished = generations.withLock { $0.unfinished }
    let journals = unfinished.compactMap { try? BuildJournal.read($0, in: path) }
    // An index gets no number below that of the one before.
    let newest = current?.generation ?? 0
    var found = journals.first { $0.digest == digest && $0.generation >= newest }
    let isWhole = found.map { $0.generation == current?.generation || spool(of: $0.generation) != nil } ?? false
    if let digest, let vectors, !isWhole,
      let other = journals.first(where: { $0.vectors == vectors && spool(of: $0.generation) != nil })
    {
      let journal = found ?? BuildJournal(begin(), digest: digest, vectors: vectors, in: path)
      try takeSpool(of: other, for: journal)
      found = journal
    }
    for generation in unfinished where generation != found?.generation { removeFiles(of: generation) }
    let left = (try? Self.names(in: path)) ?? []
    generations.withLock { generations in
      generations.unfinished = []
      generations.next = 1 + max(current?.generation ?? 0, left.compactMap(Self.generation(of:)).max() ?? 0)
    }
    return found
  }

  /// Gives the vectors of one build to another. Its journal is there before them: vectors without one are rubbish.
  private func takeSpool(of other: BuildJournal, for journal: BuildJournal) throws(ParlanceError) {
    guard let kind = spool(of: other.generation) else { return }
    try journal.write(journal.statistics)
    try FileNames.rename(
      path + "/" + Self.name(kind, other.generation), to: path + "/" + Self.name(kind, journal.generation),
      faults: FaultLayer.current)
    try FileNames.sync(folder: path, faults: FaultLayer.current)
  }

  /// Begins again the addition that ended early with vectors of what `digest` says; others that nobody goes on with here are thrown
  /// away.
  ///
  /// - Returns: its number; `nil` where there is none.
  func resumeAddition(_ digest: [UInt8]?) -> Int? {
    var found: Int?
    for generation in generations.withLock({ $0.encoded }).sorted() {
      guard let journal = try? BuildJournal.read(generation, in: path), journal.isOfAddition else { continue }
      let isFree = generations.withLock { generations in
        guard generations.encoded.remove(generation) != nil else { return false }
        generations.begun.insert(generation)
        return true
      }
      guard isFree else { continue }
      if found == nil, journal.vectors == digest { found = generation } else { removeFiles(of: generation) }
    }
    return found
  }

  /// Leaves the vectors of a generation, and its journal, to who goes on with them.
  func keepEncoded(_ generation: Int) {
    generations.withLock { generations in
      generations.begun.remove(generation)
      generations.encoded.insert(generation)
    }
  }

  /// How many vectors a generation keeps, once it has all; `nil` before.
  func finishedSpool(of generation: Int) -> Int? {
    (try? VectorsFile(path: path + "/" + Self.name(Self.spoolKind, generation)))?.count
  }

  /// The kind of the file with the vectors that a build encoded, as far as it came; `nil` where there is none.
  private func spool(of generation: Int) -> String? {
    [Self.spoolKind, Self.spoolKind + ".partial"].first {
      FileNames.exists(path + "/" + Self.name($0, generation))
    }
  }

  /// Whether the folder that was locked still has its name.
  var isInPlace: Bool { lock.isInPlace }

  /// - Throws: `tryAgain` when the folder that was locked is not the one that has its name by now.
  func checkPlace() throws(ParlanceError) {
    guard isInPlace else {
      throw ParlanceError(
        .tryAgain, "the folder was exchanged for another while it was changed; nothing was changed in the new one",
        at: .init(file: path))
    }
  }

  /// Lets another writer in; nothing may be written here any more.
  func unlock() { lock.release() }

  /// `index` for `index/`: the folder above it is the one to sync.
  private static func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }

  /// A number for new files, which stay until `end`.
  func begin() -> Int {
    generations.withLock { generations in
      generations.begun.insert(generations.next)
      generations.next += 1
      return generations.next - 1
    }
  }

  /// A new file of a generation.
  static func name(_ kind: String, _ generation: Int) -> String {
    let digits = String(generation)
    return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "." + kind
  }

  /// Ends a generation whose files belong to `manifest`, the one that is there now, and removes all files that do not, but for
  /// those of generations that go on, and what builds that ended early encoded.
  func end(_ generation: Int, with manifest: IndexManifest) {
    _ = generations.withLock { $0.begun.remove(generation) }
    removeAll(but: manifest)
  }

  private func removeAll(but manifest: IndexManifest) {
    // A journal tells the next process what the rest is, so it goes last.
    let names = ((try? Self.names(in: path)) ?? []).sorted { !Self.isJournal($0) && Self.isJournal($1) }
    // Looked at after the names: what is begun meanwhile has none among them.
    let (begun, encoded) = generations.withLock { ($0.begun, $0.encoded) }
    let kept = Set(manifest.files.map(\.name) + [IndexManifest.fileName, Self.lockName])
    for name in names where Self.isOurs(name) && !kept.contains(name) {
      if let generation = Self.generation(of: name),
        begun.contains(generation) || encoded.contains(generation) && (Self.isJournal(name) || Self.isSpool(name))
      {
        continue
      }
      FileNames.remove(path + "/" + name, faults: FaultLayer.current)
    }
  }

  private static func isJournal(_ name: String) -> Bool { name.hasSuffix("." + BuildJournal.fileKind) }

  private static func isSpool(_ name: String) -> Bool {
    [spoolKind, spoolKind + ".partial"].contains { name.hasSuffix("." + $0) }
  }

  /// Removes the files of a generation, after a build that failed, but for those that a manifest names which is there already:
  /// the last sync may fail after it got its name.
  func removeFiles(of generation: Int) {
    _ = generations.withLock { $0.begun.remove(generation) }
    var kept: Set<String> = []
    if FileManager.default.fileExists(atPath: IndexManifest.path(in: path)) {
      guard let manifest = try? IndexManifest.read(from: path).manifest else { return }
      kept = Set(manifest.files.map(\.name))
    }
    for name in (try? Self.names(in: path)) ?? [] where Self.generation(of: name) == generation && !kept.contains(name)
    {
      FileNames.remove(path + "/" + name, faults: FaultLayer.current)
    }
  }

  /// How much of a generation is there already, without the vectors that it is made of.
  func bytes(of generation: Int) -> Int {
    ((try? Self.names(in: path)) ?? [])
      .filter { Self.generation(of: $0) == generation && !$0.hasSuffix("." + Self.spoolKind) }
      .reduce(0) { $0 + Int(FileStamp(path: path + "/" + $1)?.count ?? 0) }
  }

  private static func make(_ path: String) throws(ParlanceError) {
    let files = FileManager.default
    var isFolder = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder else {
        throw ParlanceError(.cannotWrite, "expected a folder for the index, this is a file", at: .init(file: path))
      }
      return
    }
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    } catch {
      throw ParlanceError(
        .cannotWrite, "cannot make the folder for the index; the folder above must be there and yours to write to",
        at: .init(file: path))
    }
    try FileNames.sync(folder: folder(of: path), faults: FaultLayer.current)
  }

  /// The names of an index's files. In the folder of an index that can be read others may lie, such as a `.DS_Store`: they are nobody's
  /// business, and only files of such names are ever removed.
  ///
  /// - Throws: `cannotWrite` where the folder holds no index that can be read, and what is none of an index.
  private static func ownNames(in path: String) throws(ParlanceError) -> [String] {
    let names = try names(in: path)
    // A build leaves its lock, so numbered files without one and without a manifest are somebody else's.
    let isIndex = names.contains(IndexManifest.fileName) || names.contains(lockName)
    if let stranger = names.first(where: { !isIndex || !isOurs($0) }) {
      if (try? IndexManifest.read(from: path)) != nil { return names.filter(isOurs) }
      throw ParlanceError(
        .cannotWrite,
        "expected an index or an empty folder, found \"\(stranger)\" in it; choose another folder for the index",
        at: .init(file: path))
    }
    return names
  }

  private static func names(in path: String) throws(ParlanceError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw ParlanceError(.cannotWrite, "cannot look into the folder for the index", at: .init(file: path))
    }
  }

  /// `manifest`, `lock`, `000001.postings` and their like, and the temporary names of `AtomicFile`.
  private static func isOurs(_ name: String) -> Bool {
    if name == IndexManifest.fileName || name == lockName || generation(of: name) != nil { return true }
    return name.hasPrefix(".\(IndexManifest.fileName).partial-")
  }

  /// The kinds of files of an index, and what `IndexWriter` keeps vectors in meanwhile.
  private static let kinds = [
    "postings", "postings.partial", "passages", "vocabulary", "deleted", spoolKind, spoolKind + ".partial", "scratch",
    BuildJournal.fileKind, BuildJournal.rangesKind,
  ]
  static let spoolKind = "spool"

  /// The number of `000001.postings` or `.000001.postings.partial-x1`; `nil` for every other name, so that no file of
  /// somebody else's is ever taken for one of the index.
  private static func generation(of name: String) -> Int? {
    var parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.first?.isEmpty == true, parts.count == 2 {
      parts = parts[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let dot = parts[1].firstIndex(of: "."), parts[1][dot...].hasPrefix(".partial-") else {
        return nil
      }
      parts[1] = parts[1][..<dot]
    }
    guard parts.count == 2, (6...12).contains(parts[0].utf8.count),
      parts[0].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), kinds.contains(String(parts[1]))
    else { return nil }
    return Int(parts[0])
  }
}
