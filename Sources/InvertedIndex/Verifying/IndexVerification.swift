import BinaryFiles
public import Diagnostics

/// A damaged part of an index.
public struct IndexDamage: Codable, Sendable, Hashable, CustomStringConvertible {
  /// The file, within the index's folder.
  public var file: String
  /// The section and block, where it is one.
  public var component: String?
  public var message: String

  public var description: String {
    "\(file)\(component.map { " (\($0))" } ?? ""): \(message)"
  }
}

extension InvertedIndex {
  /// Reads every byte of an index and checks it: checksums first, then that what they protect makes sense.
  ///
  /// It checks one index even when another process builds it anew meanwhile: all files are opened before the first is read.
  ///
  /// - Returns: for each damaged file the first damage; nothing for an index that is whole. That passages of two segments have
  ///   one id is a damage of the manifest, which is looked for where no file is damaged.
  /// - Throws: `noInput` when there is no index or the manifest cannot be read; `badInput` when the manifest itself is
  ///   damaged, since nothing else can be judged then; `interrupted`.
  public static func verify(
    path: String, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> [IndexDamage] {
    try IndexVerification(
      folder: path, manifest: IndexManifest.read(from: path).manifest, progress: progress, interruption: interruption
    ).run()
  }
}

/// One pass over the files of an index.
struct IndexVerification {
  /// A file that was opened, or why it could not be.
  private struct Check {
    let file: String
    let run: () throws(ParlanceError) -> Void
    var failedToOpen = false
  }

  let progress: ProgressHandler?
  let interruption: Interruption?
  private let checks: [Check]
  /// What is asked of all segments together, once each file by itself is whole; `nil` where one of them could not be opened.
  private let last: Check?

  /// - Parameter manifest: what the folder's manifest was a moment ago. When files cannot be opened since another build has
  ///   taken its place, that one is checked.
  /// - Throws: as `IndexManifest.read`.
  init(
    folder: String, manifest: IndexManifest, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    self.progress = progress
    self.interruption = interruption
    var manifest = manifest
    while true {
      let (checks, last) = Self.checks(of: manifest, in: folder, progress, interruption)
      if checks.contains(where: \.failedToOpen) {
        let current = try IndexManifest.read(from: folder).manifest
        if current != manifest {
          manifest = current
          continue
        }
      }
      self.checks = checks
      self.last = last
      return
    }
  }

  func run() throws(ParlanceError) -> [IndexDamage] {
    var damages: [IndexDamage] = []
    for check in checks {
      if let damage = try run(check) { damages.append(damage) }
    }
    if damages.isEmpty, let last, let damage = try run(last) { damages.append(damage) }
    return damages
  }

  private func run(_ check: Check) throws(ParlanceError) -> IndexDamage? {
    do throws(ParlanceError) {
      try check.run()
      return nil
    } catch {
      guard error.code != .interrupted else { throw error }
      return IndexDamage(file: check.file, component: error.location?.component, message: error.message)
    }
  }

  private static func checks(
    of manifest: IndexManifest, in folder: String, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) -> (checks: [Check], last: Check?) {
    func check<File>(
      _ file: IndexManifest.File, opening: (String) throws(ParlanceError) -> File,
      _ verify: @escaping (File) throws(ParlanceError) -> Void
    ) -> Check {
      do throws(ParlanceError) {
        let opened = try opening(folder + "/" + file.name)
        return Check(file: file.name, run: { () throws(ParlanceError) in try verify(opened) })
      } catch {
        return Check(file: file.name, run: { () throws(ParlanceError) in throw error }, failedToOpen: true)
      }
    }
    func vocabulary(_ path: String) throws(ParlanceError) -> SectionedFile {
      try SectionedFile(path: path, format: IndexVocabulary.format)
    }
    var checks = [
      check(manifest.vocabularyFile, opening: vocabulary) { file throws(ParlanceError) in
        try file.verify(progress: progress, interruption: interruption)
        try manifest.vocabularyFile.check(file)
        _ = try IndexVocabulary.read(file, expecting: manifest)
      }
    ]
    var deletedPassages: DeletedPassages?
    func openDeleted(_ path: String) throws(ParlanceError) -> DeletedPassages {
      let opened = try DeletedPassages(path: path)
      deletedPassages = opened
      return opened
    }
    var stores: [DocumentStore] = []
    func openDocuments(_ path: String) throws(ParlanceError) -> DocumentStore {
      let opened = try DocumentStore(path: path)
      stores.append(opened)
      return opened
    }
    if let file = manifest.deletedFile {
      checks.append(
        check(file, opening: openDeleted) { deleted throws(ParlanceError) in
          try deleted.file.verify(progress: progress, interruption: interruption)
          _ = try deleted.passages(of: manifest)
        })
    }
    for segment in manifest.segments {
      checks.append(
        check(segment.passagesFile, opening: openDocuments) { documents throws(ParlanceError) in
          try documents.file.verify(progress: progress, interruption: interruption)
          try documents.check(segment)
          try documents.verifyContents(interruption: interruption)
        })
      checks.append(
        check(segment.postingsFile, opening: SegmentPostings.init) { postings throws(ParlanceError) in
          try postings.file.verify(progress: progress, interruption: interruption)
          try postings.check(segment, of: manifest)
          try postings.verifyContents(interruption: interruption)
        })
    }
    guard stores.count == manifest.segments.count else { return (checks, nil) }
    let (documents, opened) = (stores, deletedPassages)
    let last = Check(
      file: IndexManifest.fileName,
      run: { () throws(ParlanceError) in
        let deleted = try opened?.passages(of: manifest) ?? manifest.segments.map { _ in [UInt32]() }
        try LiveIDs(documents: documents, deleted: deleted).verify(interruption: interruption)
      })
    return (checks, last)
  }
}
