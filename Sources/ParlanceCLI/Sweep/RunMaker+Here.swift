import BinaryFiles
import Diagnostics
import Experiments
import ModelKernels
import TensorEngine

extension RunMaker {
  /// This program with its engine, on this machine.
  ///
  /// - Throws: as `TensorEngine.load`.
  init(on device: Device) throws(ParlanceError) {
    let engine = try TensorEngine.load()
    let kernels = [KernelChoice.standard.layersName, KernelChoice.standard.screenName.map { "screen \($0)" }]
    let (build, engineBuild) = (try Self.digest(of: ChildProcess.program), try Self.digest(of: engine.path))
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

  /// As tables have it: a name, and what it is.
  var lines: [(name: String, text: String)] {
    [
      ("build (SHA-256)", build), ("engine", engine), ("engine's build (SHA-256)", engineBuild), ("device", device),
      ("kernels", kernels), ("processor", "\(processor), \(cores) cores"), ("system", system),
    ]
  }
}
