import BinaryFiles
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

/// Vectors that a test makes and their description.
struct SampleVectors {
  let description: VectorsDescription
  let vectors: [(id: ExternalID, vector: SparseVector)]

  init(count: Int, seed: UInt64, weightKind: VectorsDescription.WeightKind = .float32, longest: Int = 20) throws {
    var generator = SeededGenerator(seed: seed)
    let vocabulary = try Vocabulary(
      pieces: ["[PAD]", "the", "##s", "2019", "\u{E9}", "e\u{301}"] + (6..<50).map { ExternalID("w\($0)") })
    description = VectorsDescription(
      encoder: EncoderIdentity(digest: "ab12", name: "tiny"),
      passageSpace: EncoderIdentity(digest: "cd34", name: "teacher \"T\""), vocabulary: vocabulary,
      weightKind: weightKind)
    vectors = try (0..<count).map { number in
      let terms = (0..<50).shuffled(using: &generator).prefix(Int.random(in: 0..<longest, using: &generator)).sorted()
      let weights = terms.map { _ in Float(Float16(Float.random(in: 0.01..<5, using: &generator))) }
      let vector = try #require(SparseVector(exactly: terms.map { TermID(UInt32($0)) }, weights: weights))
      return (ExternalID("p\(number)-ü"), vector)
    }
  }

  func write(to path: String, resuming: Bool = false) throws {
    let writer = try VectorsWriter(path: path, description: description, resuming: resuming)
    for (position, (id, _)) in vectors.prefix(writer.count).enumerated() { try writer.check(id, at: position) }
    for (id, vector) in vectors.dropFirst(writer.count) { try writer.append(id, vector) }
    try writer.finish()
  }

  func isEqual(to path: String) throws -> Bool {
    let file = try VectorsFile(path: path)
    guard file.description == description, file.count == vectors.count else { return false }
    for (position, (id, vector)) in vectors.enumerated() {
      guard try file.id(at: position) == id, try file.vector(at: position) == vector else { return false }
    }
    return true
  }
}

/// For tests of a process that ends: one that cannot make the writer ends as none of them should.
private func finishedWriter() -> VectorsWriter {
  do {
    let folder = try TestSupport.temporaryFolder("finished")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try VectorsWriter(
      path: folder + "/a.vectors", description: SampleVectors(count: 0, seed: 1).description)
    try writer.append("a", .empty)
    try writer.finish()
    return writer
  } catch { exit(EXIT_SUCCESS) }
}

