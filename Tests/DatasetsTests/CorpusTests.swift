import Conversations
import Diagnostics
import Foundation
import LineFiles
import TestSupport
import Testing

@testable import Datasets

@Suite("Cutting folders of documents")
struct CorpusTests {
  /// A folder with the given files, removed after `body`.
  private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("corpus")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (path, content) in files {
      let file = folder + "/" + path
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(content.utf8).write(to: URL(fileURLWithPath: file))
    }
    try body(folder)
  }

  private func split(_ folders: String...) throws -> (ids: [String], summary: CorpusSummary) {
    var ids: [String] = []
    let summary = try PassageSplitter().split(folders: folders) { (passage: Passage) throws(ParlanceError) in
      ids.append(passage.id.string)
    }
    return (ids, summary)
  }

  @Test("documents come in the order of their paths; what is no document is counted by its reason")
  func orderAndReasons() throws {
    try withFolder([
      "b/two.txt": "Second text.", "a.md": "First text.", "b.html": "<p>Third text.</p>", "c.pdf": "x",
      "d.txt": "\u{0}x",
      "e.html": "<p> </p>", "b/.hidden.txt": "Hidden text.", "README": "x",
    ]) { folder in
      try FileManager.default.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: folder)
      try FileManager.default.createSymbolicLink(atPath: folder + "/f.txt", withDestinationPath: "a.md")
      let (ids, summary) = try split(folder)
      #expect(ids == ["a.md", "b.html", "b/two.txt"])
      #expect(summary.files == 9 && summary.filesRead == 3)
      #expect(summary.skipped == [.link: 2, .unknownType: 2, .binary: 1, .empty: 1])
      #expect(summary.failures.map(\.path) == ["d.txt"])
    }
  }

  @Test("of several formats of a document the one in HTML is read")
  func otherFormats() throws {
    let words = (1...40).map { "word\($0)" }.joined(separator: " ")
    try withFolder([
      "page.html": "<p>One two three four five.</p>", "page.txt": "Something else altogether.",
      "one.html": "<p>\(words)</p>", "two.html": "<p>other text that is here</p>",
      "all.txt": "Contents\n\n    \(words)\n", "own.txt": "nothing of this stands in any page of the folder",
    ]) { folder in
      let (ids, summary) = try split(folder)
      #expect(ids == ["one.html", "own.txt", "page.html", "two.html"])
      #expect(summary.skipped == [.otherFormat: 2])
    }
  }

  @Test("a passage with the text of an earlier one is left out")
  func duplicates() throws {
    try withFolder(["a.txt": "The same  text.", "b.html": "<p>The\nsame text.</p>"]) { folder in
      let (ids, summary) = try split(folder)
      #expect(ids == ["a.txt"] && summary.duplicates == 1)
    }
  }

  @Test("with several folders the ids begin with the folder's name, and two of one name are refused")
  func severalFolders() throws {
    try withFolder(["x/docs/a.txt": "One.", "y/more/a.txt": "Two.", "z/docs/b.txt": "Three."]) { folder in
      try #expect(split(folder + "/x/docs/", folder + "/y/more").ids == ["docs/a.txt", "more/a.txt"])
      let error = #expect(throws: ParlanceError.self) { try split(folder + "/x/docs", folder + "/z/docs") }
      #expect(error?.code == .usage)
      try #expect(split(folder + "/x/docs/a.txt").ids == ["a.txt"])
    }
  }

  @Test("gzip documents are read; a damaged one is named and the others are not lost")
  func gzip() throws {
    try withFolder(["plain.txt": "Plain text."]) { folder in
      let writer = try LineWriter(path: folder + "/page.html.gz")
      try writer.write(line: "<title>T</title><p>Packed text.</p>")
      try writer.finish()
      var whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/page.html.gz"))
      whole.removeLast(6)
      try whole.write(to: URL(fileURLWithPath: folder + "/cut.html.gz"))
      let (ids, summary) = try split(folder)
      #expect(ids == ["page.html.gz", "plain.txt"])
      #expect(summary.failures.map(\.path).contains("cut.html.gz"))
      #expect(summary.skipped[.damagedGzip] == 1)
    }
  }

  @Test("ids have no white space, whatever the files are called")
  func names() throws {
    try withFolder(["a b/c\td%.txt": "Text."]) { folder in
      try #expect(split(folder).ids == ["a%20b/c%09d%25.txt"])
    }
  }

  @Test("Latin 1 is read and told")
  func guessedEncoding() throws {
    try withFolder([:]) { folder in
      try Data([0x63, 0x61, 0x66, 0xE9]).write(to: URL(fileURLWithPath: folder + "/a.txt"))
      try #expect(split(folder).summary.guessedEncodings == ["a.txt"])
    }
  }

  @Test("a missing folder, one without documents and a stop are errors with their codes")
  func errors() throws {
    #expect(throws: ParlanceError.self) { try split("/nonexistent/folder") }
    try withFolder(["a.pdf": "x"]) { folder in
      let error = #expect(throws: ParlanceError.self) { try split(folder) }
      #expect(error?.code == .noInput && error?.location?.file == folder)
      let stop = Interruption()
      stop.request()
      let stopped = #expect(throws: ParlanceError.self) {
        try PassageSplitter().split(folders: [folder], interruption: stop) { (_: Passage) throws(ParlanceError) in }
      }
      #expect(stopped?.code == .interrupted)
    }
  }
}
