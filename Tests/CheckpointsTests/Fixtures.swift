import Diagnostics
import Foundation
import TestSupport

/// The committed checkpoints beside these tests.
enum Fixtures {
  static let folder = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens"

  static func path(_ name: String) -> String { folder + "/" + name }

  /// A copy that a test may damage; the caller removes it.
  static func copy(of name: String) throws -> String {
    let target = try TestSupport.temporaryFolder("checkpoint") + "/" + name
    try FileManager.default.copyItem(atPath: path(name), toPath: target)
    return target
  }

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// A safetensors file with this header and so many bytes of data.
  static func safetensors(_ header: String, dataBytes: Int) -> [UInt8] {
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    bytes += header.utf8
    return bytes + [UInt8](repeating: 0, count: dataBytes)
  }

  /// The error of `body`, or nil.
  static func failure(_ body: () throws(ParlanceError) -> Void) -> ParlanceError? {
    do throws(ParlanceError) {
      try body()
      return nil
    } catch {
      return error
    }
  }
}
