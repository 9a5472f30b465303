import Diagnostics
import StrictJSON

/// Where a checkpoint's tokenizer is and how its configuration sets it up.
public struct TokenizerFiles: Sendable, Hashable {
  /// The folder they are in.
  public var folder: String
  /// The path of `tokenizer.json`, the fast tokenizer whole; it is preferred.
  public var tokenizerJSON: String?
  /// The path of `vocab.txt`, one piece a line.
  public var vocabulary: String?
  /// `do_lower_case` of `tokenizer_config.json`; uncased models have it.
  public var lowercases: Bool?
  /// `strip_accents`; absent or null means as `lowercases`.
  public var stripsAccents: Bool?
  /// `tokenize_chinese_chars`
  public var splitsChinese: Bool?
  /// `model_max_length`, if it is a real one (transformers writes 1e30 for "none").
  public var maxLength: Int?

  /// - Throws: `noInput` when there is neither file, `badInput` when the configuration is not JSON.
  init(folder: String) throws(ParlanceError) {
    func path(_ name: String) -> String? {
      FolderFile.exists(folder + "/" + name) ? folder + "/" + name : nil
    }
    self.folder = folder
    tokenizerJSON = path("tokenizer.json")
    vocabulary = path("vocab.txt")
    guard tokenizerJSON != nil || vocabulary != nil else {
      throw ParlanceError(.noInput, "expected tokenizer.json or vocab.txt in this folder", at: .init(file: folder))
    }
    guard let node = try FolderFile.jsonIfPresent(folder + "/tokenizer_config.json") else { return }
    lowercases = node["do_lower_case"]?.bool
    stripsAccents = node["strip_accents"]?.bool
    splitsChinese = node["tokenize_chinese_chars"]?.bool
    if let length = node["model_max_length"]?.double, length > 2, length <= 1_000_000 { maxLength = Int(length) }
  }
}
