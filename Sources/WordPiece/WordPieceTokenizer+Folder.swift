import BinaryFiles
public import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension WordPieceTokenizer {
  /// Reads the tokenizer of a Hugging Face checkpoint: `tokenizer.json`, or else `vocab.txt`; `tokenizer_config.json` beside
  /// either is heeded.
  ///
  /// - Throws: `noInput` where neither is there; `badInput` with file and key where one is not as expected, or is the tokenizer of
  ///   another kind of model.
  public init(folder: String) throws(ParlanceError) {
    self = try Self.load(folder)
  }

  private static func load(_ folder: String) throws(ParlanceError) -> WordPieceTokenizer {
    let configuration = try contents(of: folder + "/tokenizer_config.json")
    let json = folder + "/tokenizer.json"
    if let bytes = try contents(of: json) {
      return try WordPieceTokenizer(tokenizerJSON: bytes, configurationJSON: configuration, file: json)
    }
    let vocabulary = folder + "/vocab.txt"
    if let bytes = try contents(of: vocabulary) {
      return try WordPieceTokenizer(vocabularyText: bytes, configurationJSON: configuration, file: vocabulary)
    }
    throw ParlanceError(
      .noInput, "expected tokenizer.json or vocab.txt of a BERT model, found neither", at: .init(file: folder))
  }

  /// Nil where there is no such file.
  private static func contents(of path: String) throws(ParlanceError) -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try MappedFile(path: path, access: .sequential)
    return file.bytes.array()
  }
}
