import BinaryFiles
package import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A `Codable` as JSON and back, for what we alone write: by Foundation's coder, keys sorted, so that equal values have equal bytes.
///
/// What may come from elsewhere is read by a `JSONCursor` or as a `JSONValue`, whose errors name the place.
package enum CodableJSON {
  /// - Parameters:
  ///   - isPretty: whether each member has a line of its own.
  ///   - fault: what the error says where the value cannot be written.
  ///   - path: the file that the bytes are for.
  /// - Throws: `internalFault` for a number that JSON does not have.
  package static func bytes(
    of value: some Encodable, isPretty: Bool = false, orSay fault: String, at path: String
  ) throws(ParlanceError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    guard let data = try? encoder.encode(value) else {
      throw ParlanceError(.internalFault, fault, at: .init(file: path))
    }
    return Array(data)
  }

  /// The value whose JSON the bytes are; `nil` for anything else.
  package static func value<Value: Decodable>(_ type: Value.Type, in bytes: [UInt8]) -> Value? {
    try? JSONDecoder().decode(type, from: Data(bytes))
  }

  /// Writes a file, whole or not at all.
  ///
  /// - Throws: as `bytes(of:)`; `cannotWrite`.
  package static func write(
    _ value: some Encodable, to path: String, orSay fault: String
  ) throws(ParlanceError) {
    try AtomicFile.write(bytes(of: value, orSay: fault, at: path), to: path)
  }

  /// - Parameter fault: what the error says where the file holds something else.
  /// - Throws: `noInput` when there is none; `badInput`.
  package static func read<Value: Decodable>(
    _ type: Value.Type, from path: String, orSay fault: String
  ) throws(ParlanceError) -> Value {
    let file = try MappedFile(path: path)
    guard let found = value(type, in: file.bytes.array()) else {
      throw ParlanceError(.badInput, fault, at: .init(file: path))
    }
    return found
  }
}
