import Foundation

/// Steps a second of training: 10 conversations of 256 tokens, each with 1 + 16 passages of 256 tokens, KLD, AdamW; against
/// a PyTorch script that encodes the passages in each step, as the reference does, and against it with cached vectors.
///
/// Each side has a process of its own, whose peak memory is printed too. ROUNDS sets how many alternating rounds there are,
/// CHUNKS (such as 8,17) which numbers of passages at a time are tried on the reference, DEVICE where the models run, STEPS
/// how many make a run, PRECISION=bfloat16 that products are rounded.
enum TrainBenchmark {
  private static let (queries, list) = (10, 17)

  static func run(_ input: BenchmarkInput) async throws {
    try await run(input, model: input.model, steps: 20)
  }

  /// The same for the shape of BERT-base, with random weights; it needs the judges to make them.
  static func runBase(_ input: BenchmarkInput) async throws {
    guard let model = try MadeBERTBase(input) else { return print("  skipped: the judges are not installed") }
    try await run(input, model: model.folder, steps: 3)
  }

  private static func run(_ input: BenchmarkInput, model: String, steps: Int) async throws {
    let environment = ProcessInfo.processInfo.environment
    let steps = environment["STEPS"].flatMap { Int($0) } ?? steps
    let settings = environment["PRECISION"].map { " optimisation.precision=\($0)" } ?? ""
    let chunks = environment["CHUNKS"]?.split(separator: ",").compactMap { Int($0) } ?? [8, 17, 34]
    let work = try await TrainingWork(input, model: model, conversations: queries, list: list)
    // A process for each run, as `parlance train` is one: what an earlier run left would count as this one's peak.
    var contenders = [
      AlternatingRuns.Contender(name: "parlance") { try server(work).run("\(steps)\(settings)").shared(by: steps) }
    ]
    if let python = input.python {
      let file = work.folder + "/passages-texts.jsonl"
      let lines = try work.passages.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }
      try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
      func peer(_ mode: String) throws -> Peer {
        try Peer(
          python: python, script: input.peers + "/train.py", texts: work.conversations,
          arguments: [model, file] + mode.split(separator: " ").map(String.init))
      }
      let (chunk, reference) = try fastest(chunks: chunks) { try peer("reference \($0)") }
      // On a processor a step is long enough.
      let wanted = environment["STEPS"].flatMap { Int($0) }
      func run(_ peer: Peer, _ steps: Int) throws -> Cost { try peer.run("\(steps)").shared(by: steps) }
      contenders.append(
        .init(name: "PyTorch, as the reference, \(chunk) passages at a time") { try run(reference, wanted ?? 1) })
      let cached = try peer("cached 0")
      contenders.append(.init(name: "PyTorch, cached vectors") { try run(cached, wanted ?? 3) })
    }
    let rounds = environment["ROUNDS"].flatMap { Int($0) } ?? 3
    try await AlternatingRuns(rounds: rounds, amount: 1, unit: "steps", showsLatency: true, showsMemory: true)
      .compare(contenders)
  }

  /// Our own side.
  static func server(_ work: TrainingWork) throws -> Peer {
    try Peer(executable: CommandLine.arguments[0], arguments: ["serve-train", work.recipe])
  }

  /// The peer whose second run takes the least processor time, or on a device the least time; the others end.
  private static func fastest(chunks: [Int], _ peer: (Int) throws -> Peer) throws -> (chunk: Int, peer: Peer) {
    if chunks.count == 1, let only = chunks.first { return (only, try peer(only)) }
    var best: (chunk: Int, peer: Peer, cost: Double)?
    for chunk in chunks {
      let one = try peer(chunk)
      _ = try one.run("1")
      let run = try one.run("1")
      let cost = BenchmarkInput.device == .cpu ? run.processorSeconds : run.seconds
      print("  PyTorch, as the reference, \(chunk) passages at a time: \(rounded(cost)) s a step")
      if cost < best?.cost ?? .infinity { best = (chunk, one, cost) }
    }
    guard let best else { throw PeerError(script: "train.py", said: "no chunk size to try") }
    return (best.chunk, best.peer)
  }
}

extension Cost {
  /// Of one of so many equal parts.
  func shared(by parts: Int) -> Cost {
    Cost(seconds: seconds / Double(parts), processorSeconds: processorSeconds / Double(parts), peakMiB: peakMiB)
  }
}

/// A checkpoint of BERT-base's shape with made-up weights, in a folder that goes away.
final class MadeBERTBase {
  let folder: String

  /// nil without the judges.
  ///
  /// - Parameter script: makes the weights.
  init?(_ input: BenchmarkInput, script: String = "random_bert_base.py") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "parlance-bench-\(UUID())").path
    guard let python = input.python else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [input.peers + "/" + script, input.model, folder]
    try process.run()
    process.waitUntilExit()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
