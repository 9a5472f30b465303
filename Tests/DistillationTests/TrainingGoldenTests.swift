import BinaryFiles
import Diagnostics
import Foundation
import SparseEncoder
import SparseVectors
import TensorEngine
import TestSupport
import Testing

@testable import Checkpoints
@testable import Distillation

/// `Goldens/Training/make_goldens.py` and what PyTorch answered.
struct TrainingGolden: Decodable {
  struct Vector: Decodable {
    var terms: [UInt32]
    var weights: [Float]

    var sparse: SparseVector {
      get throws { try #require(SparseVector(exactly: terms.map { TermID($0) }, weights: weights)) }
    }
  }

  struct Query: Decodable {
    var tokens: [Int32]
    var passages: [UInt32]
    var scores: [Float]
    var frozen: Vector
    var turn: Int
    /// The logarithm of how often each passage is expected in a sample, for the cases that correct for it.
    var counts: [Float]
  }

  struct Step: Decodable {
    var parts: [String: Double]
    var norm: Double
  }

  struct Case: Decodable {
    var settings: [String: Setting]
    var steps: [Step]
    /// For each parameter its sum and the sum of its squares.
    var after: [String: [String: [Double]]]
  }

  enum Setting: Decodable {
    case number(Double)
    case flag(Bool)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  var passages: [Vector]
  var passageTokens: [[Int32]]
  var batches: [[Query]]
  var cases: [String: Case]

  enum CodingKeys: String, CodingKey {
    case passages, batches, cases
    case passageTokens = "passage_tokens"
  }

  static let folder = TestSupport.packageRoot + "/Tests/DistillationTests/Goldens/Training/"

  static func read() throws -> TrainingGolden {
    try JSONDecoder().decode(
      TrainingGolden.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "cases.json")))
  }
}

extension TrainingGolden.Case {
  func number(_ key: String) -> Double? {
    if case .number(let value)? = settings[key] { value } else { nil }
  }

  /// The case as a recipe says it.
  var recipe: Recipe {
    var recipe = Recipe()
    recipe.objective.kld.weight = number("kld") ?? 1
    recipe.objective.termMSE.weight = number("term_mse") ?? 0
    recipe.objective.kld.temperature = number("kld_temperature") ?? 1
    recipe.objective.contrastive.weight = number("contrastive") ?? 0
    recipe.objective.contrastive.temperature = number("temperature") ?? 1
    recipe.objective.marginMSE.weight = number("margin_mse") ?? 0
    if case .text("all")? = settings["pairs"] { recipe.objective.marginMSE.pairs = .all }
    recipe.objective.kld.scaleBySquaredTemperature = settings["squared"] != nil
    recipe.objective.positiveWeight = number("positive_weight") ?? 1
    recipe.objective.contrastive.inBatchNegatives = settings["own_negatives"] == nil
    if number("flops") != nil { recipe.regularisation.query = .flops }
    if number("l0_flops") != nil { recipe.regularisation.query = .l0FLOPS(threshold: Int(number("threshold") ?? 0)) }
    if number("df_flops") != nil {
      var weighting = FrequencyWeighting()
      weighting.alpha = number("alpha") ?? 0
      weighting.beta = number("beta") ?? 0
      weighting.decay = number("keep") ?? 0
      recipe.regularisation.query = .dfFLOPS(weighting)
    }
    let onQueries = ["l1", "flops", "l0_flops", "df_flops"].lazy.compactMap(number).first
    recipe.regularisation.weights = .given(query: onQueries ?? 0, passage: number("passage_flops") ?? 0)
    recipe.regularisation.rampSteps = Int(number("ramp") ?? 0)
    recipe.regularisation.depthGrowth = number("depth_growth") ?? 0
    if case .text(let encoder)? = settings["passages"] {
      var passages = Recipe.Passages()
      passages.encoder = encoder == "shared" ? .shared : .separate
      recipe.student.passages = passages
    }
    recipe.regularisation.antiZero = settings["anti_zero"] != nil
    recipe.optimisation.weightDecay = number("decay") ?? 0
    if case .text(let gate)? = settings["gate"] {
      var residual = Recipe.Residual()
      residual.gate = Recipe.Residual.Gate(rawValue: gate) ?? .scalar
      residual.start = 0.7
      recipe.student.residual = residual
    }
    return recipe
  }
}

