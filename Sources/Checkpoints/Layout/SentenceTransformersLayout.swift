import Diagnostics
import StrictJSON

/// What `modules.json` and the files it names say about a checkpoint: sentence-transformers' layout of a SparseEncoder.
///
/// Both generations of module names are read: `sentence_transformers.sparse_encoder.models.MLMTransformer` (5.x) and
/// `sentence_transformers.base.modules.transformer.Transformer` with the task `fill-mask` (6.x). A folder without
/// `modules.json` is a plain transformers checkpoint and is taken as SPLADE-max, unless it has a table that weighs queries.
struct SentenceTransformersLayout {
  /// The folder of `config.json` and the weights, relative to the checkpoint's; empty for the checkpoint's own.
  var transformerPath = ""
  var head = SparseHead.spladeMax
  /// The folder of the query side's token weights in an asymmetric model (Router).
  var staticQueryPath: String?
  /// What queries go through where they have an encoder of their own.
  private(set) var queryModules: [ModuleList.Module] = []
  /// The folders of an exported student and its passage encoder; nothing else is set then.
  private(set) var pair: (query: String, document: String)?
  /// What is put before every query and every passage.
  var prompts = Prompts()
  /// `max_seq_length` of `sentence_bert_config.json`.
  var maxLength: Int?
  /// Whether the text is lower-cased before it is tokenised.
  var lowercasesText = false

  init(folder: String) throws(ParlanceError) {
    guard let modules = try ModuleList(folder: folder) else {
      let tables = StaticQueryWeights.looseTables
      guard let table = tables.first(where: { FolderFile.exists(folder + "/" + $0) }) else { return }
      throw ParlanceError(.badInput, StaticQueryWeights.refusal(of: table), at: .init(file: folder + "/" + table))
    }
    staticQueryPath = modules.staticQueryPath
    queryModules = modules.queries
    pair = modules.pair
    if pair != nil { return }
    try take(modules.passages, folder: folder, file: folder + "/modules.json")
    prompts = try Prompts(folder: folder)
  }

  /// The query side of an asymmetric model.
  func queries(folder: String) throws(ParlanceError) -> SentenceTransformersLayout? {
    if queryModules.isEmpty { return nil }
    var side = self
    side.queryModules = []
    side.maxLength = nil
    side.lowercasesText = false
    try side.take(queryModules, folder: folder, file: folder + "/router_config.json")
    return side
  }

  private mutating func take(_ modules: [ModuleList.Module], folder: String, file: String) throws(ParlanceError) {
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

  /// Reads the prompts `query` and `document` of `config_sentence_transformers.json`.
  ///
  /// No others: sentence-transformers has had these two, empty or not, in every model since version 5, so that neither `passage` nor
  /// `corpus` nor `default_prompt_name` stands in for them in `encode_query` and `encode_document`.
  init(folder: String) throws(ParlanceError) {
    let file = folder + "/config_sentence_transformers.json"
    guard let node = try FolderFile.jsonIfPresent(file) else { return }
    guard let prompts = node["prompts"], !prompts.isNull else { return }
    guard prompts.object != nil else {
      throw ParlanceError(.badInput, "`prompts` must be an object, found \(prompts.kind)", at: .init(file: file))
    }
    query = prompts["query"]?.string ?? ""
    passage = prompts["document"]?.string ?? ""
  }
}
