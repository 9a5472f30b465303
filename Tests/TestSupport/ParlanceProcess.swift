import Foundation

/// What a process left behind.
public struct ParlanceResult: Sendable {
  public var output: String
  public var error: String
  public var code: Int32
}

/// The command line as its users meet it: a process with two streams and an exit code.
public enum ParlanceProcess {
  /// The built `parlance`, beside the test bundle.
  public static let executable: String = {
    let bundle = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
    return bundle.appendingPathComponent("parlance").path
  }()

  /// Runs `parlance` in a folder, in a UTF-8 locale, off a terminal, without input unless some is given.
  public static func run(
    _ arguments: [String], in folder: String, environment: [String: String] = [:], input: String? = nil
  ) throws -> ParlanceResult {
    try run(executable, arguments, in: folder, environment: environment, input: input)
  }

  /// Runs a script in which `$PARLANCE` is `parlance`: pipes, limits, signals.
  ///
  /// - Parameter wrapper: a command that runs the shell, as `setpriv` does.
  public static func shell(_ script: String, in folder: String, by wrapper: [String] = []) throws -> ParlanceResult {
    try run(
      "/usr/bin/env", wrapper + ["bash", "-c", script], in: folder, environment: ["PARLANCE": executable], input: nil)
  }

  private static func run(
    _ executable: String, _ arguments: [String], in folder: String, environment: [String: String], input: String?
  ) throws -> ParlanceResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var standard = ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLUMNS": "80"]
    standard["PARLANCE_ENGINE"] = TestSupport.engine
    process.environment = standard.merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody empties would stop a process that says much.
    let (output, error) = (folder + "/.output", folder + "/.error")
    for path in [output, error] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    if let input {
      try input.write(toFile: folder + "/.input", atomically: false, encoding: .utf8)
      process.standardInput = FileHandle(forReadingAtPath: folder + "/.input")
    }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: error)
    try process.run()
    process.waitUntilExit()
    return ParlanceResult(
      output: try String(contentsOfFile: output, encoding: .utf8),
      error: try String(contentsOfFile: error, encoding: .utf8), code: process.terminationStatus)
  }

  /// Makes a folder with these files, and removes it at the end.
  public static func inFolder<Result>(of files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = try TestSupport.temporaryFolder("command")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, contents) in files {
      let parent = URL(fileURLWithPath: folder + "/" + name).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try contents.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
    }
    return try body(folder)
  }
}
