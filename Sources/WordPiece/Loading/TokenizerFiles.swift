import BinaryFiles
public import Diagnostics
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a checkpoint's tokenizer is and how its configuration sets it up: all that its ids depend on.
///
/// What is made of the files is what transformers 5 makes of them. Its BERT tokenizers, which the folders of BERT and DistilBERT
/// have unless they name another class, take the vocabulary and the added tokens from `tokenizer.json`; a `PreTrainedTokenizerFast`,
/// and a class that transformers does not know, take the whole file and no flags of `tokenizer_config.json`.
public struct TokenizerFiles: Sendable, Hashable {
  /// The folder they are in.
  public let folder: String
  /// The path of `tokenizer.json`, the fast tokenizer whole; it is preferred.
  public let tokenizerJSON: String?
  /// The path of `vocab.txt`, one piece a line.
  public let vocabulary: String?
  /// What `tokenizer_config.json` says, and the files beside it; the defaults where there is none.
  package let configuration: TokenizerConfiguration
  /// The paths of `special_tokens_map.json` and `added_tokens.json`, of those that count.
  package let companions: [String]

  /// - Throws: `noInput` when there is neither file, `badInput` when the configuration is not what it should be.
  public init(folder: String) throws(ParlanceError) {
    func path(_ name: String) -> String? {
      let path = folder + "/" + name
      return FileManager.default.fileExists(atPath: path) ? path : nil
    }
    self.folder = folder
    tokenizerJSON = path("tokenizer.json")
    vocabulary = path("vocab.txt")
    guard tokenizerJSON != nil || vocabulary != nil else {
      throw ParlanceError(
        .noInput, "expected tokenizer.json or vocab.txt of a BERT model, found neither", at: .init(file: folder))
    }
    func json(_ path: String) throws(ParlanceError) -> JSONField {
      try JSONField.parse(try Self.bytes(of: path), file: path)
    }
    var configuration = TokenizerConfiguration()
    if let path = path("tokenizer_config.json") { configuration = try TokenizerConfiguration(try json(path)) }
    var companions: [String] = []
    if !configuration.tokens.isWhole {
      if let path = path("special_tokens_map.json") {
        try configuration.tokens.take(specialTokensMap: try json(path))
        companions.append(path)
      }
      if let path = path("added_tokens.json") {
        try configuration.tokens.take(addedTokens: try json(path))
        companions.append(path)
      }
    }
    self.companions = companions
    var model: JSONValue?
    if configuration.tokenizerClass == nil, let path = path("config.json") { model = try json(path).value }
    if let name = configuration.tokenizerClass ?? model?["tokenizer_class"]?.string {
      configuration.tokenizerClass = name
      configuration.kind = TokenizerKind(class: name, hasFile: tokenizerJSON != nil)
    } else {
      configuration.kind = TokenizerKind(modelType: model?["model_type"]?.string)
    }
    self.configuration = configuration
  }

  static func bytes(of path: String) throws(ParlanceError) -> [UInt8] {
    let file = try MappedFile(path: path, access: .sequential)
    return file.bytes.array()
  }
}
