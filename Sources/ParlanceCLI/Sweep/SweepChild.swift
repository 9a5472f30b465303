import Checkpoints
import Diagnostics
import Experiments
import TensorEngine

/// One run of a sweep, in a process that the sweep started for it.
struct SweepChild {
  let out: String
  let run: String
  let source: String?
  let keepsState: Bool
  let cores: Int
  let device: Device

  func finish() async throws {
    let console = Console.standard
    let folder = SweepFolder(out)
    let sweep = try Sweep(reading: folder.sweep)
    guard let planned = try sweep.runs().first(where: { $0.id == run }) else {
      throw ParlanceError(.usage, "the sweep has no run \(run)", at: .init(file: folder.sweep))
    }
    let bar = ProgressBar(console)
    defer { bar.finish() }
    Signals.endOnBrokenPipe()
    var job = SweepRun(
      planned, of: sweep, in: folder, cores: cores, device: device, progress: bar.handler,
      interruption: console.interruption)
    (job.source, job.keepsState) = (source, keepsState)
    let maker = try RunMaker(on: device)
    try await job.finish(program: "parlance \(ParlanceCommand.version)", maker: maker, usage: usage) {
      model throws(ParlanceError) in
      try await Checkpoint.open(model, bar)
    }
  }

  private func usage() -> SweepRun.Usage {
    let used = ProcessUsage()
    return SweepRun.Usage(processorSeconds: used.processorSeconds, peakMemory: used.peakMemory)
  }
}
