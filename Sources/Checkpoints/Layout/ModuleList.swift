import Diagnostics
import StrictJSON

/// Which module of a sentence-transformers model lies in which folder: `modules.json`, and `router_config.json` where the
/// sides of an asymmetric model part.
struct ModuleList {
  /// One module of either file.
  struct Module {
    /// The last part of the type's name, such as `SpladePooling`.
    let kind: String
    /// Relative to the checkpoint's folder; empty for that itself.
    let path: String
  }

  /// What passages go through, in its order.
  private(set) var passages: [Module] = []
  /// The folder of the query side's token weights in an asymmetric model (Router).
  private(set) var staticQueryPath: String?
  /// What queries go through in an asymmetric model whose queries have an encoder of their own; empty in any other.
  private(set) var queries: [Module] = []
  /// The folders of an exported student and of its passage encoder, whole models both, where the model is such a pair.
  private(set) var pair: (query: String, document: String)?

  /// - Returns: `nil` when there is no `modules.json`: a plain transformers checkpoint.
  /// - Throws: `noInput` when `router_config.json` is missing.
  init?(folder: String) throws(ParlanceError) {
    let file = folder + "/modules.json"
    guard let node = try FolderFile.jsonIfPresent(file) else { return nil }
    guard let list = node.array else {
      throw ParlanceError(.badInput, "expected a list of modules, found \(node.kind)", at: .init(file: file))
    }
    for entry in list {
      guard let type = entry["type"]?.string, let path = entry["path"]?.string else {
        throw ParlanceError(.badInput, "each module needs the strings `type` and `path`", at: .init(file: file))
      }
      passages.append(try Self.module(type: type, path: path, file: file))
    }
    if passages.count == 1, passages[0].kind == "Router" || passages[0].kind == "Asym" {
      passages = try route(folder: folder, under: passages[0].path)
    } else if passages.count == 1, passages[0].kind == StudentPair.moduleClass {
      pair = StudentPair.folders(in: folder)
    }
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
        self.queries = side
      }
    }
    return try modules(documents.value)
  }
}
