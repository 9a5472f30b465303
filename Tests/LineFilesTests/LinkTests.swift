import Diagnostics
import Foundation
import LineFiles
import TestSupport
import Testing

@Suite("Writing through symbolic links") struct LinkTests {
  let folder: String
  let files = FileManager.default

  init() throws {
    folder = try TestSupport.temporaryFolder("links")
    try files.createDirectory(atPath: folder + "/far", withIntermediateDirectories: false)
  }

  func write(_ line: String, to path: String) throws {
    let writer = try LineWriter(path: path)
    try writer.write(line: line)
    try writer.finish()
  }

  @Test(
    "a link stays and what it leads to is replaced, whether or not it is there yet",
    arguments: [["far/file"], ["/far/file"], ["second", "far/file"], ["far/third", "file"]], [true, false])
  func targets(hops: [String], isThere: Bool) throws {
    defer { try? files.removeItem(atPath: folder) }
    if isThere { try write("before", to: folder + "/far/file") }
    var link = folder + "/first"
    for hop in hops {
      let target = hop.hasPrefix("/") ? folder + hop : hop
      try files.createSymbolicLink(atPath: link, withDestinationPath: target)
      link = URL(filePath: link).deletingLastPathComponent().path + "/" + hop
    }
    try write("after", to: folder + "/first")
    #expect(try String(contentsOfFile: folder + "/far/file", encoding: .utf8) == "after\n")
    #expect(try files.destinationOfSymbolicLink(atPath: folder + "/first").hasSuffix(hops[0]))
    let attributes = try files.attributesOfItem(atPath: folder + "/far/file")
    #expect(attributes[.type] as? FileAttributeType == .typeRegular)
    #expect(Set(try files.contentsOfDirectory(atPath: folder + "/far")).isSubset(of: ["file", "third"]))
  }

  @Test("a writer that is not finished leaves what the link leads to")
  func unfinished() throws {
    defer { try? files.removeItem(atPath: folder) }
    try write("before", to: folder + "/far/file")
    try files.createSymbolicLink(atPath: folder + "/first", withDestinationPath: "far/file")
    do {
      let writer = try LineWriter(path: folder + "/first")
      try writer.write(line: "after")
    }
    #expect(try String(contentsOfFile: folder + "/first", encoding: .utf8) == "before\n")
    #expect(try files.contentsOfDirectory(atPath: folder + "/far") == ["file"])
  }

  @Test("a link to a device is written through")
  func device() throws {
    defer { try? files.removeItem(atPath: folder) }
    try files.createSymbolicLink(atPath: folder + "/first", withDestinationPath: "/dev/null")
    try write("after", to: folder + "/first")
    #expect(try files.destinationOfSymbolicLink(atPath: folder + "/first") == "/dev/null")
  }

  @Test("links in a circle cannot be written, and the message says so")
  func circle() throws {
    defer { try? files.removeItem(atPath: folder) }
    try files.createSymbolicLink(atPath: folder + "/first", withDestinationPath: "second")
    try files.createSymbolicLink(atPath: folder + "/second", withDestinationPath: "first")
    let error = #expect(throws: ParlanceError.self) { try LineWriter(path: folder + "/first") }
    #expect(error?.code == .cannotWrite && error?.message.contains("links") == true, "\(error as Any)")
  }
}
