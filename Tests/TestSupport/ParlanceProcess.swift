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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "COLUMNS": "80"].merging(environment) { $1 }
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
