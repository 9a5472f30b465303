import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ModelHub

@Suite("The model hub")
struct ModelHubTests {
  static let files: [String: [UInt8]] = [
    "config.json": Array("{}".utf8),
    "README.md": Array("---\nlicense: mit\n---\n".utf8),
    "vocab.txt": Array("[PAD]\n".utf8),
    "modules.json": Array("[]".utf8),
    "1_SpladePooling/config.json": Array(#"{"a":1}"#.utf8),
    "tokenizer_config.json": Array(#"{"b":1}"#.utf8),
    "sentence_bert_config.json": Array(#"{"c":1}"#.utf8),
    "config_sentence_transformers.json": Array(#"{"d":1}"#.utf8),
    "model.safetensors": (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) },
    "pytorch_model.bin": [1], "onnx/model.onnx": [2], "onnx/config.json": [3], "training_args.bin": [4],
    "../evil": [5], "model-00001-of-00002.safetensors": [6],
  ]
  static let needed: Set<String> = [
    "config.json", "README.md", "vocab.txt", "modules.json", "1_SpladePooling/config.json", "model.safetensors",
    "tokenizer_config.json", "sentence_bert_config.json", "config_sentence_transformers.json",
  ]

  /// A hub with an empty cache in a folder of its own.
  func withHub(
    _ fake: FakeHub, token: String? = "hf_secret", isOffline: Bool = false, cache: String? = nil,
    _ body: (ModelHub, String) async throws -> Void
  ) async throws {
    let folder = try cache ?? TestSupport.temporaryFolder("hub")
    defer { if cache == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let settings = HubSettings(cache: folder, endpoint: FakeHub.endpoint, token: token, isOffline: isOffline)
    try await body(ModelHub(settings: settings, transport: { fake }), folder)
  }

  func failure(_ hub: ModelHub, _ model: String = "hf:owner/name") async -> ParlanceError? {
    do throws(ParlanceError) {
      _ = try await hub.resolve(model)
      return nil
    } catch {
      return error
    }
  }

  @Test("of a student's repository its declaration, its gate and the models inside it are brought, and nothing else")
  func studentFiles() {
    let needed = [
      "README.md", "added_tokens.json", "config.json", "document/1_SpladePooling/config.json", "document/config.json",
      "frozen/config.json",
      "least_weights.safetensors", "model.safetensors", "parlance.json", "passages/1_SpladePooling/config.json",
      "passages/config.json", "passages/model.safetensors", "query/frozen/model.safetensors",
      "query/frozen/tokenizer.json", "query/gate.safetensors", "query/parlance.json",
      "query_1_SpladePooling/config.json",
      "router_config.json",
    ]
    let others = [
      "parlance_student.py", "frozen/notes.txt", "passages/passages.jsonl", "onnx/model.safetensors",
      "query/onnx/config.json", "query/1_SpladePooling/extra/config.json", "runs/query/config.json",
      "../query/config.json",
      "frozen/../config.json",
    ]
    #expect(NeededFiles.select(from: (needed + others).shuffled()).sorted() == needed)
  }

  @Test("only the needed files are brought, into blobs that snapshots link to")
  func brings() async throws {
    let fake = FakeHub(files: Self.files)
    try await withHub(fake) { hub, cache in
      let model = try await hub.resolve("hf:owner/name")
      #expect(model.folder == cache + "/models--owner--name/snapshots/" + FakeHub.commit)
      #expect(model.name == "owner/name" && model.commit == FakeHub.commit && !model.isUnchecked)
      #expect(model.notes.isEmpty)
      for path in Self.needed {
        #expect(FileManager.default.contents(atPath: model.folder + "/" + path).map(Array.init) == Self.files[path])
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: model.folder + "/" + path)
        #expect(target.hasPrefix(path.contains("/") ? "../../../blobs/" : "../../blobs/"))
      }
      let found = try FileManager.default.subpathsOfDirectory(atPath: model.folder)
      #expect(Set(found.filter { $0 != "1_SpladePooling" }) == Self.needed)
      #expect(try String(contentsOfFile: cache + "/models--owner--name/refs/main", encoding: .utf8) == FakeHub.commit)
      let blobs = try FileManager.default.contentsOfDirectory(atPath: cache + "/models--owner--name/blobs")
      #expect(blobs.count == Self.needed.count && !blobs.contains { $0.hasSuffix(".incomplete") })
      #expect(blobs.contains(SHA256.digest(of: Self.files["model.safetensors"] ?? []).hexadecimal))

      fake.clearLog()
      _ = try await hub.resolve("hf:owner/name")
      #expect(fake.requests.map(\.method) == ["GET"], "a whole snapshot only costs the question which commit is meant")
      fake.clearLog()
      _ = try await hub.resolve("hf:owner/name@" + FakeHub.commit)
      #expect(fake.requests.isEmpty, "a commit never changes")
    }
  }

  @Test("the passage encoder that learned with a student comes with it, and its absence is seen in the cache")
  func learnedPassages() async throws {
    let declaration = """
      {"parlance_student": 1, "passage_space": {"digest": "d", "name": "n"}, "form": "conversation"}
      """
    var files = Self.files.filter { !$0.key.hasPrefix("model-") && $0.key != "../evil" }
    files["parlance.json"] = Array(declaration.utf8)
    for name in ["config.json", "vocab.txt", "model.safetensors"] { files["passages/" + name] = Self.files[name] }
    let fake = FakeHub(files: files)
    let cache = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: cache) }
    try await withHub(fake, cache: cache) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      for name in ["config.json", "vocab.txt", "model.safetensors"] {
        let content = FileManager.default.contents(atPath: model.folder + "/passages/" + name).map(Array.init)
        #expect(content == Self.files[name])
      }
      try FileManager.default.removeItem(atPath: model.folder + "/passages/model.safetensors")
    }
    try await withHub(fake, isOffline: true, cache: cache) { hub, _ in
      #expect(await failure(hub)?.message.contains("lacks passages/model.safetensors") == true)
    }
    try await withHub(fake, cache: cache) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      #expect(FileManager.default.fileExists(atPath: model.folder + "/passages/model.safetensors"))
    }
  }

  @Test("the token goes to the hub and to no other host")
  func token() async throws {
    let fake = FakeHub(files: Self.files)
    try await withHub(fake) { hub, _ in
      _ = try await hub.resolve("hf:owner/name")
      #expect(fake.requests.contains { $0.url.hasPrefix(FakeHub.storage) })
      for request in fake.requests {
        #expect(request.authorization == (request.url.hasPrefix(FakeHub.endpoint + "/") ? "Bearer hf_secret" : nil))
      }
    }
  }

  @Test("a broken download goes on where it stopped")
  func resumes() async throws {
    let fake = FakeHub(files: Self.files, faults: .init(breaksAfter: [3500, 2000]))
    try await withHub(fake) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      let content = FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init)
      #expect(content == Self.files["model.safetensors"])
      let ranges = fake.requests.filter { $0.url.hasPrefix(FakeHub.storage) && $0.method == "GET" }.map(\.range)
      #expect(ranges == [nil, "bytes=3500-", "bytes=5500-"])
    }
  }

  @Test("a download that broke off goes on at a new address when the old one has expired")
  func expired() async throws {
    let fake = FakeHub(files: Self.files, faults: .init(breaksAfter: [3500], expiry: .whenBroken))
    try await withHub(fake) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      let content = FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init)
      #expect(content == Self.files["model.safetensors"])
      let reads = fake.requests.filter { $0.url.hasPrefix(FakeHub.storage) && $0.method == "GET" }
      #expect(reads.map(\.range) == [nil, "bytes=3500-"])
      #expect(reads.map { String($0.url.suffix(2)) } == ["=1", "=2"])
    }
  }

  @Test("a storage that refuses every address is asked again later, and no terms are to be accepted")
  func refusingStorage() async throws {
    let fake = FakeHub(files: Self.files, faults: .init(expiry: .atOnce))
    try await withHub(fake) { hub, cache in
      let client = HubClient(settings: hub.settings, transport: fake)
      var download = HubDownload(client: client, cache: HubCache(root: cache, repository: "owner/name"))
      download.pause = .milliseconds(1)
      let error = await #expect(throws: ParlanceError.self) {
        try await download.bring(
          "model.safetensors", of: HubName("hf:owner/name"), commit: FakeHub.commit, progress: nil, interruption: nil)
      }
      #expect(error?.code == .tryAgain)
      #expect(
        error?.message.contains("the hub's storage refuses model.safetensors") == true, "\(String(describing: error))")
      let methods = fake.requests.map(\.method)
      #expect(
        methods == Array([[String]](repeating: ["HEAD", "GET"], count: 5).joined()), "a new address for each try")
    }
  }

  @Test("a size that none can be is as good as none", arguments: ["\(Int.min)", "-1", "many", ""])
  func impossibleSizes(size: String) async throws {
    let fake = FakeHub(files: Self.files, faults: .init(breaksAfter: [3500], statedSize: size))
    try await withHub(fake) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      let content = FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init)
      #expect(content == Self.files["model.safetensors"])
    }
  }

  @Test("a download that an earlier process left goes on, and a storage that ignores ranges begins again")
  func goesOn() async throws {
    for ignoresRange in [false, true] {
      let fake = FakeHub(files: Self.files, faults: .init(ignoresRange: ignoresRange))
      try await withHub(fake) { hub, cache in
        let content = Self.files["model.safetensors"] ?? []
        let blobs = cache + "/models--owner--name/blobs"
        try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        let partial = blobs + "/" + SHA256.digest(of: content).hexadecimal + ".incomplete"
        try Data(content[..<1234]).write(to: URL(fileURLWithPath: partial))
        let model = try await hub.resolve("hf:owner/name")
        #expect(FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init) == content)
        #expect(fake.requests.contains { $0.range == "bytes=1234-" })
      }
    }
  }

  @Test("an answer of 5xx is tried again")
  func trouble() async throws {
    let fake = FakeHub(files: Self.files)
    try await withHub(fake) { hub, _ in
      // The list is asked once: there a failure is told at once. Files are tried again.
      _ = try await hub.resolve("hf:owner/name")
    }
    let again = FakeHub(files: Self.files)
    try await withHub(again) { hub, cache in
      let client = HubClient(settings: hub.settings, transport: again)
      var download = HubDownload(client: client, cache: HubCache(root: cache, repository: "owner/name"))
      download.pause = .milliseconds(1)
      again.faults.withLock { $0.statuses = [503, 500, 502] }
      try await download.bring(
        "vocab.txt", of: HubName("hf:owner/name"), commit: FakeHub.commit, progress: nil, interruption: nil)
      again.faults.withLock { $0.statuses = [503, 503, 503, 503, 503] }
      await #expect(throws: ParlanceError.self) {
        try await download.bring(
          "README.md", of: HubName("hf:owner/name"), commit: FakeHub.commit, progress: nil, interruption: nil)
      }
    }
  }

  @Test("bytes with another hash than the hub names are thrown away")
  func damaged() async throws {
    let fake = FakeHub(files: Self.files, faults: .init(damages: true))
    try await withHub(fake) { hub, cache in
      let error = await failure(hub)
      #expect(error?.code == .tryAgain)
      #expect(error?.message.contains("arrived damaged") == true)
      let blobs = try FileManager.default.contentsOfDirectory(atPath: cache + "/models--owner--name/blobs")
      #expect(!blobs.contains(SHA256.digest(of: Self.files["model.safetensors"] ?? []).hexadecimal))
      #expect(!blobs.contains { $0.hasSuffix(".incomplete") })
      #expect(!FileManager.default.fileExists(atPath: cache + "/models--owner--name/refs/main"))
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var status: Int
    var errorCode: String?
    var code: ParlanceError.Code
    var says: String
    var testDescription: String { "\(status) \(errorCode ?? "")" }
  }

  @Test(
    "each refusal of the hub is told in words",
    arguments: [
      Refusal(status: 401, errorCode: nil, code: .noInput, says: "HF_TOKEN"),
      Refusal(status: 401, errorCode: "GatedRepo", code: .noInput, says: "accept the model's terms"),
      Refusal(status: 403, errorCode: nil, code: .noInput, says: "accept the model's terms"),
      Refusal(status: 404, errorCode: nil, code: .noInput, says: "the hub has no hf:owner/name"),
      Refusal(status: 404, errorCode: "RevisionNotFound", code: .noInput, says: "no such revision"),
      Refusal(status: 429, errorCode: nil, code: .tryAgain, says: "too many requests"),
      Refusal(status: 500, errorCode: nil, code: .tryAgain, says: "in trouble (500)"),
      Refusal(status: 418, errorCode: nil, code: .unavailable, says: "418"),
    ])
  func refusals(_ refusal: Refusal) async throws {
    let fake = FakeHub(files: Self.files, faults: .init(statuses: [refusal.status], errorCode: refusal.errorCode))
    try await withHub(fake) { hub, _ in
      let error = await failure(hub)
      #expect(error?.code == refusal.code)
      #expect(error?.message.contains(refusal.says) == true, "\(String(describing: error))")
    }
  }

  @Test("a model with pickled weights alone is refused before anything is fetched, with how to convert it")
  func pickles() async throws {
    var files = Self.files
    files["model.safetensors"] = nil
    files["model-00001-of-00002.safetensors"] = nil
    let fake = FakeHub(files: files)
    try await withHub(fake) { hub, cache in
      let error = await failure(hub)
      #expect(error?.code == .noInput)
      #expect(error?.message.contains("save_pretrained") == true)
      #expect(fake.requests.count == 1)
      let left = try FileManager.default.contentsOfDirectory(atPath: cache)
      #expect(left.isEmpty)
    }
  }

  /// A repository that has a model's parts in folders and none at its root.
  struct Tree: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String: [UInt8]]

    init(_ what: String, module: String, texts: [String: String], models: [String]) {
      testDescription = what
      var files = texts.mapValues { Array($0.utf8) }
      files["modules.json"] = Array(#"[{"idx": 0, "name": "0", "path": "", "type": "\#(module)"}]"#.utf8)
      for model in models {
        for name in ["config.json", "vocab.txt", "model.safetensors"] {
          files[model + "/" + name] = ModelHubTests.files[name]
        }
      }
      self.files = files
    }
  }

  static let types = "sentence_transformers.sparse_encoder.models"
  static let savedRouter = Tree(
    "a router that sentence-transformers saved", module: "sentence_transformers.models.Router",
    texts: [
      "router_config.json": """
      {"types": {"query_0_SparseStaticEmbedding": "\(types).SparseStaticEmbedding",
       "document_0_MLMTransformer": "\(types).MLMTransformer", "document_1_SpladePooling": "\(types).SpladePooling"},
       "structure": {"query": ["query_0_SparseStaticEmbedding"],
       "document": ["document_0_MLMTransformer", "document_1_SpladePooling"]}, "parameters": {}}
      """,
      "document_1_SpladePooling/config.json": "{}", "document_0_MLMTransformer/sentence_bert_config.json": "{}",
    ], models: ["query_0_SparseStaticEmbedding", "document_0_MLMTransformer"])

  static let trees = [
    savedRouter,
    Tree(
      "an exported student", module: "sentence_transformers.models.Router",
      texts: [
        "router_config.json": """
        {"types": {"query": "\(types).MLMTransformer", "query_1_SpladePooling": "\(types).SpladePooling",
         "document": "\(types).MLMTransformer", "document_1_SpladePooling": "\(types).SpladePooling"},
         "structure": {"query": ["query", "query_1_SpladePooling"], "document": ["document", "document_1_SpladePooling"]},
         "parameters": {}}
        """,
        "query_1_SpladePooling/config.json": "{}", "document_1_SpladePooling/config.json": "{}",
      ], models: ["query", "document"]),
    Tree(
      "an exported residual student", module: "parlance_student.ParlanceStudent",
      texts: [
        "query/parlance.json": """
        {"parlance_student": 1, "passage_space": {"digest": "d", "name": "n"}, "form": "conversation",
         "residual": {"gate": 0.5}}
        """
      ], models: ["query", "query/frozen"]),
  ]

  @Test("a model whose parts lie in folders is brought, without a config.json at its root", arguments: trees)
  func inFolders(_ tree: Tree) async throws {
    let fake = FakeHub(files: tree.files.merging(["onnx/model.onnx": [1]]) { $1 })
    try await withHub(fake) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      for (path, content) in tree.files {
        #expect(FileManager.default.contents(atPath: model.folder + "/" + path).map(Array.init) == content, "\(path)")
      }
      #expect(!FileManager.default.fileExists(atPath: model.folder + "/onnx"))
      fake.clearLog()
      _ = try await hub.resolve("hf:owner/name@" + FakeHub.commit)
      #expect(fake.requests.isEmpty, "what the commit does not have is known")
    }
  }

  @Test("pickled weights of one part are refused with what converts the whole")
  func pickledPart() async throws {
    var files = Self.savedRouter.files
    files["query_0_SparseStaticEmbedding/model.safetensors"] = nil
    files["query_0_SparseStaticEmbedding/pytorch_model.bin"] = [1]
    try await withHub(FakeHub(files: files)) { hub, _ in
      let error = await failure(hub)
      #expect(error?.code == .noInput)
      #expect(error?.message.contains("(query_0_SparseStaticEmbedding/pytorch_model.bin)") == true, "\(error as Any)")
      #expect(error?.message.contains("SparseEncoder('owner/name').save_pretrained") == true, "\(error as Any)")
    }
  }

  @Test("a table for queries without modules.json is refused before anything is fetched; beside it, it is passed over")
  func looseTable() async throws {
    var files = Self.files.merging(["idf.json": Array("{}".utf8)]) { $1 }
    try await withHub(FakeHub(files: files)) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      #expect(!FileManager.default.fileExists(atPath: model.folder + "/idf.json"))
    }
    files["modules.json"] = nil
    let fake = FakeHub(files: files)
    try await withHub(fake) { hub, _ in
      let error = await failure(hub)
      #expect(error?.code == .badInput && error?.message.contains("idf.json weighs the words") == true)
      #expect(fake.requests.count == 1)
    }
  }

  @Test("modules in folders that only modules.json tells are brought; a repository without them is refused")
  func deepModules() async throws {
    let modules = Array(
      #"[{"type": "x.MLMTransformer", "path": ""}, {"type": "x.SpladePooling", "path": "pool/deep"}]"#.utf8)
    var files = Self.files.merging(["modules.json": modules, "pool/deep/config.json": [7]]) { $1 }
    try await withHub(FakeHub(files: files)) { hub, _ in
      let model = try await hub.resolve("hf:owner/name")
      #expect(FileManager.default.contents(atPath: model.folder + "/pool/deep/config.json") == Data([7]))
    }
    files["pool/deep/config.json"] = nil
    try await withHub(FakeHub(files: files)) { hub, _ in
      let error = await failure(hub)
      #expect(error?.code == .noInput && error?.message.contains("has no pool/deep/config.json") == true)
    }
  }

  @Test("a renamed repository is followed, its list and its files, and a redirect in a circle ends")
  func renamed() async throws {
    let fake = FakeHub(files: Self.files)
    try await withHub(fake) { hub, _ in
      let model = try await hub.resolve("hf:old/name")
      let there = try FileManager.default.subpathsOfDirectory(atPath: model.folder)
      #expect(Set(there.filter { $0 != "1_SpladePooling" }) == Self.needed)
      #expect(fake.requests.contains { $0.url.hasPrefix(FakeHub.endpoint + "/api/models/owner/name/") })
      let error = await failure(hub, "hf:round/about")
      #expect(error?.code == .unavailable && error?.message.contains("too many redirects") == true)
    }
  }

  @Test(
    "names that are none are refused",
    arguments: [
      "hf:", "hf:/", "hf:a/b/c", "hf:a/", "hf:../x", "hf:a/..", "hf:a b/c", "hf:a/b@", "hf:a/b@..", "hf:a/b@x/../y",
      "hf:a/b@x//y", "hf:é/x", "hf:a--b/c",
    ])
  func names(_ text: String) async {
    let hub = ModelHub(settings: HubSettings(cache: "/nowhere"), transport: { nil })
    #expect(await failure(hub, text)?.code == .usage)
  }

  @Test("revisions of branches, tags and pull requests are kept apart from names")
  func revisions() throws {
    #expect(try HubName("hf:a/b").revision == "main")
    #expect(try HubName("hf:a/b@refs/pr/3").revision == "refs/pr/3")
    #expect(try HubName("hf:bert-base-uncased@v1.0").repository == "bert-base-uncased")
    #expect(try HubName("hf:a/b@" + FakeHub.commit).isCommit)
  }

  @Test("a folder is taken as it is, a missing one is told, and an owner/name gets a hint")
  func folders() async throws {
    let folder = try TestSupport.temporaryFolder("model")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let hub = ModelHub(settings: HubSettings(cache: "/nowhere"), transport: { nil })
    let model = try await hub.resolve(folder)
    #expect(model == .init(folder: folder))
    #expect(await failure(hub, folder + "/none")?.code == .noInput)
    #expect(await failure(hub, "naver/splade-v3")?.message.contains("hf:naver/splade-v3") == true)
    try Data().write(to: URL(fileURLWithPath: folder + "/file"))
    #expect(await failure(hub, folder + "/file")?.message.contains("this is a file") == true)
  }

  @Test("the environment is read as the Python library reads it")
  func environment() throws {
    let home = try TestSupport.temporaryFolder("home")
    defer { try? FileManager.default.removeItem(atPath: home) }
    var settings = HubSettings(environment: ["HOME": home])
    #expect(settings == HubSettings(cache: home + "/.cache/huggingface/hub"))
    settings = HubSettings(environment: ["HOME": home, "XDG_CACHE_HOME": "/x"])
    #expect(settings.cache == "/x/huggingface/hub")
    try Data("hf_file\n".utf8).write(to: URL(fileURLWithPath: home + "/token"))
    settings = HubSettings(environment: ["HOME": "/none", "HF_HOME": home, "HF_ENDPOINT": "http://h:1//"])
    #expect(settings == HubSettings(cache: home + "/hub", endpoint: "http://h:1", token: "hf_file"))
    settings = HubSettings(environment: [
      "HOME": home, "HF_HUB_CACHE": "~/c", "HF_TOKEN": " t ", "HF_HUB_OFFLINE": "yes",
    ])
    #expect(settings == HubSettings(cache: home + "/c", token: "t", isOffline: true))
    #expect(!HubSettings(environment: ["HF_HUB_OFFLINE": "0"]).isOffline)
  }

  @Test("git's hash of a blob is git's")
  func gitHash() {
    // echo -n "" | git hash-object --stdin; echo "hello" | git hash-object --stdin
    #expect(GitBlobHash.hexadecimal(of: [UInt8]().rawSpan) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    #expect(GitBlobHash.hexadecimal(of: Array("hello\n".utf8).rawSpan) == "ce013625030ba8dba906f756967f9e9ca394464a")
    let long = [UInt8](repeating: 0x61, count: 1000)
    #expect(GitBlobHash.hexadecimal(of: long.rawSpan).count == 40)
  }
}
