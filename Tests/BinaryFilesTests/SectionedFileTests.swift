import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite("Sectioned files") struct SectionedFileTests {
  static let format = FileFormat(magic: "PRLTEST\n", name: "test file", version: FormatVersion(1, 2))

  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("sections") }

  func write(_ sections: [(String, [UInt8])], to path: String) throws {
    let writer = try SectionedFileWriter(path: path, format: Self.format)
    for (name, bytes) in sections {
      try writer.beginSection(name)
      try writer.write(bytes)
    }
    try writer.commit()
  }

  func contents(_ section: Section, _ range: Range<Int>? = nil) throws -> [UInt8] {
    try section.bytes(in: range ?? 0..<section.count).array()
  }

  @Test("sections of any size come back as they were written")
  func roundTrip() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SeededGenerator(seed: 1)
    let sections = [0, 1, 63, 64, 65_535, 65_536, 65_537, 200_000].map { ("s\($0)", generator.bytes(count: $0)) }
    try write(sections, to: folder + "/a")
    let file = try SectionedFile(path: folder + "/a", format: Self.format)
    #expect(file.version == FormatVersion(1, 2))
    #expect(file.sectionNames == sections.map(\.0))
    for (name, bytes) in sections { #expect(try contents(file.section(name)) == bytes) }
    #expect(try contents(file.section("s200000"), 70_000..<70_010) == Array(sections[7].1[70_000..<70_010]))
    try file.verify()
    #expect(throws: ParlanceError.self) { try contents(file.section("s1"), 0..<2) }
    #expect(throws: ParlanceError.self) { try file.section("other") }
  }

  @Test("numbers are read in place")
  func values() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try SectionedFileWriter(path: folder + "/a", format: Self.format)
    try writer.beginSection("odd")
    try writer.write([1, 2, 3])
    try writer.beginSection("numbers")
    try writer.write((0..<50_000).map { UInt32($0) })
    try writer.commit()
    let section = try SectionedFile(path: folder + "/a", format: Self.format).section("numbers")
    let numbers = try section.values(UInt32.self, from: 40_000, count: 10_000)
    let (first, last) = (numbers[0], numbers[9_999])
    #expect(first == 40_000 && last == 49_999)
    func count(from first: Int) throws -> Int { try section.values(UInt32.self, from: first, count: 1).count }
    #expect(throws: ParlanceError.self) { try count(from: 50_000) }
    #expect(throws: ParlanceError.self) { try count(from: .max) }
  }

  @Test("a flipped byte anywhere is an error by verify and never another content")
  func flips() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try write([("one", Array("hello".utf8)), ("two", [UInt8](repeating: 7, count: 100))], to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for offset in whole.indices {
      var damaged = whole
      damaged[offset] ^= 0x40
      try damaged.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ParlanceError.self, "byte \(offset)") {
        try SectionedFile(path: path, format: Self.format).verify()
      }
      #expect(error?.code == .badInput)
    }
  }

  @Test("a file cut short anywhere is an error when it is opened")
  func truncation() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try write([("one", Array("hello".utf8)), ("two", [UInt8](repeating: 7, count: 100))], to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: ParlanceError.self, "\(count) bytes") { try SectionedFile(path: path, format: Self.format) }
    }
  }

  @Test("a damaged block is named when it is touched, and the others are still read")
  func firstTouch() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try write([("one", [UInt8](repeating: 7, count: 200_000))], to: path)
    var damaged = try Data(contentsOf: URL(fileURLWithPath: path))
    damaged[64 + 65_536 * 2 + 5] ^= 1
    try damaged.write(to: URL(fileURLWithPath: path))
    let section = try SectionedFile(path: path, format: Self.format).section("one")
    #expect(try contents(section, 0..<65_536 * 2).count == 65_536 * 2)
    let error = #expect(throws: ParlanceError.self) { try contents(section, 65_536 * 2..<65_536 * 2 + 1) }
    #expect(error?.location == .init(file: path, component: "section one, block 2"))
  }

  @Test("a version with another major number is refused, another minor number is read")
  func versions() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write([("one", [1])], to: folder + "/a")
    for (version, message) in [
      (FormatVersion(1, 0), nil), (FormatVersion(1, 9), nil), (FormatVersion(2, 0), "write it anew"),
      (FormatVersion(0, 9), "a newer Parlance wrote it"),
    ] {
      let format = FileFormat(magic: "PRLTEST\n", name: "test file", version: version)
      if let message {
        let error = #expect(throws: ParlanceError.self) { try SectionedFile(path: folder + "/a", format: format) }
        #expect(error?.message.contains(message) == true)
      } else {
        #expect(try SectionedFile(path: folder + "/a", format: format).sectionNames == ["one"])
      }
    }
  }

  @Test("a file of another format is told from a damaged one")
  func magic() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("{\"id\": 1}".utf8).write(to: URL(fileURLWithPath: folder + "/a"))
    let error = #expect(throws: ParlanceError.self) { try SectionedFile(path: folder + "/a", format: Self.format) }
    #expect(error?.message == "expected a test file, this is something else")
  }

  @Test("a file cut in place while it is open is an error, not a crash")
  func shrinking() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    try write([("one", [UInt8](repeating: 7, count: 200_000))], to: path)
    let file = try SectionedFile(path: path, format: Self.format)
    #expect(truncate(path, 1000) == 0)
    let error = #expect(throws: ParlanceError.self) { try file.verify() }
    #expect(error?.message.contains("changed in place") == true)
  }
}
