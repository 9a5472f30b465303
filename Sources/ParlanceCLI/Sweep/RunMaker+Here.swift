import BinaryFiles
import Diagnostics
import Experiments
import ModelKernels
import Reports
import TensorEngine

extension RunMaker {
  /// This program with its engine, on this machine.
  ///
  /// - Throws: as `TensorEngine.load`; `noInput` when its library is gone by now.
  init(on device: Device) throws(ParlanceError) {
    let engine = try TensorEngine.load()
    let kernels = [KernelChoice.standard.layersName, KernelChoice.standard.screenName.map { "screen \($0)" }]
    // The link holds the program that runs, even where its name has another by now.
    let build = (try? Self.digest(of: "/proc/self/exe")) ?? (try? Self.digest(of: ChildProcess.program)) ?? "unknown"
    let engineBuild = try Self.digest(of: engine.path)
    let processor = Processor()
    self.init(
      build: build, engine: engine.description, engineBuild: engineBuild, device: "\(device)",
      kernels: kernels.compactMap(\.self).joined(separator: ", "), processor: processor.name, cores: processor.cores,
      system: processor.system)
  }

  private static func digest(of path: String) throws(ParlanceError) -> String {
    let file = try MappedFile(path: path, access: .sequential)
    return SHA256.digest(of: file.bytes).hexadecimal
  }

  /// As tables have it: a name, and what it is; of digests the beginning.
  var lines: [(name: String, text: String)] {
    [
      ("build, SHA-256", "\(build.prefix(16))"), ("engine", engine),
      ("engine, SHA-256", "\(engineBuild.prefix(16))"), ("device", device),
      ("kernels", kernels), ("processor", "\(processor), \(FixedDecimal.counted(cores, "core"))"), ("system", system),
    ]
  }
}
