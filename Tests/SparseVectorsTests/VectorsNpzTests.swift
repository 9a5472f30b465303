import Diagnostics
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import SparseVectors

/// A Python that has scipy, which the judges' requirements bring.
private let scipyPython = TestSupport.python(importing: "scipy.sparse")

@Suite("Vectors as scipy's npz") struct VectorsNpzTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("npz") }

  func run(_ python: String, _ script: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test("an export is imported as the same file", arguments: VectorsDescription.WeightKind.allCases)
  func roundTrip(kind: VectorsDescription.WeightKind) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for count in [0, 1, 700] {
      let sample = try SampleVectors(count: count, seed: 20, weightKind: kind)
      try sample.write(to: folder + "/a.vectors")
      try VectorsNpz.export(VectorsFile(path: folder + "/a.vectors"), to: folder + "/a.npz")
      try VectorsNpz.import(folder + "/a.npz", to: folder + "/b.vectors")
      #expect(FileManager.default.contentsEqual(atPath: folder + "/a.vectors", andPath: folder + "/b.vectors"))
    }
  }

  @Test(
    "scipy reads what is exported and what scipy writes is imported",
    .enabled(if: scipyPython != nil, "the judges' Python with scipy is not installed"),
    arguments: VectorsDescription.WeightKind.allCases)
  func scipy(kind: VectorsDescription.WeightKind) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let python = try #require(scipyPython)
    let sample = try SampleVectors(count: 600, seed: 21, weightKind: kind)
    try sample.write(to: folder + "/a.vectors")
    try VectorsNpz.export(VectorsFile(path: folder + "/a.vectors"), to: folder + "/a.npz")
    let writer = try SparseVectorWriter(
      path: folder + "/a.jsonl", vocabulary: sample.description.vocabulary, spelling: .indices)
    for (id, vector) in sample.vectors { try writer.write(id, vector) }
    try writer.finish()
    try run(
      python,
      """
      import json, numpy as np, scipy.sparse as sp, zipfile
      assert zipfile.ZipFile("a.npz").testzip() is None
      m = sp.load_npz("a.npz")
      extra = np.load("a.npz")
      lines = [json.loads(l) for l in open("a.jsonl", encoding="utf-8")]
      assert m.shape == (len(lines), 50) and m.dtype == np.\(kind == .float16 ? "float16" : "float32"), (m.shape, m.dtype)
      assert list(extra["ids"]) == [l["id"] for l in lines]
      for i, l in enumerate(lines):
          a, b = m.indptr[i], m.indptr[i + 1]
          assert list(m.indices[a:b]) == l["indices"]
          assert np.array_equal(m.data[a:b].astype(np.float32), np.array(l["values"], np.float32))
      m = m.astype(np.float32)  # scipy computes nothing on float16
      for name, compressed in [("deflated.npz", True), ("stored.npz", False)]:
          sp.save_npz(name, sp.csr_matrix(m), compressed=compressed)
      wide = sp.csr_array((m.data.astype(np.float64), m.indices.astype(np.int64), m.indptr.astype(np.int64)), m.shape)
      sp.save_npz("wide.npz", wide)
      sp.save_npz("csc.npz", sp.csc_matrix(m))
      """)
    for name in ["deflated", "stored", "wide"] {
      try VectorsNpz.import(
        folder + "/\(name).npz", to: folder + "/\(name).vectors", ids: sample.vectors.map(\.id),
        vocabulary: sample.description.vocabulary, encoder: sample.description.encoder, weightKind: kind)
      let file = try VectorsFile(path: folder + "/\(name).vectors")
      for (position, (id, vector)) in sample.vectors.enumerated() {
        #expect(try file.id(at: position) == id && file.vector(at: position) == vector)
      }
    }
    let error = #expect(throws: ParlanceError.self) {
      try VectorsNpz.import(folder + "/csc.npz", to: folder + "/x.vectors")
    }
    #expect(error?.message.contains("format csr") == true)
  }

  @Test("what is wrong with a row or the vocabulary is told with the file and the place in it")
  func places() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 3, seed: 23)
    try sample.write(to: folder + "/a.vectors")
    let path = folder + "/a.npz"
    try VectorsNpz.export(VectorsFile(path: folder + "/a.vectors"), to: path)
    func refused(_ ids: [ExternalID]?, _ component: String, _ words: String) {
      let error = #expect(throws: ParlanceError.self) {
        try VectorsNpz.import(path, to: folder + "/b.vectors", ids: ids)
      }
      #expect(error?.location == .init(file: path, component: component), "\(error as Any)")
      #expect(error?.code == .badInput && error?.message.contains(words) == true, "\(error as Any)")
    }
    refused(["x", "y", "x"], "row 2", "each id once")
    refused(["x", "two words", "z"], "row 1", "white space")

    func text(_ pieces: [String]) -> [UInt8] {
      pieces.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: 3 - $0.utf8.count) }
    }
    typealias Sink = ([UInt8]) throws(ParlanceError) -> Void
    for (pieces, encoders, component, words) in [
      (["one", "two", "one"], "{}", "pieces.npy", "\"one\" is both term 0 and term 2"),
      (["one", "two", "oh"], "{\"encoder\":}", "parlance.npy", "expected a value"),
    ] {
      let writer = try NpzWriter(path: path)
      try writer.write("format", type: "|S3", shape: []) { (sink: Sink) throws(ParlanceError) in try sink(text(["csr"]))
      }
      try writer.write("shape", type: "<i4", shape: [2]) { (sink: Sink) throws(ParlanceError) in
        try sink([0, 0, 0, 0, 3, 0, 0, 0])
      }
      try writer.write("pieces", type: "|S3", shape: [3]) { (sink: Sink) throws(ParlanceError) in try sink(text(pieces))
      }
      try writer.write("parlance", type: "|S\(encoders.utf8.count)", shape: []) { (sink: Sink) throws(ParlanceError) in
        try sink(Array(encoders.utf8))
      }
      try writer.finish()
      refused(nil, component, words)
    }
  }

  @Test("a matrix that says neither vocabulary nor encoder is bad input unless both are given")
  func anonymous() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.npz"
    typealias Sink = ([UInt8]) throws(ParlanceError) -> Void
    let writer = try NpzWriter(path: path)
    for (name, type, shape, bytes) in [
      ("format", "|S3", [], Array("csr".utf8)), ("shape", "<i4", [2], [0, 0, 0, 0, 3, 0, 0, 0]),
      ("indptr", "<i4", [1], [0, 0, 0, 0]), ("indices", "<i4", [0], []), ("data", "<f4", [0], []),
      ("ids", "<U1", [0], []),
    ] as [(String, String, [Int], [UInt8])] {
      try writer.write(name, type: type, shape: shape) { (sink: Sink) throws(ParlanceError) in try sink(bytes) }
    }
    try writer.finish()
    let pieces = try SampleVectors(count: 0, seed: 1).description.vocabulary
    let three = try Vocabulary(pieces: Array(pieces.pieces.prefix(3)), at: .init(file: path))
    let encoder = try SampleVectors(count: 0, seed: 1).description.encoder
    for (vocabulary, encoder, words) in [
      (nil, encoder, "the vocabulary of the columns"), (three, nil, "the name of the encoder"),
      (pieces, encoder, "as many columns"),
    ] as [(Vocabulary?, EncoderIdentity?, String)] {
      let error = #expect(throws: ParlanceError.self) {
        try VectorsNpz.import(path, to: folder + "/b.vectors", vocabulary: vocabulary, encoder: encoder)
      }
      #expect(error?.code == .badInput && error?.location?.file == path, "\(error as Any)")
      #expect(error?.message.contains(words) == true, "\(error as Any)")
    }
    try VectorsNpz.import(path, to: folder + "/b.vectors", vocabulary: three, encoder: encoder)
    #expect(try VectorsFile(path: folder + "/b.vectors").count == 0)
  }

  @Test("a flipped byte or a cut anywhere is an error or the same vectors, never a crash")
  func damage() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sample = try SampleVectors(count: 3, seed: 22, longest: 4)
    try sample.write(to: folder + "/a.vectors")
    try VectorsNpz.export(VectorsFile(path: folder + "/a.vectors"), to: folder + "/a.npz")
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/a.npz"))
    // Strides that meet every kind of byte: pieces and padding make most of the file.
    for offset in stride(from: 0, to: whole.count, by: 13) {
      for cut in [false, true] {
        var damaged = cut ? whole.prefix(offset) : whole
        if !cut { damaged[offset] ^= 0x10 }
        try damaged.write(to: URL(fileURLWithPath: folder + "/b.npz"))
        do {
          try VectorsNpz.import(folder + "/b.npz", to: folder + "/b.vectors")
          #expect(
            !cut && FileManager.default.contentsEqual(atPath: folder + "/a.vectors", andPath: folder + "/b.vectors"))
        } catch {
          #expect(error.code == .badInput, "byte \(offset): \(error)")
        }
      }
    }
  }
}
