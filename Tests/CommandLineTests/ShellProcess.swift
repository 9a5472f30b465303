import Foundation
import TestSupport

/// `parlance` behind a shell: pipes, limits, signals, other users. The script calls it `$PARLANCE`.
enum ShellProcess {
  struct Outcome {
    var output: String
    var error: String
    var code: Int32
  }

  static func run(_ script: String, in folder: String) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLUMNS": "80"]
      .merging(["PARLANCE": ParlanceProcess.executable]) { $1 }
    let (output, error) = (folder + "/.shell-output", folder + "/.shell-error")
    for path in [output, error] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: error)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      output: try String(contentsOfFile: output, encoding: .utf8),
      error: try String(contentsOfFile: error, encoding: .utf8), code: process.terminationStatus)
  }

  /// Runs the commands as somebody whom permissions bind, which root is not.
  static func unprivileged(_ script: String) -> String {
    getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups bash -c '\(script)'" : script
  }

  /// Whether such a user can start `parlance` from where it was built.
  static func canRunUnprivileged() -> Bool {
    guard let folder = try? TestSupport.temporaryFolder("unprivileged") else { return false }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return (try? run(unprivileged("$PARLANCE --version"), in: folder))?.code == 0
  }
}
