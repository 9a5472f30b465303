import Foundation

/// Work in a process of its own, as a rule another implementation's: it loads everything once, then times one run for each
/// line it is sent.
final class Peer {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()

  /// - Parameters:
  ///   - script: a file in `Peers/`.
  ///   - texts: written to a file, one JSON string a line, whose path is the script's first argument.
  ///   - libraries: folders with Python packages beside the interpreter's own.
  convenience init(
    python: String, script: String, texts: [String], arguments: [String], libraries: [String] = []
  ) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "parlance-bench-\(UUID()).jsonl")
    let encoder = JSONEncoder()
    let lines = try texts.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
    try lines.joined().write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    try self.init(executable: python, arguments: [script, file.path] + arguments, libraries: libraries)
  }

  /// - Parameter libraries: folders with Python packages beside the interpreter's own.
  init(executable: String, arguments: [String], libraries: [String] = []) throws {
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PYTHONPATH": libraries.joined(separator: ":"),
      // PISA's wheel looks for oneTBB, which is one of them.
      "LD_LIBRARY_PATH": libraries.filter { $0.contains("tbb") }.joined(separator: ":"),
    ]) { libraries.isEmpty ? $0 : $1 }
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let greeting = try readLine()
    guard greeting == "ready" else { throw PeerError(script: arguments.first ?? executable, said: greeting) }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// One timed run; `setting` is the script's own.
  func run(_ setting: String = "") throws -> Cost {
    try input.fileHandleForWriting.write(contentsOf: Data((setting + "\n").utf8))
    let line = try readLine()
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 3 else { throw PeerError(script: process.arguments?.first ?? "", said: line) }
    return Cost(seconds: numbers[0], processorSeconds: numbers[1], peakMiB: numbers[2])
  }

  private func readLine() throws -> String {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending = Data(pending[(end + 1)...]) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw PeerError(script: process.arguments?.first ?? "", said: "nothing; it ended") }
      pending.append(more)
    }
  }
}

struct PeerError: Error, CustomStringConvertible {
  var script: String
  var said: String
  var description: String { "expected two times and a size from \(script), it said: \(said)" }
}
