public import Diagnostics

extension Regulariser {
  /// What keeps vectors sparse, as a recipe writes it. The defaults regularise nothing, as DiSCo does.
  public struct Configuration: Codable, Sendable, Hashable {
    /// `weights: high`, or `weights: {query: 5.0e-3, passage: 1.0e-3}`.
    public var weights = Weights.named(.disco)
    /// Reads the weights as the paper's code does with its published settings: queries get the passages' weight, and
    /// nothing ramps up.
    public var referenceReading = false
    /// `query: {kind: l1}`.
    public var query = QueryPenalty.l1
    /// T: at step t the weights are multiplied by `min(1, (t / (T + 1))^2)`; 0 for no ramp.
    public var rampSteps = 0
    /// A query of turn n weighs `1 + growth (n - 1)` times as much.
    public var depthGrowth = 0.0
    /// Adds `1 / (sum of all weights)^2` for the batch's queries and for its passages, so that they do not all vanish.
    public var antiZero = false

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case weights, query
      case referenceReading = "reference_reading"
      case rampSteps = "ramp_steps"
      case depthGrowth = "depth_growth"
      case antiZero = "anti_zero"
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weights = try container.value(.weights, or: weights)
      referenceReading = try container.value(.referenceReading, or: referenceReading)
      query = try container.value(.query, or: query)
      rampSteps = try container.value(.rampSteps, or: rampSteps)
      depthGrowth = try container.value(.depthGrowth, or: depthGrowth)
      antiZero = try container.value(.antiZero, or: antiZero)
    }

    /// - Throws: `usage` for a value out of its range.
    public func check() throws(ParlanceError) {
      try require("regularisation.weights.query", weights.query, weights.query >= 0, "at least 0")
      try require("regularisation.weights.passage", weights.passage, weights.passage >= 0, "at least 0")
      try require("regularisation.ramp_steps", rampSteps, in: 0...Recipe.mostSteps)
      try require("regularisation.depth_growth", depthGrowth, depthGrowth >= 0, "at least 0")
      guard !referenceReading || weights.query == 0 || weights.passage > 0 else {
        throw ParlanceError(
          .usage,
          "`regularisation.reference_reading` gives queries the passages' weight, which is 0, so that "
            + "`regularisation.weights.query` does nothing; expected `regularisation.weights.passage` above 0")
      }
      try query.check()
    }

    /// lambda_q at a step, counted from 1.
    public func queryWeight(at step: Int) -> Double {
      referenceReading ? weights.passage : weights.query * ramp(at: step)
    }

    /// lambda_d at a step, counted from 1.
    public func passageWeight(at step: Int) -> Double {
      weights.passage * (referenceReading ? 1 : ramp(at: step))
    }

    private func ramp(at step: Int) -> Double {
      let share = Double(step) / Double(rampSteps + 1)
      return min(1, share * share)
    }
  }
}

extension Regulariser.Configuration {
  /// How much the penalties weigh: lambda_q and lambda_d.
  public enum Weights: Codable, Sendable, Hashable {
    case named(Setting)
    case given(query: Double, passage: Double)

    /// The settings that the paper studies.
    public enum Setting: String, Codable, Sendable, CaseIterable {
      case disco, splade, high, higher, highest
    }

    public var query: Double {
      switch self {
      case .given(let query, _): query
      case .named(.disco): 0
      case .named(.splade): 1e-3
      case .named(.high): 5e-3
      case .named(.higher): 5e-2
      case .named(.highest): 1e-1
      }
    }

    public var passage: Double {
      switch self {
      case .given(_, let passage): passage
      case .named(.disco): 0
      case .named(.splade): 5e-4
      case .named(.high): 1e-3
      case .named(.higher): 1e-2
      case .named(.highest): 5e-2
      }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
      case query, passage
    }

    public init(from decoder: any Decoder) throws {
      if let name = try? decoder.singleValueContainer().decode(String.self) {
        guard let setting = Setting(rawValue: name) else {
          let known = Setting.allCases.map(\.rawValue).joined(separator: ", ")
          throw DecodingError.dataCorrupted(
            .init(
              codingPath: decoder.codingPath,
              debugDescription: "expected one of \(known), or query and passage, found \(name)"))
        }
        self = .named(setting)
      } else {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .given(query: try container.value(.query, or: 0), passage: try container.value(.passage, or: 0))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      switch self {
      case .named(let setting):
        var container = encoder.singleValueContainer()
        try container.encode(setting.rawValue)
      case .given(let query, let passage):
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(query, forKey: .query)
        try container.encode(passage, forKey: .passage)
      }
    }
  }
}