@Suite("The .vectors file") struct VectorsFileTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("vectors") }

  func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test("vectors come back as they were written", arguments: [0, 1, 255, 256, 257, 1000])
  func roundTrip(count: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for kind in VectorsDescription.WeightKind.allCases {
      let sample = try SampleVectors(count: count, seed: UInt64(count), weightKind: kind)
      try sample.write(to: folder + "/a.vectors")
      #expect(try sample.isEqual(to: folder + "/a.vectors"))
      let file = try VectorsFile(path: folder + "/a.vectors")
      try file.verify()
      #expect(file.termCount == sample.vectors.reduce(0) { $0 + $1.vector.count })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.vectors"])
    }
  }

  @Test("a writer that dies at any operation is gone on with, and the file is the same bit for bit")
  func crashes() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 700, seed: 3, longest: 4)
    let count = FaultLayer()
    try FaultLayer.$current.withValue(count) { try sample.write(to: folder + "/whole.vectors") }
    let whole = try contents(folder + "/whole.vectors")
    #expect(count.operations.count > 6)

    for victim in count.operations.indices {
      for written in [0, 1, 17, 40, 1000] {
        let path = folder + "/\(victim)-\(written).vectors"
        let faults = FaultLayer { number, _ in number == victim ? .crash(writing: written) : nil }
        #expect(throws: ParlanceError.self) {
          try FaultLayer.$current.withValue(faults) { try sample.write(to: path) }
        }
        // Behind the renaming the file is whole, before it there is none.
        let isNamed = FileManager.default.fileExists(atPath: path)
        if isNamed { #expect(try contents(path) == whole) }
        try sample.write(to: path, resuming: true)
        #expect(try contents(path) == whole, "operation \(victim), \(written) bytes of it")
      }
    }
  }

  @Test("a partial file cut at any length is gone on with, and the file is the same bit for bit")
  func cuts() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 300, seed: 4, longest: 2)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    let whole = try contents(path)
    for length in stride(from: 0, to: whole.count, by: 61) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path + ".partial"))
      try sample.write(to: path, resuming: true)
      #expect(try contents(path) == whole, "\(length) bytes")
    }
  }

  @Test("a file says how many terms were kept, and is not gone on with under another number")
  func keptTerms() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.vectors"
    var description = try SampleVectors(count: 0, seed: 1).description
    description.keptTerms = 7
    try VectorsWriter(path: path, description: description).finish()
    #expect(try VectorsFile(path: path).description.keptTerms == 7)
    _ = try VectorsWriter(path: path, description: description)
    for other in [8, nil] {
      description.keptTerms = other
      let error = #expect(throws: ParlanceError.self) {
        try VectorsWriter(path: path, description: description, resuming: true)
      }
      #expect(error?.code == .badInput)
    }
  }

  @Test("a weight that is not finite is refused, however weights are kept", arguments: [Float.infinity, .nan])
  func notFinite(weight: Float) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for kind in VectorsDescription.WeightKind.allCases {
      let description = try SampleVectors(count: 0, seed: 1, weightKind: kind).description
      let writer = try VectorsWriter(path: folder + "/\(kind).vectors", description: description)
      let error = #expect(throws: ParlanceError.self) {
        try writer.append("a", SparseVector(unchecked: [TermID(1), TermID(2)], [1, weight]))
      }
      #expect(error?.code == .badInput && error?.message.contains("found \(weight) in \"a\"") == true, "\(kind)")
    }
  }

  @Test("garbage behind the whole chunks is cut off")
  func garbage() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 600, seed: 5, longest: 3)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    let whole = try contents(path)
    let second = Int(
      whole.suffix(88 + 24).prefix(24).withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self) })
    var torn = whole.prefix(second + 500)
    torn[second + 100] ^= 1
    try torn.write(to: URL(fileURLWithPath: path + ".partial"))
    let writer = try VectorsWriter(path: path, description: sample.description, resuming: true)
    #expect(writer.resumedCount == 256)
  }

  @Test("a flipped byte anywhere is an error or the same vectors, never others and never a crash")
  func flips() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 5, seed: 6, longest: 4)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    let whole = try contents(path)
    for offset in whole.indices {
      for bit in [0, 6] {
        var damaged = whole
        damaged[offset] ^= 1 << bit
        try damaged.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: ParlanceError.self, "byte \(offset)") { try VectorsFile(path: path).verify() }
        #expect(error?.code == .badInput)
        if let isEqual = try? sample.isEqual(to: path) { #expect(isEqual, "byte \(offset)") }
      }
    }
  }

  @Test("a file cut at any length is an error when it is opened")
  func truncation() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 5, seed: 7, longest: 4)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    let whole = try contents(path)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: ParlanceError.self, "\(length) bytes") { try VectorsFile(path: path) }
    }
  }

  @Test("numbers that are checksummed and nonsense are errors, not crashes", arguments: 0..<300)
  func nonsense(seed: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SeededGenerator(seed: UInt64(seed))
    let sample = try SampleVectors(count: 5, seed: 8, longest: 4)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    var bytes = Array(try contents(path))
    let head = Int(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self) }) + 64
    let end = bytes.count - 88
    let table = end - 8
    // One 32-bit number anywhere, and every checksum made to fit again.
    let places =
      [8, 12, 16, 24, 28] + (0..<8).map { head + 4 * $0 } + (head + 32..<head + 112).filter { $0 % 4 == 0 }
      + [table, table + 4] + (2..<12).map { end + 4 * $0 }
    let place = places.randomElement(using: &generator)!
    let value: UInt32 = [
      0, 1, 4, 5, 6, 255, 0x7FFF_FFFF, 0x8000_0000, .max, .random(in: 0 ... .max, using: &generator),
    ]
    .randomElement(using: &generator)!
    func set(_ value: UInt32, at offset: Int) {
      withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + 4, with: $0) }
    }
    set(value, at: place)
    set(CRC32C.checksum(of: Array(bytes[head + 32..<table])), at: head + 24)
    set(CRC32C.checksum(of: Array(bytes[head..<head + 28])), at: head + 28)
    set(CRC32C.checksum(of: Array(bytes[0..<60])), at: 60)
    set(CRC32C.checksum(of: Array(bytes[table..<end])), at: end + 80)
    set(CRC32C.checksum(of: Array(bytes[end..<end + 84])), at: end + 84)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      let file = try VectorsFile(path: path)
      for position in 0..<min(file.count, 10) {
        _ = try file.id(at: position)
        _ = try file.vector(at: position)
      }
      try file.verify()
    } catch {
      #expect(error.code == .badInput, "seed \(seed)")
    }
  }

  @Test(
    "an end that counts more vectors or terms than the chunks have room for is refused when the file is opened",
    arguments: VectorsDescription.WeightKind.allCases)
  func forgedCounts(kind: VectorsDescription.WeightKind) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 5, seed: 13, weightKind: kind, longest: 4)
    let path = folder + "/a.vectors"
    try sample.write(to: path)
    let whole = Array(try contents(path))
    let end = whole.count - 88
    let head = Int(whole.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self) }) + 64
    // One chunk, and 8 bytes that say where it begins.
    let room = end - 8 - head
    let terms = room / (kind == .float32 ? 8 : 6)
    for (place, count, isPossible) in [
      (16, terms, true), (16, terms + 1, false), (16, 1 << 62, false), (16, Int.max, false), (8, 256, false),
    ] {
      #expect(room / 8 < 256)
      var bytes = whole
      withUnsafeBytes(of: UInt64(count)) { bytes.replaceSubrange(end + place..<end + place + 8, with: $0) }
      let checksum = CRC32C.checksum(of: Array(bytes[end..<end + 84]))
      withUnsafeBytes(of: checksum) { bytes.replaceSubrange(end + 84..<end + 88, with: $0) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let context = Comment("\(count) at \(place)")
      if isPossible {
        // That it is another number is found by who looks at all.
        let file = try VectorsFile(path: path)
        #expect(file.termCount == count, context)
        #expect(throws: ParlanceError.self, context) { try file.verify() }
      } else {
        let error = #expect(throws: ParlanceError.self, context) { try VectorsFile(path: path) }
        #expect(error?.code == .badInput && error?.message.contains("makes no sense") == true, context)
      }
    }
  }

  @Test(
    "a writer that has finished takes no vector and is not finished again: the file would no longer be what it says")
  func afterTheEnd() async {
    await #expect(processExitsWith: .failure) { _ = try? finishedWriter().append("b", .empty) }
    await #expect(processExitsWith: .failure) { _ = try? finishedWriter().finish() }
  }

  @Test("a second writer is refused with the code for trying again")
  func secondWriter() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 1, seed: 9)
    let first = try VectorsWriter(path: folder + "/a.vectors", description: sample.description)
    let error = #expect(throws: ParlanceError.self) {
      try VectorsWriter(path: folder + "/a.vectors", description: sample.description)
    }
    #expect(error?.code == .tryAgain)
    try first.finish()
  }

  @Test("a partial file of another encoder or another order of passages is not gone on with")
  func otherPartial() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 600, seed: 10)
    let writer = try VectorsWriter(path: folder + "/a.vectors", description: sample.description)
    for (id, vector) in sample.vectors { try writer.append(id, vector) }
    let resumed = { (description: VectorsDescription) in
      try VectorsWriter(path: folder + "/b.vectors", description: description, resuming: true)
    }
    try FileManager.default.copyItem(atPath: folder + "/a.vectors.partial", toPath: folder + "/b.vectors.partial")
    var other = sample.description
    other.encoder = EncoderIdentity(digest: "other", name: "other")
    #expect(throws: ParlanceError.self) { try resumed(other) }
    let same = try resumed(sample.description)
    #expect(same.resumedCount == 512)
    #expect(throws: ParlanceError.self) { try same.check("p1-ü", at: 2) }
  }

  @Test("what cannot be kept is refused when it is appended")
  func refusals() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 1, seed: 11, weightKind: .float16)
    let writer = try VectorsWriter(path: folder + "/a.vectors", description: sample.description)
    let vector = SparseVector(exactly: [TermID(3)], weights: [1])!
    try writer.append("a", vector)
    let table: [(ExternalID, SparseVector, String)] = [
      ("a", vector, "\"a\" is already vector 0"), ("", vector, "an id that is not empty"),
      ("a b", vector, "white space"), ("b", SparseVector(exactly: [TermID(50)], weights: [1])!, "terms below 50"),
      ("b", SparseVector(exactly: [TermID(3)], weights: [70_000])!, "float16"),
    ]
    for (id, vector, message) in table {
      let error = #expect(throws: ParlanceError.self) { try writer.append(id, vector) }
      #expect(error?.code == .badInput && error?.message.contains(message) == true)
    }
    try writer.append("b", SparseVector(exactly: [TermID(3), TermID(4)], weights: [1e-9, 2])!)
    try writer.finish()
    let file = try VectorsFile(path: folder + "/a.vectors")
    #expect(file.count == 2)
    #expect(try file.vector(at: 1) == SparseVector(exactly: [TermID(4)], weights: [2]))
  }

  @Test("a full disk is an error at any write, and the writer can resume")
  func fullDisk() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 600, seed: 12)
    for victim in 1..<6 {
      let path = folder + "/\(victim).vectors"
      let faults = FaultLayer { number, _ in number == victim ? .error(ENOSPC) : .short(1000) }
      let error = #expect(throws: ParlanceError.self) {
        try FaultLayer.$current.withValue(faults) { try sample.write(to: path) }
      }
      #expect(error?.code == .cannotWrite && error?.message.contains("No space left") == true)
      try sample.write(to: path, resuming: true)
      #expect(try sample.isEqual(to: path))
    }
  }
}
