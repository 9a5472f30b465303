import BinaryFiles
public import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a checkpoint's tokenizer is and how its configuration sets it up: all that its ids depend on.
public struct TokenizerFiles: Sendable, Hashable {
  /// The folder they are in.
  public let folder: String
  /// The path of `tokenizer.json`, the fast tokenizer whole; it is preferred.
  public let tokenizerJSON: String?
  /// The path of `vocab.txt`, one piece a line.
  public let vocabulary: String?
  /// What `tokenizer_config.json` says; the defaults where there is none.
  package let configuration: TokenizerConfiguration

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
    guard let path = path("tokenizer_config.json") else {
      configuration = TokenizerConfiguration()
      return
    }
    configuration = try TokenizerConfiguration(try JSONField.parse(try Self.bytes(of: path), file: path))
  }

  static func bytes(of path: String) throws(ParlanceError) -> [UInt8] {
    let file = try MappedFile(path: path, access: .sequential)
    return file.bytes.array()
  }
}
