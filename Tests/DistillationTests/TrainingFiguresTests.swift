import Testing

@testable import Distillation

@Suite("Figures for a person who waits")
struct TrainingFiguresTests {
  @Test("a step's line has what matters first, and nothing that only a log needs")
  func step() {
    let line = TrainingFigures.line([
      ("kld", 0.97712), ("contrastive", 12.946), ("queries_without_positive", 3), ("query_l1", 129.3),
      ("loss", 1.0551), ("query_terms", 139.14), ("learning_rate", 2.412e-4), ("seconds", 14.2),
    ])
    #expect(line == "loss 1.055  L0 139  lr 2.4e-4  kld 0.977  contrastive 12.9")
  }

  @Test("a validation's line has its measures")
  func validation() {
    #expect(
      TrainingFigures.line([("validation nDCG@3", 0.34712), ("validation query_terms", 39.1), ("seconds", 1)])
        == "nDCG@3 0.347  L0 39.1")
  }

  @Test("a model card's table has the measures by the names that people know")
  func table() {
    let table = TrainingFigures.table(
      [("validation nDCG@3", 0.34712), ("validation query_terms", 39.1), ("seconds", 1)], turns: 42)
    #expect(
      table == """
        On the 42 judged turns that the recipe validates with:

        | figure | value |
        | --- | --- |
        | nDCG@3 | 0.347 |
        | terms of a query | 39.1 |
        """)
  }

  @Test(
    "numbers of every size are short",
    arguments: [
      (0.0, "0.0"), (0.00999, "1.0e-2"), (-0.0042, "-4.2e-3"), (0.0123, "0.012"), (99.96, "100.0"), (1234.56, "1235"),
      (.infinity, "inf"), (.nan, "nan"), (2e7, "2.0e7"),
    ])
  func short(value: Double, text: String) {
    #expect(TrainingFigures.short(value) == text)
  }

  @Test("the pace is that of the latest steps, and there is none before the first")
  func pace() throws {
    var pace = Pace()
    #expect(pace.perSecond == nil)
    pace.add(10, in: 0)
    #expect(pace.perSecond == nil)
    for _ in 0..<5 { pace.add(10, in: 0.25) }
    #expect(try abs(#require(pace.perSecond) - 47.5) < 2.5)
    // A machine that became ten times as slow is seen within some steps, not at once.
    pace.add(10, in: 2.5)
    #expect(try #require(pace.perSecond) > 10)
    for _ in 0..<200 { pace.add(10, in: 2.5) }
    #expect(try abs(#require(pace.perSecond) - 4) < 0.1)
    let line = TrainingFigures.line([("loss", 1.5), ("learning_rate", 0.01), ("examples_per_second", 41.26)])
    #expect(line == "loss 1.5  lr 0.01  examples/s 41.3")
  }
}
