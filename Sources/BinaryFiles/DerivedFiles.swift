#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder for what was made of a model's files and can be made again, so that the next start need not make it.
///
/// It lies in the user's cache and not beside the model, whose folder may be read-only, shared, or a hub's cache with rules
/// of its own. A file is named after the hash of what it was made of, is written under another name and renamed, and is
/// read only when all its checksums fit and it belongs to the user; what is damaged, foreign or of another version counts as
/// not there. Nothing ever fails for its sake: where it cannot be read or written, work is done anew.
public struct DerivedFiles: Sendable, Hashable {
  /// Where they are; `nil` where nothing is kept.
  public let folder: String?

  /// The most bytes that are kept; the oldest files go first.
  private let limit: Int64

  private static let suffix = ".derived"

  /// - Parameter limit: the most bytes that are kept.
  public init(folder: String?, limit: Int = 1 << 30) {
    self.folder = folder
    self.limit = Int64(limit)
  }

  /// Keeps nothing.
  public static let none = DerivedFiles(folder: nil)

  /// What the environment says: the folder `PARLANCE_MODEL_CACHE`, nothing when that is `off`, and by default
  /// `parlance/models` in `XDG_CACHE_HOME` or in `~/.cache`.
  public static let standard = DerivedFiles(environment: ProcessInfo.processInfo.environment)

  init(environment: [String: String]) {
    func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    if let own = environment["PARLANCE_MODEL_CACHE"], !own.isEmpty {
      self.init(folder: own == "off" ? nil : own)
    } else {
      let caches = absolute("XDG_CACHE_HOME") ?? absolute("HOME").map { $0 + "/.cache" }
      self.init(folder: caches.map { $0 + "/parlance/models" })
    }
  }

  package var isOn: Bool { folder != nil }

  /// A file that was kept; `nil` where there is none, or none that can be trusted. Its blocks are still unread.
  package func file(_ name: String, _ format: FileFormat) -> SectionedFile? {
    guard let folder, let file = try? SectionedFile(path: path(name, in: folder), format: format),
      file.stamp.isTrusted
    else { return nil }
    return file
  }

  /// Keeps a file.
  ///
  /// - Parameter write: writes the sections; when it throws, nothing is kept.
  package func keep(
    _ name: String, _ format: FileFormat, _ write: (SectionedFileWriter) throws -> Void
  ) {
    guard let folder, makeFolder(folder), isPrivate(folder) else { return }
    let path = path(name, in: folder)
    // A link would have the file behind it written.
    FileNames.removeLink(path)
    do {
      let writer = try SectionedFileWriter(path: path, format: format)
      try write(writer)
      try writer.commit()
      try removeOldest(in: folder)
    } catch {
      // The next start will do the work again.
    }
  }

  private func path(_ name: String, in folder: String) -> String { folder + "/" + name + Self.suffix }

  /// For the user alone, as far as it is not there yet.
  private func makeFolder(_ folder: String) -> Bool {
    if FileNames.exists(folder) { return true }
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return FileNames.exists(folder)
  }

  /// Whether nobody but the user, the user's group and the administrator can put files there.
  private func isPrivate(_ folder: String) -> Bool {
    var status = stat()
    return unsafe stat(folder, &status) == 0 && FileStamp(status).isTrusted && status.st_mode & S_IWOTH == 0
  }

  /// Makes room when there is more than the limit; whoever has such a file mapped keeps it.
  private func removeOldest(in folder: String) throws {
    // Those of killed processes, whatever they were to become: the same file may never be written again.
    AtomicFile.removeLeftovers(in: folder) { $0.hasPrefix(".") && $0.contains(Self.suffix + ".partial-") }
    var files: [(path: String, stamp: FileStamp)] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(Self.suffix) {
      var status = stat()
      if unsafe stat(folder + "/" + name, &status) == 0 { files.append((folder + "/" + name, FileStamp(status))) }
    }
    var total = files.reduce(0) { $0 + $1.stamp.count }
    for file in files.sorted(by: { $0.stamp.isOlder(than: $1.stamp) }) where total > limit {
      FileNames.remove(file.path, faults: nil)
      total -= file.stamp.count
    }
  }
}
