import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite("Making a folder") struct MadeFolderTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("made-folder") }

  func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  @Test("makes those above it as well, and is content with one that is there, also behind a link")
  func made() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in ["a/b/c", "a/b/c", "a/d/", "a//e", "."] {
      try FileNames.makeFolder(folder + "/" + path)
      #expect(isFolder(folder + "/" + path))
    }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "a")
    try FileNames.makeFolder(folder + "/link")
    try FileNames.makeFolder(folder + "/link/f")
    #expect(isFolder(folder + "/a/f"))
  }

  @Test("its name ends without slashes, the root's own apart")
  func names() {
    for (path, name) in [("a", "a"), ("a/b//", "a/b"), ("/a/", "/a"), ("/", "/"), ("//", "/"), ("", "")] {
      #expect(FileNames.withoutTrailingSlashes(path) == name)
    }
  }

  @Test("where a file stands in the way, the error tells the place and the system's reason")
  func refused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(fileURLWithPath: folder + "/file"))
    for (path, reason) in [
      ("file", "File exists"), ("file/below", "Not a directory"), ("file/far/below", "Not a directory"),
    ] {
      let error = #expect(throws: ParlanceError.self) { try FileNames.makeFolder(folder + "/" + path) }
      #expect(error?.code == .cannotWrite && error?.location == .init(file: folder + "/" + path))
      #expect(error?.message == "the folder cannot be made: \(reason)", "\(path)")
    }
    #expect(throws: ParlanceError.self) { try FileNames.makeFolder("") }
  }
}
