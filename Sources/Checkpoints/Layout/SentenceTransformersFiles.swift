import BinaryFiles
package import Diagnostics
import StrictJSON

/// The files that make several model folders one model of sentence-transformers: routes, or a module of its own.
///
/// Module paths are those of version 5, which 6 reads as well.
package struct SentenceTransformersFiles {
  private let prompts: Prompts
  private var routes: [(name: String, folder: String, head: SparseHead)] = []
  private var module: (type: String, file: String, text: String)?

  package init(prompts: Prompts) {
    self.prompts = prompts
  }

  /// A side of a `Router`: a folder that a transformer is in, and how it pools.
  package mutating func addRoute(_ name: String, folder: String, head: SparseHead) {
    routes.append((name, folder, head))
  }

  /// A module whose Python text goes with the model.
  package mutating func addModule(_ type: String, file: String, text: String) {
    module = (type, file, text)
  }

  /// - Throws: `cannotWrite`.
  package func write(to folder: String) throws(ParlanceError) {
    if let module { try AtomicFile.write(Array(module.text.utf8), to: folder + "/" + module.file) }
    for route in routes {
      let own = "\(folder)/\(pooling(of: route.name))"
      try FileNames.makeFolder(own)
      try write(
        """
        {"pooling_strategy": "\(route.head.pooling.rawValue)", "activation_function": \
        "\(route.head.activation.rawValue)", "word_embedding_dimension": null}
        """, to: own + "/config.json")
    }
    if !routes.isEmpty { try write(router, to: folder + "/router_config.json") }
    func text(_ words: String) -> String { JSONValue.string(words).text }
    try write(
      """
      {
        "model_type": "SparseEncoder",
        "__version__": {"sentence_transformers": "5.0.0"},
        "prompts": {"query": \(text(prompts.query)), "document": \(text(prompts.passage))},
        "default_prompt_name": null,
        "similarity_fn_name": "dot"
      }
      """, to: folder + "/config_sentence_transformers.json")
    let type = module?.type ?? "sentence_transformers.models.Router"
    try write(#"[{"idx": 0, "name": "0", "path": "", "type": "\#(type)"}]"#, to: folder + "/modules.json")
  }

  private func pooling(of route: String) -> String { route + "_1_SpladePooling" }

  private var router: String {
    let models = "sentence_transformers.sparse_encoder.models"
    let types = routes.flatMap { route in
      [
        #""\#(route.folder)": "\#(models).MLMTransformer""#,
        #""\#(pooling(of: route.name))": "\#(models).SpladePooling""#,
      ]
    }
    let structure = routes.map { #""\#($0.name)": ["\#($0.folder)", "\#(pooling(of: $0.name))"]"# }
    return """
      {
        "types": {
          \(types.joined(separator: ",\n    "))
        },
        "structure": {
          \(structure.joined(separator: ",\n    "))
        },
        "parameters": {"default_route": "document", "allow_empty_key": true}
      }
      """
  }

  private func write(_ text: String, to path: String) throws(ParlanceError) {
    try AtomicFile.write(Array((text + "\n").utf8), to: path)
  }
}
