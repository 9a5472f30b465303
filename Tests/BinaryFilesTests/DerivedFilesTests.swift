import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import BinaryFiles

@Suite("files that were derived from others and are kept") struct DerivedFilesTests {
  private static let format = FileFormat(magic: "PRLTEST\n", name: "test file", version: FormatVersion(2, 0))

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("derived")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func keep(_ bytes: [UInt8], as name: String = "a", in derived: DerivedFiles) {
    derived.keep(name, Self.format) { writer in
      try writer.beginSection("content")
      try writer.write(bytes)
    }
  }

  /// What a reader has of it.
  private func content(_ name: String = "a", in derived: DerivedFiles) -> [UInt8]? {
    guard let section = try? derived.file(name, Self.format)?.section("content") else { return nil }
    return try? section.bytes().array()
  }

  @Test("the environment says where they are, and that nothing is kept")
  func environment() {
    func folder(_ environment: [String: String]) -> String? { DerivedFiles(environment: environment).folder }
    #expect(folder(["HOME": "/home/a"]) == "/home/a/.cache/parlance/models")
    #expect(folder(["HOME": "/home/a", "XDG_CACHE_HOME": "/c"]) == "/c/parlance/models")
    #expect(folder(["HOME": "/home/a", "XDG_CACHE_HOME": "c"]) == "/home/a/.cache/parlance/models")
    #expect(folder(["HOME": "/home/a", "PARLANCE_MODEL_CACHE": "here"]) == "here")
    #expect(folder(["HOME": "/home/a", "PARLANCE_MODEL_CACHE": ""]) == "/home/a/.cache/parlance/models")
    #expect(folder(["HOME": "/home/a", "PARLANCE_MODEL_CACHE": "off"]) == nil)
    #expect(folder([:]) == nil)
  }

