import Diagnostics
import Identifiers
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
    label = Self.label(of: self.name)
  }

  private static func label(of name: String) -> String {
    let end = name.lastIndex(of: ".").flatMap { name[$0...].contains("/") ? nil : $0 } ?? name.endIndex
    return usable(String(name[..<end]))
  }

  /// A name that an id may have.
  private static func usable(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.map { ExternalID.fault(of: String($0)) == nil ? $0 : "_" }))
  }

  /// The same files, those of equal labels told apart by their extensions, or by their whole paths.
  static func distinct(_ files: [ImportFile]) -> [ImportFile] {
    func relabelled(_ files: [ImportFile], _ label: (ImportFile) -> String) -> [ImportFile] {
      var counts: [String: Int] = [:]
      for file in files { counts[file.label, default: 0] += 1 }
      return files.map { file in
        guard counts[file.label, default: 0] > 1 else { return file }
        var file = file
        file.label = label(file)
        return file
      }
    }
    let labels: [(ImportFile) -> String] = [
      { usable($0.name) }, { label(of: $0.path) }, { usable($0.path) },
    ]
    // What differs in blanks alone is counted.
    var known: Set<String> = []
    return labels.reduce(files, relabelled).map { file in
      var file = file
      let label = file.label
      var number = 1
      while !known.insert(file.label).inserted {
        number += 1
        file.label = "\(label).\(number)"
      }
      return file
    }
  }

  /// What tells the file from the others of an import, without white space and extension: `2024/01` of `2024/01.jsonl`.
  var label: String

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
  var split: String? { says("training") ? "train" : ["train", "dev", "test", "valid"].first(where: says) }

  func hasExtension(_ extensions: String...) -> Bool {
    let name = name.lowercased()
    return extensions.contains { name.hasSuffix("." + $0) }
  }

  /// All files at a path: a file itself, the members of an archive, or what is below a folder, archives unpacked in place.
  ///
  /// - Parameter damaged: told of an archive that is damaged; what it throws ends the search, else the others are found.
  /// - Throws: `noInput`, and what `damaged` throws.
  static func all(
    at path: String, damaged: (ParlanceError) throws(ParlanceError) -> Void
  ) throws(ParlanceError) -> [ImportFile] {
    func members(of path: String) throws(ParlanceError) -> [ImportFile] {
      do throws(ParlanceError) { return try Self.members(of: path) } catch {
        try damaged(error)
        return []
      }
    }
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

  /// The first object of a JSON file or JSON lines; `nil` for an empty file, a text, and what begins with another value.
  ///
  /// - Parameter passes: whether malformed first rows are passed over, as the import will.
  /// - Throws: `badInput` when the first row is malformed; as `LineReader`.
  func firstObject(passingMalformed passes: Bool) throws(ParlanceError) -> JSONObject? {
    let opening = try elements().opening
    guard opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") else { return nil }
    if try holdsJSONLines() {
      let lines = try lines()
      while let line = try lines.nextString() {
        if line.isBlank { continue }
        do throws(ParlanceError) {
          return try JSONValue(parsing: Array(line.utf8), file: path).object
        } catch  where passes { continue } catch {
          throw error.moved(to: lines.location)
        }
      }
      return nil
    }
    let elements = try elements()
    return try elements.withNextElement { (bytes: RawSpan) throws(ParlanceError) in
      do throws(ParlanceError) { return try JSONValue(parsing: bytes, file: path) } catch {
        throw error.moved(to: elements.location)
      }
    }?.object
  }

  /// Whether the file has an object on a line of its own: one of the first lines that begin with a brace, since any may be
  /// malformed.
  func holdsJSONLines() throws(ParlanceError) -> Bool {
    guard try !elements().isArray else { return false }
    let lines = try lines()
    var tried = 0
    while tried < 20, let line = try lines.nextString() {
      guard line.utf8.first == UInt8(ascii: "{") else { continue }
      if (try? JSONValue(parsing: Array(line.utf8), file: path))?.object != nil { return true }
      tried += 1
    }
    return false
  }

  /// The first line that is not blank.
  func firstLine() throws(ParlanceError) -> String? {
    let lines = try lines()
    while let line = try lines.nextString() {
      if !line.isBlank { return line }
    }
    return nil
  }

  /// The columns of the first line, between tabs.
  func firstColumns() throws(ParlanceError) -> [String] {
    try firstLine().map(Self.columns) ?? []
  }

  /// Whether one of the first lines has so many columns between tabs, since any may be malformed.
  func hasLine(ofColumns count: Int) throws(ParlanceError) -> Bool {
    let lines = try lines()
    var tried = 0
    while tried < 20, let line = try lines.nextString() {
      if line.isBlank { continue }
      if Self.columns(line).count == count { return true }
      tried += 1
    }
    return false
  }

  private static func columns(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}
