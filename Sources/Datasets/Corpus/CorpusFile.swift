import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file below a collection's folder.
struct CorpusFile: Hashable, Sendable {
  /// Where it lies.
  var location: String
  /// Its place below the collection's folder, which begins the ids of its passages.
  var path: String
  /// Why it is not read, where that is known before it is opened.
  var skip: CorpusSummary.SkipReason?

  /// The folder of `path`; empty at the top.
  var folder: Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
  var name: String { String(path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]) }
}

extension CorpusFile {
  /// Every file below the given folders, in the order of the bytes of their paths; the order does not depend on the
  /// file system.
  ///
  /// Paths of one folder begin below it. Those of several begin with each folder's name, since they must not meet.
  /// - Throws: `noInput` for a folder that does not exist, `usage` for two with the same name.
  static func list(_ roots: [String], interruption: Interruption?) throws(ParlanceError) -> [CorpusFile] {
    var files: [CorpusFile] = []
    var names: Set<String> = []
    for root in roots {
      let type = kind(of: root, followingLinks: true)
      guard let type else {
        throw ParlanceError(.noInput, "there is no such folder of documents", at: .init(file: root))
      }
      let name = root.split(separator: "/").last.map(String.init) ?? ""
      if type == .typeRegular {
        files.append(CorpusFile(location: root, path: name))
        continue
      }
      guard type == .typeDirectory else {
        throw ParlanceError(.noInput, "expected a folder or a file, found something else", at: .init(file: root))
      }
      guard roots.count == 1 || names.insert(name).inserted else {
        throw ParlanceError(
          .usage,
          "two folders are called \(name), so their passages would have the same ids; give the folder above them")
      }
      guard (try? FileManager.default.contentsOfDirectory(atPath: root)) != nil else {
        throw ParlanceError(.noInput, "the folder cannot be read; check its permissions", at: .init(file: root))
      }
      try walk(root, below: roots.count == 1 ? "" : name + "/", into: &files, interruption: interruption)
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Lists a folder and those below it, without recursion, since a path may be deeper than a stack.
  private static func walk(
    _ root: String, below prefix: String, into files: inout [CorpusFile], interruption: Interruption?
  ) throws(ParlanceError) {
    var folders = [(location: root, prefix: prefix)]
    while let (location, prefix) = folders.popLast() {
      try interruption?.check()
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: location) else {
        files.append(CorpusFile(location: location, path: String(prefix.dropLast()), skip: .unreadable))
        continue
      }
      for name in names where !name.hasPrefix(".") {
        let file = CorpusFile(location: location + "/" + name, path: prefix + name)
        switch kind(of: file.location, followingLinks: false) {
        case .typeDirectory: folders.append((file.location, file.path + "/"))
        case .typeRegular:
          files.append(DocumentFormat(fileName: name) == nil ? file.skipped(.unknownType) : file)
        case .typeSymbolicLink: files.append(file.skipped(.link))
        case nil: files.append(file.skipped(.unreadable))
        default: files.append(file.skipped(.unknownType))
        }
      }
    }
  }

  private func skipped(_ reason: CorpusSummary.SkipReason) -> CorpusFile {
    CorpusFile(location: location, path: path, skip: reason)
  }

  private static func kind(of path: String, followingLinks: Bool) -> FileAttributeType? {
    if followingLinks {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
      if isFolder { return .typeDirectory }
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let type = attributes?[.type] as? FileAttributeType
    return followingLinks && type == .typeSymbolicLink ? .typeRegular : type
  }
}