  @Test("what was kept is read, in folders that are made for it; without a folder nothing is")
  func keeping() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder + "/x/y")
      #expect(content(in: derived) == nil)
      keep([1, 2, 3], in: derived)
      #expect(content(in: derived) == [1, 2, 3])
      keep([4], in: derived)
      #expect(content(in: derived) == [4])
      let mode = try FileManager.default.attributesOfItem(atPath: folder + "/x/y")[.posixPermissions] as? Int
      #expect(mode == 0o700)
      keep([1], in: .none)
      #expect(content(in: .none) == nil && !DerivedFiles.none.isOn)
    }
  }

  @Test("what killed processes left is removed, whatever file it was to become; what is being written stays")
  func leftovers() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder)
      let dead = folder + "/.other.derived.partial-x1"
      #expect(FileManager.default.createFile(atPath: dead, contents: Data(count: 100)))
      let stranger = folder + "/.other.partial-x1"
      #expect(FileManager.default.createFile(atPath: stranger, contents: Data()))
      let alive = try AtomicFile(path: folder + "/alive.derived")
      keep([1], in: derived)
      #expect(!FileManager.default.fileExists(atPath: dead))
      #expect(FileManager.default.fileExists(atPath: stranger))
      #expect(FileManager.default.fileExists(atPath: alive.temporaryPath))
    }
  }

  @Test("what cannot be written is not kept, and nothing fails")
  func unwritable() throws {
    try inFolder { folder in
      _ = FileManager.default.createFile(atPath: folder + "/file", contents: nil)
      let derived = DerivedFiles(folder: folder + "/file/below")
      keep([1], in: derived)
      #expect(content(in: derived) == nil)
      let whole = DerivedFiles(folder: folder)
      whole.keep("a", Self.format) { writer in
        try writer.beginSection("content")
        throw ParlanceError(.cannotWrite, "no more")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["file"])
    }
  }

  @Test("a link is replaced and not followed, and nothing is kept where anybody may write")
  func strangers() throws {
    try inFolder { folder in
      let own = folder + "/own"
      try AtomicFile.write([7], to: own)
      try FileManager.default.createDirectory(atPath: folder + "/kept", withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(atPath: folder + "/kept/a.derived", withDestinationPath: own)
      let derived = DerivedFiles(folder: folder + "/kept")
      keep([1], in: derived)
      #expect(FileManager.default.contents(atPath: own) == Data([7]))
      #expect(content(in: derived) == [1])
      #expect(chmod(folder + "/kept", 0o777) == 0)
      keep([2], in: derived)
      #expect(content(in: derived) == [1])
    }
  }

  @Test("a pipe in the place of a kept file is not waited for")
  func pipe() throws {
    try inFolder { folder in
      #expect(mkfifo(folder + "/a.derived", 0o600) == 0)
      let derived = DerivedFiles(folder: folder)
      #expect(content(in: derived) == nil)
      keep([1], in: derived)
      #expect(content(in: derived) == [1])
    }
  }

  @Test("no damaged byte and no length short of the whole gives other content")
  func damage() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder)
      let content: [UInt8] = Array(0..<100)
      keep(content, in: derived)
      let path = folder + "/a.derived"
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 0x10
        try Data(damaged).write(to: URL(fileURLWithPath: path))
        #expect([nil, content].contains(self.content(in: derived)), "byte \(place)")
        try Data(bytes[..<place]).write(to: URL(fileURLWithPath: path))
        #expect(self.content(in: derived) == nil, "\(place) bytes")
      }
    }
  }

  @Test("a file of another format or version is not there")
  func otherVersions() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder)
      for format in [
        FileFormat(magic: "PRLTEST\n", name: "older", version: FormatVersion(1, 0)),
        FileFormat(magic: "PRLOTHER", name: "other", version: FormatVersion(2, 0)),
      ] {
        derived.keep("a", format) { writer in
          try writer.beginSection("content")
          try writer.write([1])
        }
        #expect(content(in: derived) == nil)
      }
    }
  }

  @Test("the oldest files go when there are more bytes than the limit")
  func limit() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder, limit: 5000)
      for (age, name) in ["old", "middle"].enumerated() {
        keep([UInt8](repeating: 0, count: 2000), as: name, in: derived)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: Double(1000 + age))],
          ofItemAtPath: folder + "/\(name).derived")
      }
      _ = FileManager.default.createFile(atPath: folder + "/mine", contents: Data(count: 10_000))
      keep([UInt8](repeating: 0, count: 2000), as: "new", in: derived)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["middle.derived", "mine", "new.derived"])
    }
  }

  @Test("many writers and readers at once: every reader has one writer's content, or nothing")
  func concurrency() throws {
    try inFolder { folder in
      let derived = DerivedFiles(folder: folder)
      DispatchQueue.concurrentPerform(iterations: 4) { writer in
        for round in 0..<10 {
          keep([UInt8](repeating: UInt8(10 * writer + round), count: 70_000), in: derived)
          guard let content = content(in: derived) else { continue }
          #expect(content.count == 70_000 && content.allSatisfy { $0 == content[0] })
        }
      }
      #expect(content(in: derived) != nil)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["a.derived"])
    }
  }

  @Test("a stamp tells that a file was written to or replaced, and not that it has another name")
  func stamps() throws {
    try inFolder { folder in
      let (path, start) = (folder + "/a", ContinuousClock.now)
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: path)
      let file = try MappedFile(path: path)
      #expect(try MappedFile(path: path).stamp == file.stamp)
      // It was just made, whatever the time that was set says; unless the machine slept in between.
      let isSettled = file.stamp.isSettled
      if ContinuousClock.now - start < .seconds(2) { #expect(!isSettled) }
      #expect(file.stamp.isTrusted)
      try FileManager.default.moveItem(atPath: path, toPath: folder + "/b")
      try file.checkUnwritten()
      let handle = try #require(FileHandle(forWritingAtPath: folder + "/b"))
      try handle.write(contentsOf: Data([4]))
      try handle.close()
      #expect(throws: ParlanceError.self) { try file.checkUnwritten() }
      // Not even when the time of writing is set back.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: folder + "/b")
      #expect(try MappedFile(path: folder + "/b").stamp.bytes != file.stamp.bytes)
    }
  }
}
