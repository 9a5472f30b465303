import Diagnostics
import LineFiles
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that may be part of a set: one of a folder or a member of a zip archive, gzip-compressed or not.
struct ImportFile {
  /// For messages.
  let path: String
  /// Its name below the folder or in the archive, without `.gz`.
  let name: String
  private let member: (archive: ZipArchive, member: ZipArchive.Member)?

  private init(path: String, name: String, member: (archive: ZipArchive, member: ZipArchive.Member)? = nil) {
    self.path = path
    self.name = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    self.member = member
  }

  /// The last part of the name, without its extension: `dev` of `qrels/dev.tsv`.
  var stem: String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
  }

  /// Whether one of the words of its name (between anything that is no letter) is this one.
  func says(_ word: String) -> Bool {
    name.lowercased().split { !$0.isLetter }.contains { $0 == word }
  }

  /// The part of the set that its name says, for names of output files.
  var split: String? { ["train", "dev", "test", "valid"].first(where: says) }

  func hasExtension(_ extensions: String...) -> Bool {
    let name = name.lowercased()
    return extensions.contains { name.hasSuffix("." + $0) }
  }

  /// All files at a path: a file itself, the members of an archive, or what is below a folder, archives unpacked in place.
  ///
  /// - Throws: `noInput`, `badInput` for a damaged archive.
  static func all(at path: String) throws(ParlanceError) -> [ImportFile] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ParlanceError(.noInput, "expected the files of the set, there is nothing", at: .init(file: path))
    }
    guard isFolder else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return name.lowercased().hasSuffix(".zip") ? try members(of: path) : [ImportFile(path: path, name: name)]
    }
    guard let found = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
      throw ParlanceError(.noInput, "expected a folder that can be read", at: .init(file: path))
    }
    var files: [ImportFile] = []
    for name in found.sorted() where !isHidden(name) {
      let full = path + "/" + name
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder else { continue }
      if name.lowercased().hasSuffix(".zip") {
        files += try members(of: full)
      } else {
        files.append(ImportFile(path: full, name: name))
      }
    }
    return files
  }

  private static func members(of path: String) throws(ParlanceError) -> [ImportFile] {
    let archive = try ZipArchive(path: path)
    return archive.members.filter { !$0.name.hasSuffix("/") && !isHidden($0.name) }.sorted { $0.name < $1.name }.map {
      ImportFile(path: path + "/" + $0.name, name: $0.name, member: (archive, $0))
    }
  }

  /// What systems put beside files: `.DS_Store`, `__MACOSX/…`.
  private static func isHidden(_ name: String) -> Bool {
    name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
  }

  // MARK: Reading

  func lines(_ interruption: Interruption? = nil) throws(ParlanceError) -> LineReader {
    if let member { return try LineReader(member.archive, member.member, interruption: interruption) }
    return try LineReader(path: path, interruption: interruption)
  }

  func elements(_ interruption: Interruption? = nil) throws(ParlanceError) -> JSONElementReader {
    if let member { return try JSONElementReader(member.archive, member.member, interruption: interruption) }
    return try JSONElementReader(path: path, interruption: interruption)
  }

  /// The first element of a JSON file or JSON lines; `nil` for anything else.
  func firstElement() -> JSONValue? {
    guard let elements = try? elements() else { return nil }
    return try? elements.withNextElement { (bytes: RawSpan) throws(ParlanceError) in
      try JSONValue(parsing: bytes, file: path)
    }
  }

  /// The columns of the first line.
  func firstColumns() -> [String] {
    guard let line = try? lines().nextString() else { return [] }
    return line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}
