import BinaryFiles
import Diagnostics
import Foundation
import LineFiles
import TestSupport
import Testing

@Suite("Gzip and writing") struct GzipTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("gzip") }

  func packed(_ lines: [String]) throws -> Data {
    let writer = try LineWriter(path: folder + "/part.gz")
    for line in lines { try writer.write(line: line) }
    try writer.finish()
    return try Data(contentsOf: URL(fileURLWithPath: folder + "/part.gz"))
  }

  func lines(_ bytes: Data, name: String = "a.gz") throws -> [String] {
    try bytes.write(to: URL(fileURLWithPath: folder + "/" + name))
    let reader = try LineReader(path: folder + "/" + name)
    var lines: [String] = []
    while let line = try reader.nextString() { lines.append(line) }
    return lines
  }

  @Test("several members are one file, an empty one and zeros at the end included")
  func members() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try packed(["one", "two"]) + packed([]) + packed(["three"]) + Data(count: 100)
    #expect(try lines(whole) == ["one", "two", "three"])
    #expect(try lines(whole, name: "no-suffix") == ["one", "two", "three"])
  }

  @Test("gzip cut anywhere is an error, also an empty file of that name")
  func cut() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try packed(["one", "two"])
    for count in 0..<whole.count where count != 1 {
      #expect(throws: ParlanceError.self, "\(count) bytes") { try lines(whole.prefix(count)) }
    }
    let second = whole + whole.dropLast()
    let error = #expect(throws: ParlanceError.self) { try lines(second) }
    #expect(error?.message.contains("cut short") == true)
  }

  @Test("damaged gzip and bytes behind its end are errors")
  func damage() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try packed(["one", "two"])
    for offset in whole.count - 8..<whole.count {
      var damaged = whole
      damaged[offset] ^= 1
      #expect(throws: ParlanceError.self, "byte \(offset)") { try lines(damaged) }
    }
    #expect(throws: ParlanceError.self) { try lines(whole + Data("tail".utf8)) }
    #expect(throws: ParlanceError.self) { try lines(whole + Data([0, 0]) + whole) }
  }

  // In a process of its own: the peak is one figure for all tests of a process.
  @Test("a large file is unpacked in bounded memory")
  func bounded() async throws {
    try FileManager.default.removeItem(atPath: folder)
    await #expect(processExitsWith: .success) {
      let folder = try TestSupport.temporaryFolder("gzip-large")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let writer = try LineWriter(path: folder + "/large.gz")
      let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
      for _ in 0..<4096 { try writer.write(line: line) }
      try writer.finish()
      let before = try Self.peakMemory()
      let reader = try LineReader(path: folder + "/large.gz")
      var count = 0
      while let bytes = try reader.withNextLine({ (line: RawSpan) throws(ParlanceError) in line.byteCount }) {
        count += bytes
      }
      #expect(count == 4096 << 16)
      let growth = try Self.peakMemory() - before
      #expect(growth < 32 << 20, "\(growth) bytes for 256 MiB of text")
    }
  }

  /// The largest resident set so far, in bytes.
  private static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.split { $0 == " " || $0 == "\t" }[1])) * 1024
  }

  @Test("the same lines give the same packed bytes, and gzip of the system reads them")
  func deterministic() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try packed(["a", "b"])
    #expect(try packed(["a", "b"]) == first)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder + "/part.gz"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    #expect(pipe.fileHandleForReading.readDataToEndOfFile() == Data("a\nb\n".utf8))
    process.waitUntilExit()
  }

  @Test("a writer that is not finished, or meets any fault, leaves what was there")
  func faults() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.txt"
    try AtomicFile.write(Array("before\n".utf8), to: path)
    func write() throws {
      let writer = try LineWriter(path: path)
      for _ in 0..<100_000 { try writer.write(line: "after") }
      try writer.finish()
    }
    do {
      let writer = try LineWriter(path: path)
      try writer.write(line: "after")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
    let count = FaultLayer()
    try FaultLayer.$current.withValue(count) { try write() }
    for victim in count.operations.indices {
      for fault in [FaultLayer.Fault.error(ENOSPC), .crash(writing: 100)] {
        try AtomicFile.write(Array("before\n".utf8), to: path)
        let faults = FaultLayer { number, _ in number == victim ? fault : nil }
        _ = try? FaultLayer.$current.withValue(faults) { try write() }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "before\n" || text.utf8.count == 600_000, "operation \(victim), \(fault)")
        if !faults.isCrashed { #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"]) }
      }
    }
    // The next writer clears away what the dead ones left.
    try write()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.txt"])
  }

  @Test("a short write is gone on with")
  func shortWrites() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let faults = FaultLayer { _, operation in if case .write = operation { .short(7) } else { nil } }
    try FaultLayer.$current.withValue(faults) {
      try AtomicFile.write(Array("one line of some bytes\n".utf8), to: folder + "/a.txt")
    }
    #expect(try String(contentsOfFile: folder + "/a.txt", encoding: .utf8) == "one line of some bytes\n")
  }

  @Test("a device is written to, not replaced")
  func device() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try LineWriter(path: "/dev/null")
    try writer.write(line: "x")
    try writer.finish()
    #expect(
      try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        == .typeCharacterSpecial)
  }

  @Test("a folder that is not there, or a folder in the file's place, cannot be written")
  func noFolder() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in [folder + "/none/a", folder] {
      let error = #expect(throws: ParlanceError.self) { try LineWriter(path: path) }
      #expect(error?.code == .cannotWrite && error?.location?.file == path)
    }
  }
}
