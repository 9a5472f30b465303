import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import InvertedIndex

@Suite("Verifying an index that is built anew meanwhile")
struct VerifyTests {
  @Test("finds no damage in the index that was there first")
  func rebuilt() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.build(path)
    let builds = Mutex(0)
    let damages = try InvertedIndex.verify(path: path) { _ in
      let isFirst = builds.withLock { builds in
        builds += 1
        return builds == 1
      }
      if isFirst { #expect(throws: Never.self) { try DamageTests.build(path) } }
    }
    #expect(damages == [])
    #expect(try IndexManifest.read(from: path).manifest.generation == 2)
  }

  @Test("checks the new index when the old one's files are gone before they are opened")
  func gone() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.build(path)
    let old = try IndexManifest.read(from: path).manifest
    try DamageTests.build(path)
    #expect(try IndexVerification(folder: path, manifest: old).run() == [])
    try FileManager.default.removeItem(atPath: path + "/000002.passages")
    #expect(try IndexVerification(folder: path, manifest: old).run().map(\.file) == ["000002.passages"])
  }
}

@Suite("A folder that cannot be looked into")
struct UnreadableFolderTests {
  func refused(_ path: String, _ words: String) {
    let error = #expect(throws: ParlanceError.self) { try InvertedIndex(path: path) }
    #expect(error?.code == .noInput && error?.message.contains(words) == true, "\(error as Any)")
  }

  @Test("is not taken for one without an index")
  func links() throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(atPath: scratch("index"), withDestinationPath: scratch("index"))
    refused(scratch("index"), "symbolic links")
    refused(scratch("none"), "there is none")
  }

  @Test("says permission", .enabled(if: geteuid() != 0, "the administrator may look into every folder"))
  func permission() throws {
    let scratch = try Scratch()
    try DamageTests.build(scratch("index"))
    #expect(chmod(scratch("index"), 0o600) == 0)
    defer { chmod(scratch("index"), 0o700) }
    refused(scratch("index"), "Permission denied")
  }
}
