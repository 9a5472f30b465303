import Diagnostics
import StrictJSON

/// What `modules.json` and the files it names say about a checkpoint: sentence-transformers' layout of a SparseEncoder.
///
/// Both generations of module names are read: `sentence_transformers.sparse_encoder.models.MLMTransformer` (5.x) and
/// `sentence_transformers.base.modules.transformer.Transformer` with the task `fill-mask` (6.x). A folder without
/// `modules.json` is a plain transformers checkpoint and is taken as SPLADE-max.
struct SentenceTransformersLayout {
  /// The folder of `config.json` and the weights, relative to the checkpoint's; empty for the checkpoint's own.
  var transformerPath = ""
  var head = SparseHead.spladeMax
  /// The folder of the query side's token weights in an asymmetric model (Router).
  var staticQueryPath: String?
  /// What is put before every query and every passage.
  var prompts = Prompts()
  /// `max_seq_length` of `sentence_bert_config.json`.
  var maxLength: Int?
  /// Whether the text is lower-cased before it is tokenised.
  var lowercasesText = false

  /// One module of `modules.json` or `router_config.json`.
  private struct Module {
    /// The last part of the type's name, such as `SpladePooling`.
    let kind: String
    let path: String
  }

  init(folder: String) throws(ParlanceError) {
    let file = folder + "/modules.json"
    guard let node = try FolderFile.jsonIfPresent(file) else { return }
    guard let list = node.array else {
      throw ParlanceError(.badInput, "expected a list of modules, found \(node.kind)", at: .init(file: file))
    }
    var modules: [Module] = []
    for entry in list {
      guard let type = entry["type"]?.string, let path = entry["path"]?.string else {
        throw ParlanceError(.badInput, "each module needs the strings `type` and `path`", at: .init(file: file))
      }
      modules.append(try Self.module(type: type, path: path, file: file))
    }
    if modules.count == 1, modules[0].kind == "Router" || modules[0].kind == "Asym" {
      modules = try route(folder: folder, under: modules[0].path)
    }
    try take(modules, folder: folder, file: file)
    prompts = try Prompts(folder: folder)
  }

  private static func module(type: String, path: String, file: String) throws(ParlanceError) -> Module {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if path.hasPrefix("/") || parts.contains("..") {
      throw ParlanceError(.badInput, "the module path `\(path)` leaves the model's folder", at: .init(file: file))
    }
    return Module(kind: type.split(separator: ".").last.map(String.init) ?? type, path: path)
  }

