import Diagnostics

/// Which passages of a teacher's list a query's negatives are, besides its known positives, which never are.
///
/// Where the list is too short for what is asked, there are fewer negatives.
public enum SamplingStrategy: Sendable, Hashable {
  /// Any of the window, each equally likely: the paper's.
  case uniform(window: RankWindow)
  /// The best of the list.
  case hardest
  /// The last of the window.
  case easiest(window: RankWindow)
  /// As many of each of the window's bands; the bands have equally many ranks, and each is drawn from uniformly.
  case stratified(window: RankWindow, bands: Int)
  /// Without replacement, with probabilities after the softmax of the teacher's scores divided by the temperature; from
  /// the window, if there is one.
  case proportional(window: RankWindow?, temperature: Double)
  /// The `hard` best of the list, `uniform` others of the window, and `collection` passages that the teacher did not
  /// retrieve.
  case mixture(hard: Int, uniform: Int, collection: Int, window: RankWindow)
  /// The whole list.
  case wholeList
  /// The teacher's best are positives; any others, of the window if there is one, are negatives.
  case softPositives(count: Int, window: RankWindow?)

  /// The recipe's name of a strategy.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case uniform, hardest, easiest, stratified, proportional, mixture
    case wholeList = "whole_list"
    case softPositives = "soft_positives"

    /// The recipe's keys that go with the strategy, besides those that go with all.
    var keys: [String] {
      switch self {
      case .uniform, .easiest: ["window", "negatives"]
      case .hardest: ["negatives"]
      case .stratified: ["window", "bands", "negatives"]
      case .proportional: ["window", "temperature", "negatives"]
      case .mixture: ["hard", "uniform", "collection", "window"]
      case .wholeList: []
      case .softPositives: ["soft_positives", "window", "negatives"]
      }
    }
  }

  public var kind: Kind {
    switch self {
    case .uniform: .uniform
    case .hardest: .hardest
    case .easiest: .easiest
    case .stratified: .stratified
    case .proportional: .proportional
    case .mixture: .mixture
    case .wholeList: .wholeList
    case .softPositives: .softPositives
    }
  }

  /// The ranks that all negatives come from; `nil` where some come from anywhere.
  var window: RankWindow? {
    switch self {
    case .uniform(let window), .easiest(let window), .stratified(let window, _): window
    case .proportional(let window, _), .softPositives(_, let window): window
    case .mixture(let hard, _, let collection, let window): hard + collection > 0 ? nil : window
    case .hardest, .wholeList: nil
    }
  }

  /// How many positives a sample has, where the list is long enough.
  var positives: Int {
    if case .softPositives(let count, _) = self { count } else { 1 }
  }

  func check() throws(ParlanceError) {
    switch self {
    case .uniform, .hardest, .easiest, .wholeList: break
    case .stratified(_, let bands): try require("sampling.bands", bands, in: 1...Recipe.mostPassages)
    case .proportional(_, let temperature):
      try require("sampling.temperature", temperature, temperature > 0, "above 0")
    case .mixture(let hard, let uniform, let collection, _):
      try require("sampling.hard", hard, in: 0...Recipe.mostPassages)
      try require("sampling.uniform", uniform, in: 0...Recipe.mostPassages)
      try require("sampling.collection", collection, in: 0...Recipe.mostPassages)
      guard hard + uniform + collection > 0 else {
        throw ParlanceError(
          .usage,
          "expected one of `sampling.hard`, `sampling.uniform` and `sampling.collection` above 0; there are no negatives"
        )
      }
    case .softPositives(let count, _): try require("sampling.soft_positives", count, in: 1...Recipe.mostPassages)
    }
  }
}

extension SamplingStrategy: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case strategy, window, bands, temperature, hard, uniform, collection
    case softPositives = "soft_positives"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let given = try container.decodeIfPresent(RankWindow.self, forKey: .window)
    let window = given ?? .reference
    switch try container.name(.strategy, or: Kind.uniform) {
    case .uniform: self = .uniform(window: window)
    case .hardest: self = .hardest
    case .easiest: self = .easiest(window: window)
    case .stratified: self = .stratified(window: window, bands: try container.value(.bands, or: 4))
    case .proportional:
      self = .proportional(window: given, temperature: try container.value(.temperature, or: 1))
    case .mixture:
      self = .mixture(
        hard: try container.value(.hard, or: 4), uniform: try container.value(.uniform, or: 8),
        collection: try container.value(.collection, or: 4), window: window)
    case .wholeList: self = .wholeList
    case .softPositives:
      self = .softPositives(count: try container.value(.softPositives, or: 16), window: given)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .strategy)
    switch self {
    case .hardest, .wholeList: break
    case .uniform(let window), .easiest(let window): try container.encode(window, forKey: .window)
    case .stratified(let window, let bands):
      try container.encode(window, forKey: .window)
      try container.encode(bands, forKey: .bands)
    case .proportional(let window, let temperature):
      try container.encodeIfPresent(window, forKey: .window)
      try container.encode(temperature, forKey: .temperature)
    case .mixture(let hard, let uniform, let collection, let window):
      try container.encode(hard, forKey: .hard)
      try container.encode(uniform, forKey: .uniform)
      try container.encode(collection, forKey: .collection)
      try container.encode(window, forKey: .window)
    case .softPositives(let count, let window):
      try container.encode(count, forKey: .softPositives)
      try container.encodeIfPresent(window, forKey: .window)
    }
  }
}
