import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Console {
  /// What becomes of the keys of a document.
  enum JSONKeys {
    case snakeCase
    /// For documents with keys of the user's in them, which are not ours to change.
    case asSpelled
  }

  /// Prints one JSON document, keys sorted, for `--json`.
  func print(json value: some Encodable, keys: JSONKeys = .snakeCase) throws {
    let encoder = JSONEncoder()
    if keys == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try print(String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// Prints one JSON object on one line, for streams of them.
  func print(jsonLine value: some Encodable, keys: JSONKeys = .snakeCase) throws {
    let encoder = JSONEncoder()
    if keys == .snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try print(String(decoding: encoder.encode(value), as: UTF8.self))
  }
}
