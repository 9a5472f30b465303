import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import BinaryFiles

@Suite("A folder that takes the place of another") struct ReplacedFolderTests {
  let folder: String
  var path: String { folder + "/student" }
  var fresh: String { folder + "/student.new" }

  init() throws { folder = try TestSupport.temporaryFolder("replaced") }

  func make(_ path: String, _ text: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try text.write(toFile: path + "/text", atomically: false, encoding: .utf8)
  }

  func text(_ path: String) -> String? { try? String(contentsOfFile: path + "/text", encoding: .utf8) }

  /// As a file system is that exchanges names, and as one that does not.
  func replace(exchanging: Bool) throws {
    if exchanging {
      try FileNames.replace(folder: path, by: fresh, faults: FaultLayer.current)
    } else {
      try FileNames.replace(folder: path, by: fresh, faults: FaultLayer.current) { _, _ in false }
    }
  }

  @Test("leaves alone what somebody keeps beside it, and brings the name to the disk", arguments: [true, false])
  func replaced(exchanging: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for neighbour in ["none", "student.old"] {
      try make(path, "before")
      try make(fresh, "after")
      try make(folder + "/" + neighbour, "mine")
      let layer = FaultLayer()
      try FaultLayer.$current.withValue(layer) { try replace(exchanging: exchanging) }
      #expect(text(path) == "after" && text(folder + "/" + neighbour) == "mine")
      #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == ["student", neighbour])
      #expect(layer.operations.last == .syncFolder(path: folder))
      for name in ["student", neighbour] { try FileManager.default.removeItem(atPath: folder + "/" + name) }
    }
    // Where there was none.
    try make(fresh, "after")
    let layer = FaultLayer()
    try FaultLayer.$current.withValue(layer) { try replace(exchanging: exchanging) }
    #expect(text(path) == "after" && layer.operations.last == .syncFolder(path: folder))
  }

  @Test("that is not there leaves the old one where it was", arguments: [true, false])
  func missing(exchanging: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try make(path, "before")
    let error = #expect(throws: ParlanceError.self) { try replace(exchanging: exchanging) }
    #expect(error?.code == .cannotWrite && error?.message.contains("new folder") == true, "\(error as Any)")
    #expect(text(path) == "before")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["student"])
  }

  @Test("has its place also where the name does not come to the disk, which is told", arguments: [true, false])
  func unsynced(exchanging: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try make(path, "before")
    try make(fresh, "after")
    let faults = FaultLayer { _, operation in operation == .syncFolder(path: folder) ? .error(EIO) : nil }
    let error = #expect(throws: ParlanceError.self) {
      try FaultLayer.$current.withValue(faults) { try replace(exchanging: exchanging) }
    }
    #expect(error?.code == .cannotWrite)
    #expect(text(path) == "after")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["student"])
  }
}
