import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Identifiers
@testable import SparseVectors

@Suite("Ids that are given twice") struct SeenIDsTests {
  /// Two ids with the same FNV-1a hash of 64 bits.
  static let twins: (ExternalID, ExternalID) = ("8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ")
  static let vector = SparseVector(unchecked: [TermID(3)], [1])

  let folder: String
  var path: String { folder + "/a.vectors" }

  init() throws { folder = try TestSupport.temporaryFolder("seen") }

  @Test("hashes tell new ids from old ones in at most 21.4 bytes an id, 10.7 at best")
  func hashes() {
    var seen = SeenHashes()
    var fewest = Double.infinity
    for number in 0..<200_000 {
      if !seen.insert(ExternalID("passage-\(number)")) { Issue.record("\(number)") }
      guard number >= 48 else { continue }
      let bytes = 8 * Double(seen.slots.count) / Double(number + 1)
      if bytes > 21.4 { Issue.record("\(bytes) bytes an id with \(number + 1)") }
      fewest = min(fewest, bytes)
    }
    #expect(fewest < 10.7)
    for number in stride(from: 0, to: 200_000, by: 77) {
      let isNew = seen.insert(ExternalID("passage-\(number)"))
      #expect(!isNew)
    }
    #expect(8 * SeenHashes(expecting: 200_000).slots.count <= 22 * 200_000)
    #expect(Self.twins.0.stableHash == Self.twins.1.stableHash && Self.twins.0 != Self.twins.1)
  }

  @Test(
    "two ids of one hash are two ids, and the second of either is refused wherever the first is", arguments: [0, 300])
  func twins(between: Int) throws {
    try SeenHashes.$hash.withValue({ $0.stableHash }) { try writeTwins(between: between) }
  }

  private func writeTwins(between: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let description = try SampleVectors(count: 0, seed: 1).description
    for isAtomic in [true, false] {
      func fill(_ writer: VectorsWriter) throws(ParlanceError) {
        try writer.append(Self.twins.0, Self.vector)
        for number in 0..<between { try writer.append(ExternalID("p\(number)"), Self.vector) }
        try writer.append(Self.twins.1, Self.vector)
        for (id, first) in [(Self.twins.0, 0), (Self.twins.1, between + 1)] {
          let error = #expect(throws: ParlanceError.self) { try writer.append(id, Self.vector) }
          #expect(error?.message.contains("already vector \(first)") == true, "\(error as Any)")
        }
      }
      if isAtomic {
        try VectorsWriter.write(path, description) { writer throws(ParlanceError) in try fill(writer) }
      } else {
        let writer = try VectorsWriter(path: path, description: description)
        try fill(writer)
        try writer.finish()
      }
      let file = try VectorsFile(path: path)
      #expect(file.count == between + 2)
      try file.verify()
    }
  }

  @Test("a writer that goes on knows the ids that are there")
  func resumed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let description = try SampleVectors(count: 0, seed: 1).description
    do {
      let writer = try VectorsWriter(path: path, description: description)
      for number in 0..<300 { try writer.append(ExternalID("p\(number)"), Self.vector) }
    }
    let writer = try VectorsWriter(path: path, description: description, resuming: true)
    #expect(writer.resumedCount == 256)
    for number in 0..<256 { try writer.check(ExternalID("p\(number)"), at: number) }
    #expect(throws: ParlanceError.self) { try writer.check("p7", at: 8) }
    let error = #expect(throws: ParlanceError.self) { try writer.append("p200", Self.vector) }
    #expect(error?.message.contains("already vector 200") == true, "\(error as Any)")
    try writer.append("p256", Self.vector)
    try writer.finish()
    try VectorsFile(path: path).verify()
  }

  @Test("a file that has an id twice is refused, and both places are told")
  func twice() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let description = try SampleVectors(count: 0, seed: 1).description
    var bytes = VectorsHead.bytes(of: description)
    var chunk = VectorsChunkBuilder(weightKind: .float32)
    let ids: [ExternalID] = ["a", Self.twins.0, Self.twins.1, "b", "a"]
    for id in ids { chunk.append(id, Self.vector) }
    let offset = bytes.count
    bytes += chunk.bytes(firstPassage: 0)
    var hash = SHA256()
    for id in ids { hash.update(Array(id.string.utf8) + [UInt8(ascii: "\n")]) }
    let tail = VectorsTail(
      passageCount: ids.count, termCount: ids.count, chunkOffsets: [offset], idDigest: hash.finish().bytes)
    bytes += tail.bytes(at: bytes.count)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ParlanceError.self) {
      try SeenHashes.$hash.withValue({ $0.stableHash }) { try VectorsFile(path: path).verify() }
    }
    #expect(error?.message.contains("\"a\" is there twice, as vector 0 and vector 4") == true, "\(error as Any)")
  }
}

@Suite("Writing vectors beside others' files") struct VectorsNeighboursTests {
  let folder: String
  var path: String { folder + "/a.vectors" }

  init() throws { folder = try TestSupport.temporaryFolder("neighbours") }

  @Test("a file that is written in one go leaves alone what waits to be gone on with", arguments: [true, false])
  func partial(fails: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 300, seed: 2)
    do {
      let writer = try VectorsWriter(path: path, description: sample.description)
      for (id, vector) in sample.vectors { try writer.append(id, vector) }
    }
    let waiting = try Data(contentsOf: URL(fileURLWithPath: path + ".partial"))
    let result = Result {
      try VectorsWriter.write(path, sample.description) { writer throws(ParlanceError) in
        try writer.append("x", .empty)
        if fails { throw ParlanceError(.badInput, "the import failed") }
      }
    }
    #expect(((try? result.get()) == nil) == fails)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".partial")) == waiting)
    let left = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    #expect(left == (fails ? ["a.vectors.partial"] : ["a.vectors.partial", "a.vectors"]))
    let resumed = try VectorsWriter(path: path, description: sample.description, resuming: true)
    #expect(resumed.resumedCount == 256)
  }

  @Test("a link stays, and the vectors and what waits of them are beside the file that it leads to")
  func link() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/far", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "far/b.vectors")
    let sample = try SampleVectors(count: 3, seed: 3)
    do {
      let writer = try VectorsWriter(path: path, description: sample.description)
      #expect(FileManager.default.fileExists(atPath: folder + "/far/b.vectors.partial"))
      for (id, vector) in sample.vectors { try writer.append(id, vector) }
      try writer.finish()
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "far/b.vectors")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/far") == ["b.vectors"])
    #expect(try sample.isEqual(to: path))
  }
}
