import BinaryFiles
import Diagnostics
import Foundation
import LineFiles
import TestSupport
import Testing

@Suite("Reading lines") struct LineReaderTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("lines") }

  func file(_ bytes: some Sequence<UInt8>, _ name: String = "a") throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    return folder + "/" + name
  }

  func lines(_ path: String, maximum: Int = 1 << 20) throws -> [String] {
    let reader = try LineReader(path: path, maximumLineLength: maximum)
    var lines: [String] = []
    while let line = try reader.nextString() {
      lines.append(line)
      #expect(reader.lineNumber == lines.count)
    }
    return lines
  }

  @Test(
    "line ends, a byte order mark and a missing last end are no part of a line",
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
      ("a\n\nb\n", ["a", "", "b"]), ("\u{FEFF}a\n", ["a"]), ("\u{FEFF}", []), ("a\rb\n", ["a\rb"]),
      ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]), ("a\u{2028}b\u{85}c\n", ["a\u{2028}b\u{85}c"]),
    ] as [(String, [String])])
  func ends(text: String, expected: [String]) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file(text.utf8)
    #expect(try lines(path).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test("lines of any length come back whole, plain and packed", arguments: 0..<6)
  func lengths(seed: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SeededGenerator(seed: UInt64(seed))
    let expected = (0..<300).map { _ in
      let longest = Int.random(in: 0..<20, using: &generator) == 0 ? 600_000 : 300
      let length = Int.random(in: 0..<longest, using: &generator)
      return String(decoding: (0..<length).map { _ in UInt8.random(in: 32..<127, using: &generator) }, as: UTF8.self)
    }
    for name in ["a.txt", "a.txt.gz"] {
      let writer = try LineWriter(path: folder + "/" + name)
      for line in expected { try writer.write(line: line) }
      try writer.finish()
      #expect(try lines(folder + "/" + name) == expected, "seed \(seed)")
    }
  }

  @Test("a line that is longer than allowed is an error that names it")
  func tooLong() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("short\n\(String(repeating: "x", count: 1_000_000))\n".utf8)
    let error = #expect(throws: ParlanceError.self) { try lines(path, maximum: 1000) }
    #expect(error?.description == "\(path):2: expected a line of at most 1000 bytes, this one is longer")
    #expect(try lines(path, maximum: 1_000_000).count == 2)
  }

  @Test("behind a line that is too long the next call goes on, plain and packed", arguments: ["a.txt", "a.txt.gz"])
  func behindTooLong(name: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let long = String(repeating: "x", count: 1_000_000)
    let writer = try LineWriter(path: folder + "/" + name)
    for line in ["short", long, "next", long] { try writer.write(line: line) }
    try writer.finish()
    let reader = try LineReader(path: folder + "/" + name, maximumLineLength: 1000)
    #expect(try reader.nextString() == "short")
    #expect(throws: ParlanceError.self) { try reader.nextString() }
    #expect(reader.lineNumber == 2)
    #expect(try reader.nextString() == "next")
    #expect(reader.lineNumber == 3)
    #expect(throws: ParlanceError.self) { try reader.nextString() }
    #expect(try reader.nextString() == nil)
    #expect(reader.lineNumber == 4)
  }

  @Test(
    "what is not UTF-8 is an error that names the line and the byte",
    arguments: [
      ([0xFF], 1), ([0x61, 0xC3], 2), ([0x61, 0xC0, 0x80], 2), ([0xE0, 0x80, 0x80], 1), ([0xED, 0xA0, 0x80], 1),
      ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1),
      ([0xE2, 0x82], 1), ([0x80], 1), ([UInt8](repeating: 0x61, count: 20) + [0xF0, 0x9F, 0x98], 21),
    ] as [([UInt8], Int)])
  func invalid(bytes: [UInt8], position: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file(Array("fine\n".utf8) + bytes + [0x0A])
    let error = #expect(throws: ParlanceError.self) { try lines(path) }
    #expect(error?.location?.line == 2)
    #expect(error?.message.contains("byte \(position) of the line") == true)
  }

  @Test("the UTF-8 check agrees with Swift's on every pair of scalars' bytes cut and flipped", arguments: 0..<20)
  func utf8Twin(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1..<12, using: &generator) {
        let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &generator)) ?? "a"
        bytes += Array(String(Character(scalar)).utf8)
      }
      if Bool.random(using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let offset = invalidUTF8Offset(in: bytes.rawSpan)
      #expect((String(validating: bytes, as: UTF8.self) == nil) == (offset != nil), "seed \(seed): \(bytes)")
      if let offset { #expect(String(validating: bytes[..<offset], as: UTF8.self) != nil, "seed \(seed): \(bytes)") }
    }
  }

  @Test("a file that is not there, is a folder, or may not be read is no input")
  func missing() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in [folder + "/none", folder] {
      #expect(throws: ParlanceError.self) { try LineReader(path: path) }
      do { _ = try LineReader(path: path) } catch { #expect(error.code == .noInput && error.location?.file == path) }
    }
  }
}
