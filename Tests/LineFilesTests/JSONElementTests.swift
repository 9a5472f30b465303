import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import LineFiles

@Suite("Elements of JSON files")
struct JSONElementTests {
  private func elements(_ text: String) throws -> [String] {
    let folder = try TestSupport.temporaryFolder("elements")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/a.json"))
    let reader = try JSONElementReader(path: folder + "/a.json")
    var elements: [String] = []
    while let element = try reader.withNextElement({ (bytes: RawSpan) throws(ParlanceError) in bytes.string() }) {
      elements.append("\(reader.lineNumber) \(element)")
    }
    #expect(reader.elementCount == elements.count)
    return elements
  }

  @Test(
    "an array's elements, or the values of a file, each with its first line",
    arguments: [
      ("[{\"a\": \"]},\\\"\"},\n [1, [2]] , 3,\"x\" ,null\n]", "1 {\"a\": \"]},\\\"\"}|2 [1, [2]]|2 3|2 \"x\"|2 null"),
      ("{\"a\": 1}\n\n{\"b\":\n2}{}\n7", "1 {\"a\": 1}|3 {\"b\":\n2}|4 {}|5 7"), ("", ""), (" \n", ""), ("[]", ""),
      ("[1]\n ", "1 1"), ("\u{FEFF}[1,2]", "1 1|1 2"),
    ])
  func cut(text: String, found: String) throws {
    #expect(try elements(text).joined(separator: "|") == found)
  }

  @Test("what is cut short is an error", arguments: ["[1, 2", "[{\"a\": 1", "{\"a\"", "[\"a", "{\"a\": \"b\\"])
  func short(text: String) throws {
    let error = #expect(throws: ParlanceError.self) { try elements(text) }
    #expect(error?.message.contains("cut short") == true)
  }

  @Test("what stands behind an array's end is told, once", arguments: ["[1]{}", "[1]\n\n[2]", "[1],"])
  func behind(text: String) throws {
    let error = #expect(throws: ParlanceError.self) { try elements(text) }
    #expect(error?.message.contains("nothing behind the array's end") == true)
    #expect(error?.location?.line == (text.contains("\n") ? 3 : 1))
  }

  @Test("elements longer than the buffer, at any place in it", arguments: [UInt64(5)])
  func long(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let texts = (0..<6).map { _ in
      "{\"a\": \"\(String(repeating: "é,]\\\\", count: Int.random(in: 1...60_000, using: &random)))\"}"
    }
    #expect(try elements("[" + texts.joined(separator: ",") + "]") == texts.map { "1 " + $0 }, "seed \(seed)")
    #expect(
      try elements(texts.joined(separator: "\n")) == texts.enumerated().map { "\($0 + 1) \($1)" }, "seed \(seed)")
  }
}

@Suite("Members of zip archives")
struct ZipMemberTests {
  @Test("are read in place by lines and by elements, packed ones and those that are gzip within")
  func members() throws {
    let folder = try TestSupport.temporaryFolder("zip")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = """
      import gzip, sys, zipfile
      with zipfile.ZipFile(sys.argv[1], "w") as archive:
          archive.writestr("a/lines.txt", "eins\\nzwei\\n" * 50000, zipfile.ZIP_DEFLATED)
          archive.writestr("stored.json", "[1, {}]", zipfile.ZIP_STORED)
          archive.writestr("packed.txt.gz", gzip.compress(b"drei\\n"))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, folder + "/a.zip"]
    try process.run()
    process.waitUntilExit()
    let archive = try ZipArchive(path: folder + "/a.zip")
    let lines = try LineReader(archive, #require(archive.member("a/lines.txt")))
    var count = 0
    while let line = try lines.nextString() {
      count += 1
      #expect(line == (count % 2 == 1 ? "eins" : "zwei"))
    }
    #expect(count == 100_000)
    #expect(lines.path == folder + "/a.zip/a/lines.txt")
    #expect(try LineReader(archive, #require(archive.member("packed.txt.gz"))).nextString() == "drei")
    let elements = try JSONElementReader(archive, #require(archive.member("stored.json")))
    #expect(try elements.withNextElement { (bytes: RawSpan) throws(ParlanceError) in bytes.string() } == "1")
    #expect(try elements.withNextElement { (bytes: RawSpan) throws(ParlanceError) in bytes.string() } == "{}")
    #expect(try elements.withNextElement { (_: RawSpan) throws(ParlanceError) in 0 } == nil)
  }
}
