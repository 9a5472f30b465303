import BinaryFiles
import Checkpoints
import Diagnostics
import Foundation
import ModelHub
import SparseEncoder
import Synchronization
import TestSupport
import Testing

@testable import Retrieval

@Suite("Opening an encoder")
struct OpeningTests {
  /// Makes forward passes and writes down for whom.
  final class Passes: Sendable {
    private let made = Mutex<[String]>([])
    private let fails: Bool

    init(fails: Bool = false) { self.fails = fails }

    var names: [String] { made.withLock { $0 } }

    func make(_ part: Checkpoint) throws(ParlanceError) -> any ForwardPass {
      made.withLock { $0.append(part.name) }
      if fails { throw ParlanceError(.tryAgain, "no thread can be started") }
      return SlowForwardPass(
        vocabularySize: part.architecture.vocabularySize, longestSequence: part.architecture.maxPositions)
    }
  }

  static func golden(_ name: String) -> String {
    TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/" + name
  }

  private func opened(_ folder: String, _ passes: Passes) throws -> SparseEncoder {
    try SparseEncoder.open(Checkpoint(folder: folder)) { part throws(ParlanceError) in try passes.make(part) }
  }

  @Test("an inference-free model has no forward pass until a passage is encoded")
  func inferenceFree() async throws {
    let passes = Passes()
    let encoder = try opened(Self.golden("router-inference-free"), passes)
    #expect(try await encoder.encode(query: "a commit").vector.count > 0)
    #expect(try await encoder.encode(["a", "commit"], as: .query).count == 2)
    try encoder.prepare(for: .query)
    #expect(passes.names.isEmpty)
    for _ in 0..<2 { #expect(try await encoder.encode(["a"], as: .passage).count == 1) }
    try encoder.prepare(for: .passage)
    #expect(passes.names == ["router-inference-free"])
  }

  @Test("of a model whose queries have an encoder of their own each side's forward pass is made when it is needed")
  func pairs() async throws {
    let root = try TestSupport.temporaryFolder("router")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let source = try Checkpoint(folder: Self.golden("bert-old-names"))
    var files = SentenceTransformersFiles(prompts: Prompts())
    for route in ["query", "document"] {
      try source.copy(to: root + "/" + route)
      files.addRoute(route, folder: route, head: .spladeMax)
    }
    try files.write(to: root)
    let passes = Passes()
    let encoder = try opened(root, passes)
    #expect(passes.names.isEmpty)
    #expect(try await encoder.encode(query: "a").vector.count == 1)
    #expect(passes.names.map { $0.hasSuffix("/query") } == [true])
    #expect(try await encoder.encode(["a"], as: .passage).count == 1)
    #expect(passes.names.map { $0.hasSuffix("/query") } == [true, false])

    let prepared = Passes()
    let again = try opened(root, prepared)
    try again.prepare(for: .passage)
    #expect(prepared.names.map { $0.hasSuffix("/query") } == [false])
    try again.prepare(for: .query)
    #expect(try again.encodeBlocking(query: "a").vector.count == 1)
    #expect(prepared.names.map { $0.hasSuffix("/query") } == [false, true])
  }

  @Test("any other model's forward pass is made at once")
  func atOnce() throws {
    let passes = Passes()
    let encoder = try opened(Self.golden("bert-sharded"), passes)
    try encoder.prepare(for: .query)
    try encoder.prepare(for: .passage)
    #expect(passes.names == ["bert-sharded"])
    #expect(throws: ParlanceError.self) { try opened(Self.golden("bert-sharded"), Passes(fails: true)) }
  }

  @Test(
    "a forward pass that cannot be made fails whoever needs it, as it would have failed opening, and is tried again")
  func failures() async throws {
    let passes = Passes(fails: true)
    let encoder = try opened(Self.golden("router-inference-free"), passes)
    #expect(try await encoder.encode(query: "a commit").vector.count > 0)
    let encoding = await #expect(throws: ParlanceError.self) { try await encoder.encode(["a"], as: .passage) }
    let preparing = #expect(throws: ParlanceError.self) { try encoder.prepare(for: .passage) }
    for error in [encoding, preparing] { #expect(error?.code == .tryAgain) }
    #expect(passes.names.count > 1)
  }

  @Test("weights that are damaged are refused when an inference-free model is opened")
  func damaged() throws {
    let root = try TestSupport.temporaryFolder("damaged")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: Self.golden("router-inference-free"), toPath: folder)
    let weights = URL(fileURLWithPath: folder + "/model.safetensors")
    try Data(Data(contentsOf: weights).dropLast(100)).write(to: weights)
    let error = #expect(throws: ParlanceError.self) { try opened(folder, Passes()) }
    #expect(error?.code == .badInput)
  }

  @Test("the tokenizer of a query side of its own is kept like the passages'")
  func keptTokenizers() throws {
    let root = try TestSupport.temporaryFolder("kept")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: Self.golden("router-inference-free"), toPath: folder)
    let tokenizer = folder + "/query_0_SparseStaticEmbedding/tokenizer.json"
    let text = try String(contentsOfFile: tokenizer, encoding: .utf8)
    try (text + "\n\n").write(toFile: tokenizer, atomically: true, encoding: .utf8)
    let checkpoint = try Checkpoint(folder: folder, derived: DerivedFiles(folder: root + "/derived"))
    _ = try SparseEncoder.open(checkpoint) { part throws(ParlanceError) in try Passes().make(part) }
    let kept = try FileManager.default.contentsOfDirectory(atPath: root + "/derived")
    #expect(kept.filter { $0.hasPrefix("tokenizer-") }.count == 2, "\(kept)")
  }

  @Test("weights of queries that a vector cannot have are told of when a model is opened by name")
  func negativeWeights() async throws {
    let root = try TestSupport.temporaryFolder("negative")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: Self.golden("router-inference-free"), toPath: folder)
    let queries = try #require(try Checkpoint(folder: folder).staticQueries)
    let writer = try SafetensorsWriter(
      path: folder + "/query_0_SparseStaticEmbedding/model.safetensors",
      tensors: [.init(name: "weight", shape: [queries.weights.count])])
    try writer.append(queries.weights.map { $0 - 1 })
    try writer.finish()
    let told = Mutex<[String]>([])
    _ = try await SparseEncoder.open(
      folder, cores: 1, derived: .none, note: { line in told.withLock { $0.append(line) } })
    #expect(told.withLock { $0 }.map { $0.contains("a weight below 0 in queries") } == [true])
  }

  @Test("what the hub's cache leaves open is told to whoever opens a model by name")
  func notes() async throws {
    let root = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let commit = String(repeating: "c", count: 40)
    let snapshots = root + "/models--owner--name/snapshots"
    try FileManager.default.createDirectory(atPath: snapshots, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.golden("bert-sharded"), toPath: snapshots + "/" + commit)
    let hub = ModelHub(settings: HubSettings(cache: root, isOffline: true))
    let told = Mutex<[String]>([])
    let encoder = try await SparseEncoder.open(
      "hf:owner/name@" + commit, cores: 1, hub: hub, derived: .none, note: { line in told.withLock { $0.append(line) } }
    )
    #expect(encoder.identity.name == "owner/name")
    #expect(told.withLock { $0 }.map { $0.contains("has no modules.json in the cache") } == [true])
  }
}
