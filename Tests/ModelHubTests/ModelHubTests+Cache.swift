import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ModelHub

/// What is in the cache already, and what serves when the hub cannot be asked.
extension ModelHubTests {
  @Test("without a line, or with HF_HUB_OFFLINE, the cache serves")
  func offline() async throws {
    let cache = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: cache) }
    let fake = FakeHub(files: Self.files)
    try await withHub(fake, isOffline: true, cache: cache) { hub, _ in
      #expect(await failure(hub)?.message.contains("HF_HUB_OFFLINE") == true)
    }
    try await withHub(fake, cache: cache) { hub, _ in _ = try await hub.resolve("hf:owner/name") }
    fake.clearLog()
    try await withHub(fake, isOffline: true, cache: cache) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      #expect(model.isUnchecked && model.notes.isEmpty, "who forbids to ask knows it")
      #expect(fake.requests.isEmpty)
    }
    let served = "hf:owner/name: the cached commit \(FakeHub.commit) serves, since the hub could not be asked: "
    fake.faults.withLock { $0.isOffline = true }
    try await withHub(fake, cache: cache) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      #expect(model.isUnchecked && model.notes == [served + "cannot reach the hub"])
      #expect(await failure(hub, "hf:owner/other")?.code == .tryAgain)
    }
    let closed = ModelHub(settings: HubSettings(cache: cache), transport: { nil })
    let model = try await closed.resolve("hf:owner/name")
    #expect(model.isUnchecked && model.notes == [served + "this build has no network"])
    #expect(await failure(closed, "hf:owner/other")?.code == .unavailable)
  }

  @Test("a snapshot without modules.json that the hub does not complete is told, one of a plain model is not")
  func plainSnapshot() async throws {
    let plain = ["config.json", "vocab.txt", "model.safetensors"]
    let told = "hf:owner/name has no modules.json in the cache: it is taken for a plain SPLADE model"
    let cache = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: cache) }
    try leave(plain, in: cache)
    let fake = FakeHub(files: Self.files.filter { plain.contains($0.key) }, faults: .init(isOffline: true))
    try await withHub(fake, isOffline: true, cache: cache) { hub, _ in
      let notes = try await hub.resolve("hf:owner/name").notes
      #expect(notes == [told])
    }
    try await withHub(fake, cache: cache) { hub, _ in
      let notes = try await hub.resolve("hf:owner/name").notes
      #expect(notes.count == 2 && notes.last == told, "\(notes)")
    }
    fake.faults.withLock { $0.isOffline = false }
    try await withHub(fake, cache: cache) { hub, _ in
      let notes = try await hub.resolve("hf:owner/name").notes
      #expect(notes.isEmpty, "the hub has no modules.json either")
    }
  }

  /// A snapshot as another tool left it, with refs/main.
  func leave(_ paths: [String], in cache: String, files: [String: [UInt8]] = files) throws {
    let folder = cache + "/models--owner--name"
    for (path, content) in files where paths.contains(path) {
      let url = URL(fileURLWithPath: folder + "/snapshots/" + FakeHub.commit + "/" + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content).write(to: url)
    }
    try FileManager.default.createDirectory(atPath: folder + "/refs", withIntermediateDirectories: true)
    try Data(FakeHub.commit.utf8).write(to: URL(fileURLWithPath: folder + "/refs/main"))
  }

  @Test("a snapshot that another tool left in part is completed, by branch and by commit")
  func completes() async throws {
    let plain = ["config.json", "vocab.txt", "model.safetensors"]
    let withoutWeights = Array(Self.needed.subtracting(["model.safetensors"]))
    for paths in [["config.json"], withoutWeights, plain, plain + ["modules.json"]] {
      for model in ["hf:owner/name", "hf:owner/name@" + FakeHub.commit] {
        let fake = FakeHub(files: Self.files)
        try await withHub(fake) { hub, cache in
          try leave(paths, in: cache)
          let found = try await hub.resolve(model)
          let there = try FileManager.default.subpathsOfDirectory(atPath: found.folder)
          #expect(Set(there.filter { $0 != "1_SpladePooling" }) == Self.needed, "\(paths)")
        }
      }
    }
  }

  @Test("of a named commit that was brought the hub is not asked again what else it has")
  func completeCommit() async throws {
    let plain = ["config.json", "vocab.txt", "model.safetensors"]
    let fake = FakeHub(files: Self.files.filter { plain.contains($0.key) })
    try await withHub(fake) { hub, cache in
      try leave(plain, in: cache)
      _ = try await hub.resolve("hf:owner/name@" + FakeHub.commit)
      #expect(fake.requests.count == 1, "another tool did not look for all of it")
      let absent = cache + "/models--owner--name/.no_exist/" + FakeHub.commit + "/modules.json"
      #expect(FileManager.default.contents(atPath: absent)?.isEmpty == true, "as huggingface_hub notes it")
      fake.clearLog()
      _ = try await hub.resolve("hf:owner/name@" + FakeHub.commit)
      #expect(fake.requests.isEmpty)
      _ = try await hub.resolve("hf:owner/name")
      #expect(fake.requests.count == 1, "a branch may have moved")
    }
  }

  @Test("a snapshot in part does not serve without a line, and the error names what is missing")
  func inPart() async throws {
    let shards = Array(
      #"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#.utf8)
    let modules = Array(
      #"[{"type": "x.MLMTransformer", "path": ""}, {"type": "x.SpladePooling", "path": "pool/deep"}]"#.utf8)
    let files = Self.files.merging(["model.safetensors.index.json": shards, "modules.json": modules]) { $1 }
    let all = ["config.json", "vocab.txt", "model.safetensors"]
    let cases: [(paths: [String], missing: String)] = [
      (["config.json"], "tokenizer.json or vocab.txt, model.safetensors or model.safetensors.index.json"),
      (Array(all.dropFirst()), "config.json"),
      (
        ["config.json", "vocab.txt", "model.safetensors.index.json", "model-00001-of-00002.safetensors"],
        "model-00002-of-00002.safetensors"
      ),
      (all + ["modules.json"], "pool/deep/config.json"),
    ]
    for (paths, missing) in cases {
      let fake = FakeHub(files: files, faults: .init(isOffline: true))
      let cache = try TestSupport.temporaryFolder("hub")
      defer { try? FileManager.default.removeItem(atPath: cache) }
      try leave(paths, in: cache, files: files)
      let lacks = " lacks " + missing + ";"
      try await withHub(fake, isOffline: true, cache: cache) { hub, _ in
        for model in ["hf:owner/name", "hf:owner/name@" + FakeHub.commit] {
          let error = await failure(hub, model)
          #expect(error?.code == .noInput)
          #expect(error?.message.contains(lacks) == true, "\(String(describing: error))")
        }
      }
      try await withHub(fake, cache: cache) { hub, _ in
        let error = await failure(hub)
        #expect(error?.code == .tryAgain)
        #expect(error.map { $0.message + ";" }?.contains(lacks) == true, "\(String(describing: error))")
      }
      let closed = ModelHub(settings: HubSettings(cache: cache), transport: { nil })
      #expect(await failure(closed)?.message.contains(lacks) == true)
    }
  }
}
