import Testing

@testable import Distillation

@Suite("The positive of a sample")
struct PositiveTests {
  private typealias Base = SamplerTests

  @Test("is any of the gold passages, over the epochs equally often")
  func gold() throws {
    let sampler = Base.sampler(.hardest)
    var counts: [UInt32: Int] = [:]
    for epoch in 0..<3000 {
      counts[try #require(Base.sample(sampler, gold: [103, 140, 900], epoch: epoch)).passages[0], default: 0] += 1
    }
    #expect(counts.keys.sorted() == [103, 140, 900])
    #expect(counts.values.allSatisfy { 900...1100 ~= $0 })
  }

  @Test("is the teacher's best for a query without gold, and where the recipe asks for it")
  func teacher() throws {
    #expect(try #require(Base.sample(Base.sampler(.hardest), gold: [])).passages[0] == 100)
    let teacher = Base.sampler(.hardest) { $0.positiveSource = .teacher }
    let sample = try #require(Base.sample(teacher, gold: [101]))
    #expect(sample.passages.prefix(2) == [100, 102], "the gold passage is still no negative")
  }

  @Test("has its score in the list, or the teacher's exact score, or the list's best")
  func score() throws {
    let sampler = Base.sampler(.hardest)
    #expect(
      try #require(Base.sample(sampler, gold: [103], score: { _ in 5 })).teacherScores[0] == Base.list().scores[3])
    #expect(try #require(Base.sample(sampler, gold: [900], score: { _ in 5 })).teacherScores[0] == 5)
    #expect(try #require(Base.sample(sampler, gold: [900])).teacherScores[0] == 30)
  }

  @Test("is looked up in ranks 11 to 960 only where the paper's code is followed")
  func reference() throws {
    let sampler = Base.sampler(.uniform(window: .reference)) { $0.referencePositiveScore = true }
    let list = Base.list(1000)
    func score(_ gold: UInt32) throws -> Float {
      try #require(Base.sample(sampler, list: list, gold: [gold], score: { _ in 5 })).teacherScores[0]
    }
    #expect(try score(103) == list.scores[10], "rank 4 counts as absent")
    #expect(try score(110) == list.scores[10])
    #expect(try score(1059) == list.scores[959])
    #expect(try score(1060) == list.scores[10], "rank 961 counts as absent")
    #expect(try score(5000) == list.scores[10])
    // Nothing is left of a list of ten.
    #expect(try #require(Base.sample(sampler, list: Base.list(10), gold: [900])).teacherScores[0] == 30)
  }
}
