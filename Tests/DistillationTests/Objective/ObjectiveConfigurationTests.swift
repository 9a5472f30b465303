import Diagnostics
import FoundationEssentials
import Testing

@testable import Distillation

@Suite("The objective's part of a recipe")
struct ObjectiveConfigurationTests {
  private func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }

  private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
  }

  @Test("has the paper's objective where it says nothing")
  func defaults() throws {
    let objective = try read(Objective.Configuration.self, "{}")
    #expect(objective == Objective.Configuration())
    #expect((objective.kld.weight, objective.contrastive.weight, objective.marginMSE.weight) == (1, 0.01, 0))
    let regulariser = try read(Regulariser.Configuration.self, "{}")
    #expect(regulariser == Regulariser.Configuration())
    #expect(regulariser.queryWeight(at: 1) == 0)
  }

  @Test("is read as it is written")
  func reading() throws {
    let objective = try read(
      Objective.Configuration.self,
      """
      {"kld": {"temperature": 2, "scale_by_squared_temperature": true, "reference_temperature": true},
       "margin_mse": {"weight": 0.05, "pairs": "all"}, "positive_weight": 4,
       "contrastive": {"weight": 0.1, "temperature": 0.05, "in_batch_negatives": false,
                       "mask_known_positives": false}}
      """)
    #expect(objective.kld.temperature == 2)
    #expect(objective.kld.scaleBySquaredTemperature && objective.kld.referenceTemperature)
    #expect(objective.marginMSE.pairs == .all)
    #expect(objective.positiveWeight == 4)
    #expect(!objective.contrastive.inBatchNegatives && !objective.contrastive.maskKnownPositives)
    #expect(try roundTrip(objective) == objective)
  }

  @Test("names the regulariser's setting or gives its weights")
  func regulariser() throws {
    let named = try read(
      Regulariser.Configuration.self,
      """
      {"weights": "high", "query": {"kind": "l0_flops", "threshold": 40}, "ramp_steps": 50000, "depth_growth": 0.1,
       "anti_zero": true}
      """)
    #expect((named.weights.query, named.weights.passage) == (5e-3, 1e-3))
    #expect(named.query == .l0FLOPS(threshold: 40))
    #expect((named.rampSteps, named.depthGrowth, named.antiZero) == (50_000, 0.1, true))
    #expect(try roundTrip(named) == named)
    let given = try read(
      Regulariser.Configuration.self,
      #"{"weights": {"query": 0.5}, "query": {"kind": "df_flops", "alpha": 0.2}, "reference_reading": true}"#)
    #expect(given.weights == .given(query: 0.5, passage: 0))
    var weighting = FrequencyWeighting()
    weighting.alpha = 0.2
    #expect(given.query == .dfFLOPS(weighting))
    #expect(try roundTrip(given) == given)
  }

  @Test(
    "names what there is instead of a name that is not there",
    arguments: [
      (#"{"weights": "strong"}"#, "disco, splade, high, higher, highest"),
      (#"{"query": {"kind": "l2"}}"#, "l1, flops, l0_flops, df_flops"),
    ])
  func unknownNames(json: String, expected: String) {
    let error = #expect(throws: DecodingError.self) { try read(Regulariser.Configuration.self, json) }
    #expect("\(String(describing: error))".contains(expected))
  }

  @Test("is refused for values that make no sense")
  func values() {
    func refuses(_ key: String, _ change: (inout Objective.Configuration) -> Void) {
      var configuration = Objective.Configuration()
      change(&configuration)
      let error = #expect(throws: ParlanceError.self) { try configuration.check() }
      #expect(error?.message.contains(key) == true)
    }
    #expect(throws: Never.self) { try Objective.Configuration().check() }
    refuses("kld.temperature") { $0.kld.temperature = 0 }
    refuses("contrastive.temperature") { $0.contrastive.temperature = .nan }
    refuses("contrastive.weight") { $0.contrastive.weight = 1.5 }
    refuses("margin_mse.weight") { $0.marginMSE.weight = -1 }
    refuses("positive_weight") { $0.positiveWeight = 0 }
    refuses("nothing to minimise") {
      $0.kld.weight = 0
      $0.contrastive.weight = 0
    }
    var regulariser = Regulariser.Configuration()
    #expect(throws: Never.self) { try regulariser.check() }
    regulariser.weights = .given(query: -1, passage: 0)
    #expect(throws: ParlanceError.self) { try regulariser.check() }
    regulariser.weights = .named(.high)
    regulariser.query = .l0FLOPS(threshold: -1)
    #expect(throws: ParlanceError.self) { try regulariser.check() }
  }
}
