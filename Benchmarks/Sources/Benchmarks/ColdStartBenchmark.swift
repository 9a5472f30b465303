import Foundation

/// From the start of a process to its printed answer: one question, one model, one index.
///
/// `PARLANCE` names the program (default: the package's release build) and `INDEX` an index of the demo model's; without it one is
/// made of 4,000 passages. Files are in the page cache: every way runs once before it counts.
enum ColdStartBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let environment = ProcessInfo.processInfo.environment
    let root = URL(filePath: input.peers).deletingLastPathComponent().deletingLastPathComponent().path
    let program = environment["PARLANCE"] ?? root + "/.build/release/parlance"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      print("  there is no \(program): build it (make release), or name it in PARLANCE")
      return
    }
    let folder = NSTemporaryDirectory() + "cold-start-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let index = try environment["INDEX"] ?? makeIndex(input, program, in: folder)
    let question = [program, "search", "--index", index, "--model", input.model, "how do I undo the last commit"]
    let caches = [("search", folder + "/cache"), ("search, nothing kept of the model", "off")]
    let contenders = caches.map { name, cache in
      AlternatingRuns.Contender(name: name) { try start(question, ["PARLANCE_MODEL_CACHE=\(cache)"]) }
    }
    let nothing = AlternatingRuns.Contender(name: "--version") { try start([program, "--version"], []) }
    try await AlternatingRuns(rounds: 25, amount: 1, unit: "starts", showsLatency: true).compare(
      contenders + [nothing])
  }

  private static func makeIndex(_ input: BenchmarkInput, _ program: String, in folder: String) throws -> String {
    let lines = try input.sample(4000).enumerated().map { place, text in
      String(decoding: try JSONEncoder().encode(["_id": "\(place)", "text": text]), as: UTF8.self)
    }
    try lines.joined(separator: "\n").write(toFile: folder + "/passages.jsonl", atomically: false, encoding: .utf8)
    let arguments = [
      program, "index", "build", "--model", input.model, "--passages", folder + "/passages.jsonl", "--out",
      folder + "/index",
    ]
    _ = try start(arguments, ["PARLANCE_MODEL_CACHE=off"])
    return folder + "/index"
  }

  /// Runs a process to its end, its streams thrown away.
  private static func start(_ arguments: [String], _ environment: [String]) throws -> Cost {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    var argv = arguments.map { strdup($0) } + [nil], envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    let before = ContinuousClock.now
    var process = pid_t()
    guard posix_spawn(&process, arguments[0], &actions, nil, &argv, &envp) == 0 else {
      throw CocoaError(.executableLoad)
    }
    var status: Int32 = 0, usage = rusage()
    guard wait4(process, &status, 0, &usage) == process, status == 0 else {
      throw CocoaError(.executableRuntimeMismatch)
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return Cost(
      seconds: (ContinuousClock.now - before) / .seconds(1),
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }
}
