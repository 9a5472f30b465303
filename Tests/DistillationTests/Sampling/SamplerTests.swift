import Foundation
import Testing

@testable import Distillation

@Suite("A sampler")
struct SamplerTests {
  /// The paper's window, cut to what the tests' list holds.
  static let window = RankWindow(11, 90)
  static let strategies: [SamplingStrategy] = [
    .uniform(window: window), .hardest, .easiest(window: window), .stratified(window: window, bands: 5),
    .proportional(window: nil, temperature: 2), .proportional(window: window, temperature: 2),
    .mixture(hard: 3, uniform: 9, collection: 4, window: window), .wholeList,
    .softPositives(count: 4, window: nil),
  ]

  /// A list of passages 100, 101, ... with falling scores: the passage of rank r is 99 + r.
  static func list(_ count: Int = 100) -> TeacherList {
    TeacherList(
      passages: (0..<count).map { UInt32(100 + $0) }, scores: (0..<count).map { 30 - Float($0) / 5 })
  }

  static func sampler(
    _ strategy: SamplingStrategy, _ change: (inout Sampler.Configuration) -> Void = { _ in }
  ) -> Sampler {
    var configuration = Sampler.Configuration()
    configuration.strategy = strategy
    change(&configuration)
    return Sampler(configuration)
  }

  static func sample(
    _ sampler: Sampler, list: TeacherList = list(), gold: [UInt32] = [103], score: ((UInt32) -> Float)? = nil,
    seed: UInt64 = 7, epoch: Int = 0, query: UInt64 = 0, repetition: Int = 0
  ) -> PassageSample? {
    sampler.sample(
      list: list, gold: gold, score: score, collectionCount: 1000, seed: seed, epoch: epoch, query: query,
      repetition: repetition)
  }

  @Test("draws no passage twice and no known positive as a negative", arguments: strategies, UInt64(0)..<10)
  func negatives(strategy: SamplingStrategy, seed: UInt64) throws {
    let gold: [UInt32] = [103, 120, 151, 900]
    let sample = try #require(Self.sample(Self.sampler(strategy), gold: gold, seed: seed))
    #expect(Set(sample.passages).count == sample.count)
    #expect(Set(sample.passages.dropFirst(sample.positives)).isDisjoint(with: gold))
    if strategy.kind == .softPositives {
      #expect(sample.passages.prefix(sample.positives) == [100, 101, 102, 103])
    } else {
      #expect(sample.positives == 1)
      #expect(gold.contains(sample.passages[0]))
    }
    #expect(sample.count - sample.positives == (strategy == .wholeList ? 97 : 16))
    // All but the positive and what is from outside the list have the teacher's scores.
    for (passage, score) in zip(sample.passages, sample.teacherScores).dropFirst() where 100..<200 ~= passage {
      #expect(score == 30 - Float(passage - 100) / 5)
    }
  }

  @Test("keeps to its window", arguments: UInt64(0)..<10)
  func windows(seed: UInt64) throws {
    let strategies: [SamplingStrategy] = [
      .uniform(window: Self.window), .easiest(window: Self.window), .stratified(window: Self.window, bands: 3),
      .proportional(window: Self.window, temperature: 1), .softPositives(count: 2, window: Self.window),
    ]
    for strategy in strategies {
      let sample = try #require(Self.sample(Self.sampler(strategy), seed: seed))
      #expect(sample.passages.dropFirst(sample.positives).allSatisfy { 110...189 ~= $0 }, "\(strategy)")
    }
  }

  @Test(
    "gives the same sample for the same seed, epoch, query and repetition, and others for others", arguments: strategies
  )
  func determinism(strategy: SamplingStrategy) throws {
    let sampler = Self.sampler(strategy) { $0.correction = true }
    let sample = Self.sample(sampler)
    #expect(sample == Self.sample(sampler))
    guard ![.hardest, .easiest, .wholeList].contains(strategy.kind) else { return }
    #expect(sample != Self.sample(sampler, seed: 8))
    #expect(sample != Self.sample(sampler, epoch: 1))
    #expect(sample != Self.sample(sampler, query: 1))
    #expect(sample != Self.sample(sampler, repetition: 1))
    #expect(Self.sample(sampler, repetition: 1) != Self.sample(sampler, repetition: 2))
    // Seed, epoch, query and repetition are not interchangeable.
    #expect(Self.sample(sampler, query: 2, repetition: 1) != Self.sample(sampler, query: 1, repetition: 2))
    #expect(Self.sample(sampler, epoch: 1, query: 2) != Self.sample(sampler, epoch: 2, query: 1))
  }