  /// Takes the sides of an asymmetric model apart: its documents' modules are returned, its queries' kept.
  private mutating func route(folder: String, under path: String) throws(ParlanceError) -> [Module] {
    let base = path.isEmpty ? "" : path + "/"
    let file = folder + "/" + base + "router_config.json"
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: file)) }
    let node = try FolderFile.json(file)
    guard let types = node["types"], types.object != nil, let structure = node["structure"]?.object else {
      throw fault("expected the objects `types` and `structure`")
    }
    func modules(_ names: JSONValue) throws(ParlanceError) -> [Module] {
      var modules: [Module] = []
      for name in names.array ?? [] {
        guard let name = name.string, let type = types[name]?.string else {
          throw fault("`structure` names a module that `types` does not have")
        }
        let own = try Self.module(type: type, path: name, file: file)
        modules.append(Module(kind: own.kind, path: base + own.path))
      }
      return modules
    }
    guard let documents = structure.first(where: { $0.key == "document" || $0.key == "passage" }) else {
      throw fault("the router has no route `document`; Parlance reads routers with `query` and `document`")
    }
    if let queries = structure.first(where: { $0.key == "query" }) {
      let side = try modules(queries.value)
      if side.count == 1, side[0].kind == "SparseStaticEmbedding" || side[0].kind == "IDF" {
        staticQueryPath = side[0].path
      } else if side.map(\.path) != (try modules(documents.value)).map(\.path) {
        throw fault(
          "queries go through \(side.map(\.kind).joined(separator: " + ")); Parlance reads routers whose queries go "
            + "through SparseStaticEmbedding or the documents' own encoder")
      }
    }
    return try modules(documents.value)
  }

  private mutating func take(_ modules: [Module], folder: String, file: String) throws(ParlanceError) {
    let kinds = modules.map(\.kind)
    guard kinds.count == 2, kinds[0] == "MLMTransformer" || kinds[0] == "Transformer", kinds[1] == "SpladePooling"
    else {
      let dense = kinds.contains("Pooling") ? " (a dense model)" : ""
      throw ParlanceError(
        .badInput,
        "the model is \(kinds.joined(separator: " + "))\(dense); Parlance reads MLMTransformer + SpladePooling",
        at: .init(file: file))
    }
    transformerPath = modules[0].path
    let own = transformerPath.isEmpty ? folder : folder + "/" + transformerPath
    try takeTransformer(folder: own, isFillMask: kinds[0] == "MLMTransformer")
    let pooling = folder + "/" + modules[1].path + "/config.json"
    head = try Self.head(try FolderFile.json(pooling), file: pooling)
  }

  private mutating func takeTransformer(folder: String, isFillMask: Bool) throws(ParlanceError) {
    let names = ["sentence_bert_config.json", "sentence_distilbert_config.json"]
    guard let file = names.map({ folder + "/" + $0 }).first(where: FolderFile.exists) else {
      if isFillMask { return }
      throw ParlanceError(
        .noInput, "expected sentence_bert_config.json with `transformer_task` in this folder", at: .init(file: folder))
    }
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: file)) }
    let node = try FolderFile.json(file)
    let task = node["transformer_task"]?.string ?? (isFillMask ? "fill-mask" : "feature-extraction")
    guard task == "fill-mask" else {
      throw fault("`transformer_task` is \(task); SPLADE models have fill-mask")
    }
    if let length = node["max_seq_length"], !length.isNull {
      guard let value = length.integer, value > 2 else {
        throw fault("`max_seq_length` must be a whole number above 2")
      }
      maxLength = value
    }
    lowercasesText = node["do_lower_case"]?.bool ?? false
  }

  private static func head(_ node: JSONValue, file: String) throws(ParlanceError) -> SparseHead {
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
      _ key: String, default fallback: Choice
    ) throws(ParlanceError) -> Choice {
      guard let value = node[key], !value.isNull else { return fallback }
      guard let name = value.string, let choice = Choice(rawValue: name) else {
        let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
        throw ParlanceError(.badInput, "`\(key)` must be \(known)", at: .init(file: file))
      }
      return choice
    }
    return SparseHead(
      pooling: try choice("pooling_strategy", default: SparseHead.Pooling.max),
      activation: try choice("activation_function", default: SparseHead.Activation.relu))
  }
}

/// What a sentence-transformers model puts before every text.
public struct Prompts: Sendable, Hashable {
  public var query = ""
  public var passage = ""

  public init(query: String = "", passage: String = "") {
    self.query = query
    self.passage = passage
  }

  /// Reads `config_sentence_transformers.json`; the passage's prompt is called `document`, `passage` or `corpus`, and
  /// `default_prompt_name` names the one for texts that have none of their own.
  init(folder: String) throws(ParlanceError) {
    let file = folder + "/config_sentence_transformers.json"
    guard let node = try FolderFile.jsonIfPresent(file) else { return }
    guard let prompts = node["prompts"], !prompts.isNull else { return }
    guard prompts.object != nil else {
      throw ParlanceError(.badInput, "`prompts` must be an object, found \(prompts.kind)", at: .init(file: file))
    }
    let fallback = node["default_prompt_name"]?.string.flatMap { prompts[$0]?.string } ?? ""
    query = prompts["query"]?.string ?? fallback
    passage = ["document", "passage", "corpus"].lazy.compactMap { prompts[$0]?.string }.first ?? fallback
  }
}
