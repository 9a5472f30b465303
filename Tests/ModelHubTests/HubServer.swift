import Foundation
import TestSupport

/// `Tests/Servers/hub_server.py` on a free port, with one tiny model; ends with this object.
final class HubServer {
  let root: String
  let endpoint: String
  private let process: TestServer

  static let weights: [UInt8] = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
  static let commit = "0123456789abcdef0123456789abcdef01234567"
  static let paths = ["config.json", "tokenizer.json", "1_SpladePooling/config.json", "model.safetensors"]

  init(python: String, faults: [String] = []) throws {
    root = try TestSupport.temporaryFolder("hub-server")
    for model in ["owner/tiny", "owner/gated"] {
      let folder = root + "/" + model
      try FileManager.default.createDirectory(
        atPath: folder + "/1_SpladePooling", withIntermediateDirectories: true)
      for path in Self.paths where path != "model.safetensors" {
        try Data(#"{"of": "\#(path)"}"#.utf8).write(to: URL(fileURLWithPath: folder + "/" + path))
      }
      try Data(Self.weights).write(to: URL(fileURLWithPath: folder + "/model.safetensors"))
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/optimizer.pt"))
    }
    process = try TestServer(python, "hub_server.py", [root] + faults)
    endpoint = "http://127.0.0.1:\(process.port)"
  }

  deinit {
    process.end()
    try? FileManager.default.removeItem(atPath: root)
  }

  /// `METHOD HOST PATH authorization range`, line by line.
  var log: [[String]] {
    let text = (try? String(contentsOfFile: root + "/requests.log", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }

  /// Runs the Python library with a cache, and gives what it printed.
  static func python(_ python: String, _ code: String, environment: [String: String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", code]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Asks the Python library, offline, for each of the files, and gives their paths.
  static func findOffline(_ python: String, model: String, paths: [String], cache: String) throws -> [String] {
    let list = paths.map { "'\($0)'" }.joined(separator: ", ")
    let code = """
      from huggingface_hub import hf_hub_download
      for path in [\(list)]:
          print(hf_hub_download('\(model)', path))
      """
    let text = try Self.python(python, code, environment: ["HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": cache])
    return text.split(separator: "\n").map(String.init)
  }
}

/// A server out of `Tests/Servers`, which prints the port that it listens on.
struct TestServer {
  let port: Int
  private let process = Process()

  init(_ python: String, _ script: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [TestSupport.packageRoot + "/Tests/Servers/" + script] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
      line += byte
    }
    port = Int(String(decoding: line, as: UTF8.self)) ?? 0
  }

  /// A child of one of Dispatch's threads has most signals blocked, SIGTERM among them.
  func end() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// `Tests/Servers/proxy_server.py` on a free port; ends with this object.
final class ProxyServer {
  let address: String
  private let logPath: String
  private let process: TestServer

  init(python: String) throws {
    logPath = try TestSupport.temporaryFolder("proxy") + "/requests.log"
    process = try TestServer(python, "proxy_server.py", [logPath])
    address = "127.0.0.1:\(process.port)"
  }

  deinit {
    process.end()
    try? FileManager.default.removeItem(atPath: String(logPath.dropLast("/requests.log".count)))
  }

  /// `METHOD TARGET`, line by line.
  var log: [String] {
    let text = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
