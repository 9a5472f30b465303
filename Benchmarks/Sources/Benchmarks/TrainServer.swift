import Checkpoints
import Diagnostics
import Distillation
import Foundation
import Synchronization
import TensorEngine

/// Our side of the training benchmarks, in a process of its own so that its memory can be compared: `Benchmarks
/// serve-train RECIPE` speaks as Peers/peer.py does. A line is a number of steps, then settings of the recipe.
enum TrainServer {
  /// Steps before the clock starts.
  private static let warmUp = 2

  static func serve(_ recipe: String) async throws {
    let engine = try TensorEngine.load()
    say("ready")
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard let steps = words.first.flatMap({ Int($0) }) else { throw PeerError(script: "serve-train", said: line) }
      let cost = try await train(Recipe(reading: recipe, settings: Array(words.dropFirst())), steps, engine)
      say("\(cost.seconds) \(cost.processorSeconds) \(peakMiB())")
    }
  }

  /// The cost of so many steps, without reading the data and writing the student.
  private static func train(_ recipe: Recipe, _ steps: Int, _ engine: TensorEngine) async throws -> Cost {
    var recipe = recipe
    // A batch has all conversations, so an epoch is a step.
    recipe.optimisation.epochs = Double(warmUp + steps)
    let folder = FileManager.default.temporaryDirectory.appending(path: "parlance-bench-run-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trainer = try Trainer(
      recipe, student: Checkpoint(folder: recipe.student.model), engine: engine, device: BenchmarkInput.device)
    let times = Mutex<[Int: (clock: ContinuousClock.Instant, processor: Double)]>([:])
    _ = try await trainer.train(
      into: folder,
      progress: { progress in
        guard progress.activity == "training" else { return }
        times.withLock { $0[progress.completed] = (.now, Cost.processorTime()) }
      })
    let (first, last) = times.withLock { ($0[warmUp], $0[warmUp + steps]) }
    guard let first, let last else { throw PeerError(script: "serve-train", said: "fewer steps than asked for") }
    return Cost(
      seconds: (last.clock - first.clock) / .seconds(1), processorSeconds: last.processor - first.processor)
  }

  /// The most resident memory of this process so far. Not getrusage's, which counts what the parent had.
  private static func peakMiB() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? .nan) / 1024
  }

  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
