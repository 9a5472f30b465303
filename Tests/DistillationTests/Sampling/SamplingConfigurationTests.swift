import Diagnostics
import FoundationEssentials
import Testing

@testable import Distillation

@Suite("The sampler's part of a recipe")
struct SamplingConfigurationTests {
  private func read(_ json: String) throws -> Sampler.Configuration {
    try JSONDecoder().decode(Sampler.Configuration.self, from: Data(json.utf8))
  }

  @Test("a window has the places of its ranks, whatever its ends")
  func windows() {
    #expect(RankWindow(2, 4).places(in: 10) == 1..<4)
    #expect(RankWindow(2, 4).places(in: 3) == 1..<3)
    #expect(RankWindow(7, 9).places(in: 3).isEmpty && RankWindow(5, 2).places(in: 10).isEmpty)
    #expect(RankWindow(0, 2).places(in: 10) == 0..<2 && RankWindow(.min, .max).places(in: 10) == 0..<10)
    #expect(RankWindow(.max, .min).places(in: 10).isEmpty)
  }

  @Test("is the paper's where it says nothing")
  func defaults() throws {
    let configuration = try read("{}")
    #expect(configuration == Sampler.Configuration())
    #expect(configuration.strategy == .uniform(window: RankWindow(11, 960)))
    #expect(configuration.negatives == 16)
  }

  @Test(
    "has a strategy's keys beside the others, and is written as it is read",
    arguments: [
      (
        #"{"strategy": "uniform", "window": [1, 200], "negatives": 8}"#, SamplingStrategy.uniform(window: .init(1, 200))
      ),
      (#"{"strategy": "hardest"}"#, .hardest),
      (#"{"strategy": "easiest", "window": [11, 500]}"#, .easiest(window: .init(11, 500))),
      (#"{"strategy": "stratified", "bands": 8}"#, .stratified(window: .reference, bands: 8)),
      (#"{"strategy": "proportional", "temperature": 4}"#, .proportional(window: nil, temperature: 4)),
      (
        #"{"strategy": "mixture", "hard": 1, "uniform": 2, "collection": 3, "window": [5, 50]}"#,
        .mixture(hard: 1, uniform: 2, collection: 3, window: .init(5, 50))
      ),
      (#"{"strategy": "whole_list"}"#, .wholeList),
      (#"{"strategy": "soft_positives", "soft_positives": 12}"#, .softPositives(count: 12, window: nil)),
    ])
  func strategies(json: String, strategy: SamplingStrategy) throws {
    let configuration = try read(json)
    #expect(configuration.strategy == strategy)
    try configuration.check()
    let written = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(Sampler.Configuration.self, from: written) == configuration)
  }

  @Test("has every setting")
  func settings() throws {
    let configuration = try read(
      """
      {"negatives": 70, "gold_in_list": false, "positive_source": "teacher", "correction": true,
       "reference_positive_score": true}
      """)
    #expect(configuration.negatives == 70)
    #expect(!configuration.goldInList && configuration.correction && configuration.referencePositiveScore)
    #expect(configuration.positiveSource == .teacher)
  }

  @Test(
    "is refused for what makes no sense",
    arguments: [
      (#"{"strategy": "best"}"#, "uniform, hardest, easiest, stratified"),
      (#"{"positive_source": "human"}"#, "gold, teacher"),
      (#"{"window": [960, 11]}"#, "the first and the last rank"),
      (#"{"window": [0, 11]}"#, "the first and the last rank"),
      (#"{"window": [11]}"#, "the first and the last rank"),
    ])
  func refused(json: String, expected: String) {
    let error = #expect(throws: DecodingError.self) { try read(json) }
    #expect("\(String(describing: error))".contains(expected))
  }

  @Test(
    "is refused for values out of their range",
    arguments: [
      #"{"negatives": 0}"#, #"{"strategy": "stratified", "bands": 0}"#,
      #"{"strategy": "proportional", "temperature": 0}"#, #"{"strategy": "mixture", "hard": -1}"#,
      #"{"strategy": "soft_positives", "soft_positives": 0}"#,
    ])
  func ranges(json: String) throws {
    let configuration = try read(json)
    #expect(throws: ParlanceError.self) { try configuration.check() }
  }
}
