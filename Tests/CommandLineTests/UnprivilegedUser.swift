import Foundation
import TestSupport

/// Somebody whom permissions bind, which root is not.
enum UnprivilegedUser {
  /// Becomes nobody, where the tests are run by root.
  private static let wrapper =
    getuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

  /// Runs a script in which `$PARLANCE` is `parlance`.
  static func shell(_ script: String, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.shell(script, in: folder, by: wrapper)
  }

  /// Whether such a user can start `parlance` from where it was built.
  static let canRun: Bool = {
    guard let folder = try? TestSupport.temporaryFolder("unprivileged") else { return false }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return (try? shell("$PARLANCE --version", in: folder))?.code == 0
  }()

  /// Gives a folder and all that is in it to that user.
  static func give(_ folder: String) throws {
    guard getuid() == 0 else { return }
    let result = try ParlanceProcess.shell("chown -R 65534:65534 .", in: folder)
    guard result.code == 0 else { throw CocoaError(.fileWriteNoPermission) }
  }
}