  @Test("draws what it has always drawn")
  func pinned() throws {
    let sample = try #require(Self.sample(Self.sampler(.uniform(window: Self.window)) { $0.negatives = 6 }))
    #expect(sample.passages == [103, 112, 114, 126, 132, 154, 186])
  }

  @Test("takes the best, or the last of the window, beside the gold passage")
  func ends() throws {
    let hardest = Self.sampler(.hardest) { $0.negatives = 4 }
    #expect(try #require(Self.sample(hardest)).passages == [103, 100, 101, 102, 104])
    let easiest = Self.sampler(.easiest(window: Self.window)) { $0.negatives = 3 }
    #expect(try #require(Self.sample(easiest, gold: [188])).passages == [188, 186, 187, 189])
  }

  @Test("draws equally from each band, the better ones first where that cannot be")
  func stratified() throws {
    let sampler = Self.sampler(.stratified(window: RankWindow(1, 80), bands: 4)) { $0.negatives = 10 }
    let sample = try #require(Self.sample(sampler, gold: [500]))
    let bands = sample.passages.dropFirst().map { ($0 - 100) / 20 }
    #expect(bands == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3])
    // Bands of 1, 1, 1 and 2 passages: the last one makes up for the others.
    let short = try #require(Self.sample(sampler, list: Self.list(5), gold: [500]))
    #expect(short.passages.dropFirst() == [100, 101, 102, 103, 104])
  }

  @Test("mixes the best, some of the window and some that the teacher did not retrieve")
  func mixture() throws {
    let sampler = Self.sampler(.mixture(hard: 3, uniform: 5, collection: 4, window: RankWindow(2, 50)))
    let sample = try #require(Self.sample(sampler, gold: [101, 700]))
    let negatives = Array(sample.passages.dropFirst())
    #expect(negatives.prefix(3) == [100, 102, 103])
    #expect(negatives[3..<8].allSatisfy { 104...149 ~= $0 })
    #expect(negatives.count == 12)
    #expect(negatives[8...].allSatisfy { $0 < 100 || 200..<1000 ~= $0 })
    #expect(sample.teacherScores.suffix(4).allSatisfy { $0 == Self.list().scores.last })
    let scored = try #require(Self.sample(sampler, gold: [101, 700], score: { Float($0) / 1000 }))
    #expect(scored.passages == sample.passages)
    #expect(scored.teacherScores.suffix(4) == scored.passages.suffix(4).map { Float($0) / 1000 }[...])
    let corrected = Self.sampler(sampler.configuration.strategy) { $0.correction = true }
    let counts = try #require(Self.sample(corrected, gold: [101, 700])).logExpectedCounts.suffix(4)
    #expect(
      counts.allSatisfy { $0 == Float(log(4.0 / 899)) }, "100 retrieved and one gold passage are not among the 1,000")
    // A collection in which the teacher retrieved nearly everything.
    let none = try #require(
      sampler.sample(
        list: TeacherList(passages: [0, 1, 2], scores: [3, 2, 1]), gold: [1], collectionCount: 4, seed: 1, epoch: 0,
        query: 0))
    #expect(none.passages == [1, 0, 2, 3])
  }

  @Test("takes what there is of a short list, and nothing where there is none", arguments: strategies)
  func shortLists(strategy: SamplingStrategy) throws {
    #expect(Self.sample(Self.sampler(strategy), list: Self.list(0)) == nil)
    for count in [1, 2, 5, 12] {
      let sample = try #require(Self.sample(Self.sampler(strategy), list: Self.list(count), gold: [100]))
      #expect(sample.passages[0] == 100)
      let retrieved = sample.passages.filter { 100..<100 + UInt32(count) ~= $0 }
      #expect(Set(retrieved).count == retrieved.count)
      #expect(sample.count <= max(17, count))
    }
  }

  @Test("leaves out the positives from distillation where the recipe wants that")
  func distilsPositives() throws {
    #expect(try #require(Self.sample(Self.sampler(.hardest))).distilsPositives)
    #expect(try #require(Self.sample(Self.sampler(.hardest) { $0.goldInList = false })).distilsPositives == false)
  }
}
