import BinaryFiles
import Diagnostics
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The small files of a checkpoint's folder.
enum FolderFile {
  /// Configurations and model cards are far smaller; what is larger is no such file.
  static let sizeLimit = 64 << 20

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// - Throws: `noInput` when it cannot be read.
  static func bytes(_ path: String) throws(ParlanceError) -> [UInt8] {
    let file = try MappedFile(path: path)
    guard file.count <= sizeLimit else {
      throw ParlanceError(
        .badInput, "expected a small text file, found \(file.count) bytes", at: .init(file: path))
    }
    return file.bytes.array()
  }

  /// The file's text with what is not UTF-8 replaced; for prose only.
  static func text(_ path: String) -> String? {
    guard exists(path), let bytes = try? bytes(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func json(_ path: String) throws(ParlanceError) -> JSONValue {
    try JSONValue(parsing: try bytes(path), file: path)
  }

  /// - Returns: `nil` when there is no such file.
  static func jsonIfPresent(_ path: String) throws(ParlanceError) -> JSONValue? {
    exists(path) ? try json(path) : nil
  }
}
