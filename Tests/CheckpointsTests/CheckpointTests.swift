import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Checkpoints")
struct CheckpointTests {
  static let all = [
    "bert-old-names", "bert-saved-by-6", "bert-sharded", "bert-untied-bf16", "distilbert-sum", "router-inference-free",
  ]

  @Test("every published layout opens and gives each parameter in its shape", arguments: all)
  func opens(_ name: String) throws {
    let checkpoint = try Checkpoint(folder: Fixtures.path(name))
    #expect(checkpoint.name == name)
    for role in checkpoint.architecture.parameters {
      #expect(try checkpoint.floats(role).count == checkpoint.architecture.shape(of: role).reduce(1, *))
    }
    #expect(checkpoint.unusedTensors.isEmpty)
    #expect(checkpoint.architecture.hiddenSize == 16)
    #expect(checkpoint.architecture.layers == 2)
    #expect(checkpoint.architecture.heads == 2)
    #expect(checkpoint.architecture.intermediateSize == 32)
    #expect(checkpoint.architecture.maxPositions == 32)
  }

  @Test("the first layers of a model are a model, whose other layers are unused", arguments: all)
  func firstLayers(_ name: String) throws {
    let whole = try Checkpoint(folder: Fixtures.path(name))
    let first = try whole.keeping(layers: 1)
    #expect(first.architecture.layers == 1)
    #expect(first.architecture.parameters.count == whole.architecture.parameters.count - first.unusedTensors.count)
    #expect(first.unusedTensors.count == ParameterRole.LayerParameter.allCases.count)
    #expect(first.name(of: .layer(0, .keyWeight)) != nil && first.name(of: .layer(1, .keyWeight)) == nil)
    #expect(try whole.keeping(layers: 2).unusedTensors.isEmpty)
    for count in [0, 3] { #expect(throws: ParlanceError.self) { try whole.keeping(layers: count) } }
  }

  @Test("pooling, activation, length, prompts and licence are those of the folder's files")
  func layouts() throws {
    let old = try Checkpoint(folder: Fixtures.path("bert-old-names"))
    #expect(old.head == .spladeMax)
    #expect(old.maxLength == 24)
    #expect(old.architecture.tiesDecoder)
    #expect(old.licence.commercialUse == .forbidden)
    #expect(old.tokenizer.vocabulary != nil && old.tokenizer.tokenizerJSON != nil)
    #expect(old.tokenizer.configuration.lowercase == true)

    let distil = try Checkpoint(folder: Fixtures.path("distilbert-sum"))
    #expect(distil.architecture.family == .distilBERT)
    #expect(distil.architecture.tokenTypes == 0)
    #expect(distil.head == SparseHead(pooling: .sum, activation: .relu))
    #expect(distil.prompts == Prompts(query: "how ", passage: "the "))
    #expect(distil.licence.commercialUse == .allowed)
    #expect(distil.tokenizer.tokenizerJSON == nil)

    let new = try Checkpoint(folder: Fixtures.path("bert-saved-by-6"))
    #expect(new.maxLength == 32)
    #expect(new.head == .spladeMax)

    let untied = try Checkpoint(folder: Fixtures.path("bert-untied-bf16"))
    #expect(!untied.architecture.tiesDecoder)
    #expect(untied.name(of: .decoderBias) == "cls.predictions.decoder.bias")
    #expect(untied.licence.name == nil)

    let router = try Checkpoint(folder: Fixtures.path("router-inference-free"))
    #expect(router.head == SparseHead(pooling: .max, activation: .log1pReLU))
    let queries = try #require(router.staticQueries)
    #expect(queries.weights.count == router.architecture.vocabularySize)
    #expect(queries.weights[..<8].allSatisfy { $0 == 0 })
  }

  @Test(
    "the prompts are those of encode_query and encode_document, which no other prompt stands in for",
    arguments: [
      (#"{"query": "q: ", "document": "d: "}"#, "null", Prompts(query: "q: ", passage: "d: ")),
      (#"{"query": "q: ", "passage": "p: ", "corpus": "c: "}"#, "null", Prompts(query: "q: ")),
      (#"{"document": "", "passage": "p: "}"#, #""passage""#, Prompts()),
      (#"{"retrieval": "r: "}"#, #""retrieval""#, Prompts()),
      (#"{"query": null}"#, "null", Prompts()), ("null", "null", Prompts()),
    ])
  func prompts(declared: String, standard: String, expected: Prompts) throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Fixtures.write(
      #"{"prompts": \#(declared), "default_prompt_name": \#(standard)}"#,
      to: folder + "/config_sentence_transformers.json")
    #expect(try Checkpoint(folder: folder).prompts == expected)
  }

  @Test("the same model stored in one file and in shards is the same numbers")
  func shards() throws {
    let whole = try Checkpoint(folder: Fixtures.path("bert-old-names"))
    let sharded = try Checkpoint(folder: Fixtures.path("bert-sharded"))
    #expect(sharded.tensors.files.count == 3)
    for role in whole.architecture.parameters {
      #expect(try whole.floats(role) == sharded.floats(role))
    }
  }

  @Test("the demo model opens with its 4.4 million parameters", .enabled(if: TestSupport.demoModel != nil))
  func demoModel() throws {
    let checkpoint = try Checkpoint(folder: try #require(TestSupport.demoModel))
    #expect(checkpoint.architecture.vocabularySize == 30522)
    #expect(checkpoint.architecture.parameterCount == 4_416_698)
    #expect(checkpoint.name(of: .decoderWeight) == checkpoint.name(of: .wordEmbeddings))
    #expect(checkpoint.maxLength == 512)
  }

  @Test("what opening needs and a folder lacks is named, file by file", arguments: all)
  func missingFiles(_ name: String) throws {
    let folder = try Fixtures.copy(of: name)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try Checkpoint.missingFiles(in: folder) == [])
    let alternatives = [["tokenizer.json", "vocab.txt"], ["model.safetensors", "model.safetensors.index.json"]]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.contains(".") {
      try FileManager.default.moveItem(atPath: folder + "/" + path, toPath: folder + "/aside")
      let missing = try Checkpoint.missingFiles(in: folder)
      let opens = Fixtures.failure { () throws(ParlanceError) in _ = try Checkpoint(folder: folder) } == nil
      if missing.isEmpty {
        // A plain transformers model opens without what sentence-transformers adds.
        #expect(opens, "\(path)")
      } else {
        #expect(!opens && missing.count == 1 && missing[0].contains(path), "\(path): \(missing)")
        let names = missing[0].map { $0.split(separator: "/").last.map(String.init) ?? "" }
        #expect(names.count == 1 || names[0].hasPrefix("sentence_") || alternatives.contains(names), "\(names)")
      }
      try FileManager.default.moveItem(atPath: folder + "/aside", toPath: folder + "/" + path)
    }
    let config = FileManager.default.contents(atPath: folder + "/config.json")
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: folder + "/config.json", contents: config))
    #expect(try Checkpoint.missingFiles(in: folder) == alternatives)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var what: String
    var fixture = "bert-old-names"
    var code = ParlanceError.Code.badInput
    var says: String
    var damage: @Sendable (String) throws -> Void
    var testDescription: String { what }

    /// Replaces text in a file of the folder.
    static func edit(_ file: String, _ old: String, _ new: String) -> @Sendable (String) throws -> Void {
      { folder in
        let path = folder + "/" + file
        let text = try String(contentsOfFile: path, encoding: .utf8)
        precondition(text.contains(old), "the fixture has no \(old)")
        try Fixtures.write(text.replacingOccurrences(of: old, with: new), to: path)
      }
    }

    static func remove(_ files: String...) -> @Sendable (String) throws -> Void {
      { folder in for file in files { try FileManager.default.removeItem(atPath: folder + "/" + file) } }
    }
  }

  static let broken: [Broken] = [
    .init(what: "no config", code: .noInput, says: "config.json", damage: Broken.remove("config.json")),
    .init(what: "no weights", code: .noInput, says: "model.safetensors", damage: Broken.remove("model.safetensors")),
    .init(
      what: "pickled weights only", code: .noInput, says: "safe_serialization=True",
      damage: { folder in
        try FileManager.default.moveItem(atPath: folder + "/model.safetensors", toPath: folder + "/pytorch_model.bin")
      }),
    .init(
      what: "no tokenizer", code: .noInput, says: "tokenizer.json or vocab.txt",
      damage: Broken.remove("tokenizer.json", "vocab.txt")),
    .init(what: "config that is no JSON", says: "expected", damage: Broken.edit("config.json", "{", "[")),
    .init(
      what: "RoBERTa, as ibm-granite's", says: "RobertaForMaskedLM; Parlance reads",
      damage: Broken.edit("config.json", "BertForMaskedLM", "RobertaForMaskedLM")),
    .init(
      what: "a model without a head", says: "no masked-language-model head",
      damage: Broken.edit("config.json", "BertForMaskedLM", "BertModel")),
    .init(
      what: "an odd number of heads", says: "not a multiple",
      damage: Broken.edit("config.json", #""num_attention_heads": 2"#, #""num_attention_heads": 3"#)),
    .init(
      what: "a size of nought", says: "`num_hidden_layers`",
      damage: Broken.edit("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 0"#)),
    .init(
      what: "an unknown activation", says: "swish_9",
      damage: Broken.edit("config.json", #""hidden_act": "gelu""#, #""hidden_act": "swish_9""#)),
    .init(
      what: "more layers than weights", says: "no `bert.encoder.layer.2",
      damage: Broken.edit("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#)),
    .init(
      what: "another width than the weights", says: "has the shape",
      damage: Broken.edit("config.json", #""intermediate_size": 32"#, #""intermediate_size": 64"#)),
    .init(
      what: "an untied decoder that is not there", says: "cls.predictions.decoder.weight",
      damage: Broken.edit("config.json", #""tie_word_embeddings": true"#, #""tie_word_embeddings": false"#)),
    .init(
      what: "a dense model", says: "a dense model",
      damage: Broken.edit(
        "modules.json", "sentence_transformers.sparse_encoder.models.SpladePooling",
        "sentence_transformers.models.Pooling")),
    .init(
      what: "a module path that leaves the folder", says: "leaves the model's folder",
      damage: Broken.edit("modules.json", #""path": "1_SpladePooling""#, #""path": "../other""#)),
    .init(
      what: "an unknown pooling", says: "max or sum",
      damage: Broken.edit("1_SpladePooling/config.json", #""max""#, #""mean""#)),
    .init(
      what: "an unknown head activation", says: "relu or log1p_relu",
      damage: Broken.edit("1_SpladePooling/config.json", #""relu""#, #""elu""#)),
    .init(
      what: "pooling configuration missing", code: .noInput, says: "No such file",
      damage: Broken.remove("1_SpladePooling/config.json")),
    .init(
      what: "a length that is none", says: "max_seq_length",
      damage: Broken.edit("sentence_bert_config.json", "24", "-1")),
    .init(
      what: "another task", fixture: "bert-saved-by-6", says: "feature-extraction",
      damage: Broken.edit("sentence_bert_config.json", "fill-mask", "feature-extraction")),
    .init(
      what: "a shard missing", fixture: "bert-sharded", code: .noInput, says: "is missing",
      damage: Broken.remove("model-00002-of-00003.safetensors")),
    .init(
      what: "a shard of another folder", fixture: "bert-sharded", says: "not the name of a safetensors file",
      damage: Broken.edit("model.safetensors.index.json", "model-00002", "../model-00002")),
    .init(
      what: "tensors in the wrong shard", fixture: "bert-sharded", says: "and is not",
      damage: Broken.edit("model.safetensors.index.json", "model-00002-of", "model-00001-of")),
    .init(
      what: "a router without documents", fixture: "router-inference-free", says: "no route `document`",
      damage: Broken.edit("router_config.json", #""document": ["#, #""paper": ["#)),
    .init(
      what: "a router whose queries are encoded otherwise", fixture: "router-inference-free",
      says: "the model is SparseAutoEncoder; Parlance reads MLMTransformer + SpladePooling",
      damage: Broken.edit(
        "router_config.json", "SparseStaticEmbedding.SparseStaticEmbedding", "SparseAutoEncoder.SparseAutoEncoder")),
    .init(
      what: "a table for queries and no modules that say so", fixture: "bert-sharded",
      says: "idf.json weighs the words of queries, and there is no modules.json",
      damage: { folder in try Fixtures.write("{}", to: folder + "/idf.json") }),
    .init(
      what: "query weights in a file that the configuration names", fixture: "router-inference-free",
      says: "`path` has the weights of queries in owner/name/idf.json",
      damage: { folder in
        try FileManager.default.removeItem(atPath: folder + "/query_0_SparseStaticEmbedding/model.safetensors")
        try Fixtures.write(
          #"{"frozen": true, "path": "owner/name/idf.json"}"#,
          to: folder + "/query_0_SparseStaticEmbedding/config.json")
      }),
    .init(
      what: "pickled query weights", fixture: "router-inference-free", code: .noInput,
      says: "from sentence_transformers import SparseEncoder; SparseEncoder('",
      damage: { folder in
        let query = folder + "/query_0_SparseStaticEmbedding/"
        try FileManager.default.moveItem(atPath: query + "model.safetensors", toPath: query + "pytorch_model.bin")
      }),
    .init(
      what: "query weights that are not finite", fixture: "router-inference-free",
      says: "the weight of piece 9 in queries is nan",
      damage: { folder in
        let writer = try SafetensorsWriter(
          path: folder + "/query_0_SparseStaticEmbedding/model.safetensors",
          tensors: [.init(name: "weight", shape: [103])])
        try writer.append((0..<103).map { $0 == 9 ? Float.nan : 1 })
        try writer.finish()
      }),
    .init(
      what: "query weights of another vocabulary", fixture: "router-inference-free", says: "one for each piece",
      damage: { folder in
        let writer = try SafetensorsWriter(
          path: folder + "/query_0_SparseStaticEmbedding/model.safetensors",
          tensors: [.init(name: "weight", shape: [3])])
        try writer.append([1, 2, 3])
        try writer.finish()
      }),
  ]

  @Test("each broken checkpoint is refused with what is wrong", arguments: broken)
  func refuses(_ case: Broken) throws {
    let folder = try Fixtures.copy(of: `case`.fixture)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try `case`.damage(folder)
    let error = Fixtures.failure { () throws(ParlanceError) in _ = try Checkpoint(folder: folder) }
    #expect(error?.code == `case`.code, "\(String(describing: error))")
    #expect(error?.message.contains(`case`.says) == true, "\(String(describing: error))")
    #expect(error?.location?.file.hasPrefix(folder) == true)
  }

  @Test("prefixes of wrappers and of none are found", arguments: ["", "module.bert.", "model.bert."])
  func prefixes(_ prefix: String) throws {
    let source = try Checkpoint(folder: Fixtures.path("bert-sharded"))
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let outer = prefix.hasSuffix("bert.") ? String(prefix.dropLast(5)) : prefix
    let entries = source.tensors.entries
    let writer = try SafetensorsWriter(
      path: folder + "/model.safetensors",
      tensors: entries.map {
        .init(name: $0.name.hasPrefix("bert.") ? prefix + $0.name.dropFirst(5) : outer + $0.name, shape: $0.shape)
      })
    for entry in entries { try writer.append(try source.tensors.floats(named: entry.name)) }
    try writer.finish()
    let checkpoint = try Checkpoint(folder: folder)
    for role in checkpoint.architecture.parameters { #expect(try checkpoint.floats(role) == source.floats(role)) }
  }

  @Test("the name of a model in a hub cache is its owner and name, which tell the licence")
  func hubNames() throws {
    let root = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/models--naver--splade--x/snapshots/0123abcd"
    try FileManager.default.createDirectory(
      atPath: root + "/models--naver--splade--x/snapshots", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Fixtures.path("bert-old-names"), toPath: folder)
    try FileManager.default.removeItem(atPath: folder + "/README.md")
    let checkpoint = try Checkpoint(folder: folder)
    #expect(checkpoint.name == "naver/splade--x")
    #expect(checkpoint.licence == Licence(name: "cc-by-nc-sa-4.0", source: .owner))
    #expect(checkpoint.licence.summary.contains("NOT for commercial use"))
  }
}
