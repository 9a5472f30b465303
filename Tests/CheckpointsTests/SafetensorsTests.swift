import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Safetensors")
struct SafetensorsTests {
  struct Malformed: Sendable, CustomTestStringConvertible {
    var what: String
    var bytes: [UInt8]
    var says: String
    var testDescription: String { what }
  }

  static let one = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

  static let malformed: [Malformed] = [
    .init(what: "empty", bytes: [], says: "found 0 bytes"),
    .init(what: "seven bytes", bytes: [1, 2, 3, 4, 5, 6, 7], says: "found 7 bytes"),
    .init(what: "header too long", bytes: [UInt8](repeating: 0xFF, count: 64), says: "not a safetensors file"),
    .init(what: "header cut short", bytes: [200, 0, 0, 0, 0, 0, 0, 0, 0x7B], says: "cut short"),
    .init(what: "not JSON", bytes: Fixtures.safetensors("{x", dataBytes: 0), says: "expected a key"),
    .init(what: "not an object", bytes: Fixtures.safetensors("[]", dataBytes: 0), says: "begins with `{`"),
    .init(
      what: "a name twice", bytes: Fixtures.safetensors("{\(one),\(one)}", dataBytes: 8),
      says: "it is there twice"),
    .init(
      what: "an unknown type",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F9_E4M4","shape":[8],"data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "F9_E4M4"),
    .init(
      what: "numbers that fill no whole bytes",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, dataBytes: 1),
      says: "needs 12 bits; its offsets span 1"),
    .init(
      what: "no shape", bytes: Fixtures.safetensors(#"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "no `shape`"),
    .init(
      what: "a negative size",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "not made of sizes"),
    .init(
      what: "sizes that overflow",
      bytes: Fixtures.safetensors(
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "too large"),
    .init(
      what: "bytes that overflow",
      bytes: Fixtures.safetensors(
        #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "needs"),
    .init(
      what: "shape and offsets disagree",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, dataBytes: 8),
      says: "needs 12 bytes; its offsets span 8"),
    .init(
      what: "descending offsets",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, dataBytes: 8),
      says: "ascending"),
    .init(
      what: "offsets behind the end",
      bytes: Fixtures.safetensors(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, dataBytes: 8),
      says: "cut short"),
    .init(
      what: "tensors that overlap",
      bytes: Fixtures.safetensors(
        #"{\#(one),"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, dataBytes: 12),
      says: "inside another tensor"),
    .init(
      what: "a gap",
      bytes: Fixtures.safetensors(
        #"{\#(one),"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}"#, dataBytes: 16),
      says: "belong to no tensor"),
    .init(
      what: "bytes after the last tensor", bytes: Fixtures.safetensors("{\(one)}", dataBytes: 12),
      says: "and the file at byte"),
    .init(
      what: "metadata that is no text",
      bytes: Fixtures.safetensors(#"{"__metadata__":{"a":1},\#(one)}"#, dataBytes: 8), says: "object of strings"),
  ]

  @Test("each malformed file is refused with what is wrong", arguments: malformed)
  func refuses(_ case: Malformed) throws {
    let folder = try TestSupport.temporaryFolder("safetensors")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    try Data(`case`.bytes).write(to: URL(fileURLWithPath: path))
    let error = Fixtures.failure { () throws(ParlanceError) in _ = try SafetensorsFile(path: path) }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains(`case`.says) == true, "\(String(describing: error))")
    #expect(error?.location?.file == path)
  }

  @Test("a file whose every byte was flipped in turn is refused or read within its bounds")
  func survivesFlips() throws {
    let header =
      #"{"__metadata__":{"format":"pt"},\#(Self.one),"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[8,12]}}"#
    let whole = Fixtures.safetensors(header, dataBytes: 12)
    let folder = try TestSupport.temporaryFolder("flips")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    for place in whole.indices {
      for mask: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
        var damaged = whole
        damaged[place] ^= mask
        try Data(damaged).write(to: URL(fileURLWithPath: path))
        guard let file = try? SafetensorsFile(path: path) else { continue }
        for entry in file.entries where entry.elementType.isReadableAsFloat {
          #expect(try file.floats(of: entry).count == entry.count)
        }
      }
    }
  }

  @Test("a file cut at any byte is refused")
  func survivesCuts() throws {
    let whole = Fixtures.safetensors("{\(Self.one)}", dataBytes: 8)
    let folder = try TestSupport.temporaryFolder("cuts")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    for length in whole.indices {
      try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
      #expect(throws: ParlanceError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test("doubles are rounded, and what cannot be a weight is in nobody's way until it is asked for")
  func otherTypes() throws {
    let header =
      #"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"b":{"dtype":"F8_E4M3","shape":[3],"#
      + #""data_offsets":[16,19]},"c":{"dtype":"F4","shape":[2],"data_offsets":[19,20]},"#
      + #""d":{"dtype":"C64","shape":[1],"data_offsets":[20,28]}}"#
    var bytes = Fixtures.safetensors(header, dataBytes: 0)
    for number in [0.1, -1e300] { bytes += withUnsafeBytes(of: number.bitPattern.littleEndian) { [UInt8]($0) } }
    bytes += [UInt8](repeating: 1, count: 12)
    let folder = try TestSupport.temporaryFolder("safetensors")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.safetensors"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let file = try SafetensorsFile(path: path)
    #expect(file.entries.map(\.count) == [2, 3, 2, 1])
    let doubles = try #require(file.entry(named: "a"))
    #expect(try file.floats(of: doubles) == [0.1, -.infinity])
    for (name, type) in [("b", "F8_E4M3"), ("c", "F4"), ("d", "C64")] {
      let entry = try #require(file.entry(named: name))
      let error = Fixtures.failure { () throws(ParlanceError) in _ = try file.floats(of: entry) }
      #expect(error?.message == "`\(name)` is \(type); weights must be F64, F32, F16 or BF16")
    }
  }

  @Test("all 65,536 half precision numbers widen as the hardware widens them")
  func widensHalves() {
    for bits in UInt16.min...UInt16.max {
      let expected = Float(Float16(bitPattern: bits))
      let found = FloatDecoding.widenHalf(bits)
      if expected.isNaN {
        #expect(found.isNaN)
      } else {
        #expect(found.bitPattern == expected.bitPattern)
      }
    }
  }

  @Test("what is written is read back bit for bit, with names that need quoting")
  func roundTrip() throws {
    let folder = try TestSupport.temporaryFolder("safetensors")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/out.safetensors"
    let writer = try SafetensorsWriter(
      path: path,
      tensors: [.init(name: "a\"\\\n", shape: [2, 2]), .init(name: "é", shape: []), .init(name: "none", shape: [0])])
    try writer.append([1, -0.0, .infinity, .leastNonzeroMagnitude])
    try writer.append([3])
    try writer.append([])
    try writer.finish()
    let file = try SafetensorsFile(path: path)
    #expect(file.header.metadata == ["format": "pt"])
    #expect(Set(file.entries.map(\.name)) == ["a\"\\\n", "é", "none"])
    let first = try #require(file.entry(named: "a\"\\\n"))
    #expect(first.shape == [2, 2])
    #expect(
      try file.floats(of: first).map(\.bitPattern)
        == [Float(1), -0.0, .infinity, .leastNonzeroMagnitude].map(\.bitPattern))
  }

  @Test("a writer that was given too little or too much leaves no file")
  func writerRefuses() throws {
    let folder = try TestSupport.temporaryFolder("safetensors")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/out.safetensors"
    do {
      let writer = try SafetensorsWriter(path: path, tensors: [.init(name: "a", shape: [2])])
      #expect(throws: ParlanceError.self) { try writer.append([1]) }
      #expect(throws: ParlanceError.self) { try writer.finish() }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    #expect(throws: ParlanceError.self) {
      try SafetensorsWriter(path: path, tensors: [.init(name: "a", shape: []), .init(name: "a", shape: [])])
    }
  }
}
