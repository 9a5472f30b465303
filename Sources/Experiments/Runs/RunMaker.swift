/// What made a run, so that somebody can make it again, and see which latencies are to be compared.
public struct RunMaker: Codable, Sendable, Hashable {
  /// SHA-256 of the program's file: one build is told from another of the same version.
  public var build: String
  /// Such as `libtorch 2.13.0, MKL, AVX512, fused head avx512`.
  public var engine: String
  /// SHA-256 of its library.
  public var engineBuild: String
  /// Where training ran, such as `cpu`.
  public var device: String
  /// Which encode and search, such as `avx512`.
  public var kernels: String
  /// As the system calls it.
  public var processor: String
  /// Of the machine, as far as the program may use them.
  public var cores: Int
  public var system: String

  public init(
    build: String, engine: String, engineBuild: String, device: String, kernels: String, processor: String, cores: Int,
    system: String
  ) {
    self.build = build
    self.engine = engine
    self.engineBuild = engineBuild
    self.device = device
    self.kernels = kernels
    self.processor = processor
    self.cores = cores
    self.system = system
  }

  /// What the database keeps of it, a row each.
  var facts: [(name: String, value: String)] {
    [
      ("build", build), ("engine", engine), ("engine_build", engineBuild), ("device", device), ("kernels", kernels),
      ("processor", processor), ("cores", "\(cores)"), ("system", system),
    ]
  }

  /// - Returns: `nil` where a fact is missing.
  init?(facts: [String: String]) {
    guard let build = facts["build"], let engine = facts["engine"], let engineBuild = facts["engine_build"],
      let device = facts["device"], let kernels = facts["kernels"], let processor = facts["processor"],
      let cores = facts["cores"].flatMap({ Int($0) }), let system = facts["system"]
    else { return nil }
    self.init(
      build: build, engine: engine, engineBuild: engineBuild, device: device, kernels: kernels, processor: processor,
      cores: cores, system: system)
  }
}