@Suite("training, compared with PyTorch", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TrainingGoldenTests {
  @Test(
    "loss parts, every gradient, and the weights after 1, 2 and 20 steps are PyTorch's",
    arguments: [
      ("kld-contrastive", 1), ("margin-mse-flops", 1), ("residual-scalar", 1), ("residual-term", 1),
      ("residual-conversation", 1),
      ("passages-shared", 40), ("passages-shared", 5), ("passages-separate", 40), ("passages-separate", 7),
      ("kld-alone", 1), ("kld-corrected", 1), ("margin-mse-alone", 1), ("contrastive-alone", 1), ("soft-positives", 1),
      ("term-mse", 1), ("l0-flops", 1), ("df-flops", 1), ("depth-l1", 1),
    ])
  func golden(name: String, passagesAtOnce: Int) async throws {
    let golden = try TrainingGolden.read()
    let expected = try #require(golden.cases[name])
    let engine = try TensorEngine.load()
    let threads = try EngineThreads(engine: engine, count: 1, coresEach: 1, recordsGradients: true)
    let failures = try await threads.run { () throws(ParlanceError) -> [String] in
      do {
        return try Comparison(name, golden, expected, passagesAtOnce, engine: engine).run()
      } catch {
        throw error as? ParlanceError ?? ParlanceError(.internalFault, "\(error)")
      }
    }
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  /// Repeats the golden's steps and notes what differs by more than 1e-4.
  private struct Comparison {
    let golden: TrainingGolden
    let expected: TrainingGolden.Case
    let recipe: Recipe
    let student: StudentModel
    let stored: TensorStore
    let engine: TensorEngine
    let names = ParameterNames(family: .bert)

    init(
      _ name: String, _ golden: TrainingGolden, _ expected: TrainingGolden.Case, _ passagesAtOnce: Int,
      engine: TensorEngine
    ) throws {
      self.golden = golden
      self.expected = expected
      self.engine = engine
      recipe = expected.recipe
      let checkpoint = try Checkpoint(
        folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names")
      // The gate that is read off the conversation takes the unused piece, as the golden's COLUMN does.
      let vocabulary = try Vocabulary(pieces: (0..<103).map { .init($0 == 7 ? "[unused0]" : "\($0)") })
      let source = recipe.student.passages.map { settings in
        LearnedPassages.Source(separate: settings.encoder == .separate ? checkpoint : nil, atOnce: passagesAtOnce) {
          golden.passageTokens[Int($0)]
        }
      }
      student = try StudentModel(
        checkpoint, recipe: recipe, pieces: vocabulary, passages: source, engine: engine, device: .cpu)
      stored = try TensorStore(files: [SafetensorsFile(path: TrainingGolden.folder + name + ".safetensors")])
    }

    /// Every parameter by its name in the golden.
    var parameters: [(name: String, tensor: Tensor)] {
      var all = student.model.parameters.map { (names.candidates(for: $0.role)[0], $0.tensor) }
      if case .separate? = recipe.student.passages?.encoder, let passages = student.passages {
        all += passages.model.parameters.map { ("passages " + names.candidates(for: $0.role)[0], $0.tensor) }
      }
      return all
    }

    func run() throws -> [String] {
      var failures: [String] = []
      let passages = try golden.passages.map { try $0.sparse }
      var scorer = PassageScorer(vocabularySize: 103)
      var regulariser = Regulariser(recipe.regularisation, vocabularySize: 103)
      let objective = Objective(recipe.objective)
      for (number, queries) in golden.batches.enumerated() {
        let samples = queries.map { query in
          PassageSample(
            passages: query.passages, teacherScores: query.scores, positives: Int(expected.number("positives") ?? 1),
            logExpectedCounts: expected.settings["corrected"] == nil ? [] : query.counts)
        }
        let forward = try student.forward(
          try queries.map {
            TrainingExample.Reading(tokens: $0.tokens, question: "", frozen: try $0.frozen.sparse)
          }, dropout: 0)
        let batch = SampledBatch(samples)
        let learned = try student.passages?.forward(batch.passages, dropout: 0, seed: 1)
        let vectors = learned?.vectors ?? batch.passages.map { passages[Int($0)] }
        let scores = scorer.scores(
          of: forward.queries, with: vectors, in: batch, cross: objective.usesCrossScores)
        var (parts, byScores) = objective.loss(of: scores, on: batch)
        var gradients = scorer.gradients(
          from: byScores, of: forward.queries, with: vectors, in: batch, byPassages: learned != nil)
        let (penalties, byWeights) = regulariser.penalty(
          of: forward.queries, turns: queries.map(\.turn), passages: vectors, step: number + 1,
          byPassages: learned != nil)
        gradients += byWeights
        gradients += objective.termError(
          of: forward.queries, from: try queries.map { try $0.frozen.sparse }, adding: &parts)
        try student.backward(forward, gradients.queries.map { Float($0) })
        if let learned { try student.passages?.backward(learned, gradients.passages.map { Float($0) }) }

        let step = expected.steps[number]
        let found = Dictionary(
          uniqueKeysWithValues: (parts.named + penalties.named + [("loss", parts.total + penalties.total)])
            .map { ($0.name, $0.value) })
        for (part, value) in step.parts where !Self.agree(found[part] ?? .nan, value, scale: abs(value)) {
          failures.append("step \(number + 1): \(part) is \(found[part] ?? .nan), PyTorch has \(value)")
        }
        if number == 0 { failures += try gradientFailures() }
        let norm = try student.step(
          learningRate: expected.number("rate") ?? 1e-2, gateLearningRate: expected.number("gate_rate") ?? 0,
          clipNorm: 1)
        if !Self.agree(norm, step.norm, scale: step.norm) {
          failures.append("step \(number + 1): the gradients' norm is \(norm), PyTorch has \(step.norm)")
        }
        if let after = expected.after["\(number + 1)"] { failures += try sumFailures(after, step: number + 1) }
      }
      return failures + (try weightFailures())
    }

    private static func agree(_ left: Double, _ right: Double, scale: Double) -> Bool {
      abs(left - right) <= 1e-4 * max(scale, 1e-7)
    }

    /// Softmax does not see what is added to all keys, so the bias of the keys has a gradient of 0 in truth: what either
    /// side has is rounding, which AdamW blows up to steps of the learning rate.
    private static func isRounding(_ name: String) -> Bool { name.hasSuffix("attention.self.key.bias") }

    private func compare(_ what: String, _ found: [Float], _ key: String) throws -> [String] {
      if Self.isRounding(key) {
        let largest = found.map { abs($0) }.max() ?? 0
        return what == "gradient" && largest > 1e-5 ? ["\(key) is \(largest), should be 0"] : []
      }
      let golden = try stored.floats(named: key)
      let size = zip(golden, golden).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }.squareRoot()
      let error = zip(found, golden).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
      guard found.count == golden.count, error <= 1e-4 * max(size, 1e-6) else {
        return ["\(key): off by \(error) of \(size)"]
      }
      return []
    }

    private func gradientFailures() throws -> [String] {
      var failures: [String] = []
      for (name, tensor) in parameters {
        let zeros = [Float](repeating: 0, count: try tensor.shape().reduce(1, *))
        failures += try compare("gradient", try tensor.gradient()?.floats() ?? zeros, "gradient " + name)
      }
      if let gate = student.gate?.logarithms, let gradient = try gate.gradient() {
        failures += try compare("gradient", gradient.floats(), "gradient gate")
      }
      return failures
    }

    private func sumFailures(_ after: [String: [Double]], step: Int) throws -> [String] {
      var failures: [String] = []
      for (name, tensor) in parameters {
        if Self.isRounding(name) { continue }
        let golden = try #require(after[name])
        let numbers = try tensor.floats().map(Double.init)
        let squares = numbers.reduce(0) { $0 + $1 * $1 }
        let scale = squares.squareRoot() * Double(numbers.count).squareRoot()
        if !Self.agree(numbers.reduce(0, +), golden[0], scale: scale)
          || !Self.agree(squares, golden[1], scale: golden[1])
        {
          failures.append("after step \(step) \(name) differs")
        }
      }
      return failures
    }

    private func weightFailures() throws -> [String] {
      var failures: [String] = []
      for (name, tensor) in parameters {
        failures += try compare("weights", tensor.floats(), "weights " + name)
      }
      if let gate = student.gate?.logarithms { failures += try compare("weights", gate.floats(), "weights gate") }
      return failures
    }
  }
}
