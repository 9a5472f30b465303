import Diagnostics
import Identifiers
import RankedResults
import Testing

@testable import Evaluation

@Suite("Significance")
struct SignificanceTests {
  /// Differences with a mean of `shift` standard deviations.
  static func differences(_ count: Int, shift: Double, _ random: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in
      (0..<12).reduce(-6.0 + shift) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }
  }

  @Test("numbers of draws that no machine has room or time for are refused")
  func tooManyDraws() throws {
    let qrels = Qrels(grades: ["1": ["a": 1], "2": ["a": 1]])
    let run = EvaluateTests.run(["1": [("a", 1)], "2": [("b", 1)]])
    let evaluation = try evaluate(run, qrels: qrels, measures: [Measure(parsing: "RR")])
    for (permutations, resamples) in [(Int.max, 10), (0, 10), (10, Int.max), (10, 1 << 29), (10, 0)] {
      var configuration = BaselineComparison.Configuration()
      (configuration.permutations, configuration.resamples) = (permutations, resamples)
      let error = #expect(throws: ParlanceError.self) {
        try BaselineComparison([evaluation], with: evaluation, groups: nil, configuration: configuration)
      }
      #expect(error?.code == .usage)
    }
  }

  @Test("resamples that no machine has room for are refused before anything is drawn, of however many units")
  func tooManyResamples() throws {
    for (queries, resamples) in [(2, Int.max), (2, 10_000_001), (2, 0), (2, -1), (200_000, Int.max), (0, Int.max)] {
      let groups = QueryGroups(queryCount: queries)
      let error = #expect(throws: ParlanceError.self) { try Bootstrap(groups, resamples: resamples) }
      #expect(error?.code == .usage && error?.message.contains("10000000 resamples") == true, "\(resamples)")
      #expect(throws: ParlanceError.self) { try PairedComparer(.query, groups: groups, resamples: resamples) }
    }
    let few = try Bootstrap(QueryGroups(queryCount: 2), resamples: 1)
    #expect(few.interval([1, 1]) == Bootstrap.Interval(low: 1, high: 1))
    let many = try Bootstrap(QueryGroups(queryCount: 200_000), resamples: 2)
    #expect(many.interval([Double](repeating: 1, count: 200_000)) == Bootstrap.Interval(low: 1, high: 1))
    for (queries, resamples) in [(200_000, 10_000), (2, 10_000_000), (0, 1)] {
      _ = try Bootstrap(QueryGroups(queryCount: queries), resamples: resamples)
    }
  }

  /// The interval of a mean as it is found from draws that are kept, all of them beside each other.
  private func keptInterval(_ values: [Double], _ groups: QueryGroups, _ resamples: Int, _ seed: UInt64) -> [Double] {
    let count = groups.groups.count
    let sums = groups.groups.map { group in group.reduce(0.0) { $0 + values[$1] } }
    var random = SeededGenerator(seed: seed)
    var draws = [UInt32](repeating: 0, count: resamples * count)
    var queries = [Int](repeating: 0, count: resamples)
    for resample in 0..<resamples {
      for _ in 0..<count {
        let group = random.index(below: count)
        draws[resample * count + group] += 1
        queries[resample] += groups.groups[group].count
      }
    }
    var means: [Double] = []
    for resample in 0..<resamples {
      var sum = 0.0
      for unit in 0..<count { sum += Double(draws[resample * count + unit]) * sums[unit] }
      means.append(sum / Double(queries[resample]))
    }
    means.sort()
    // With 401 resamples the quantiles of 0.95 are the 11th from each end.
    return [means[10], means[resamples - 11]]
  }

  @Test("intervals are those of draws that are kept, and the same however many lists are added up at once")
  func drawnAgain() throws {
    var random = SeededGenerator(seed: 31)
    let queries = (0..<90).map { ExternalID("q\($0)") }
    let conversation = Dictionary(uniqueKeysWithValues: queries.indices.map { (queries[$0], ExternalID("c\($0 / 7)")) })
    let lists = (0..<9).map { Self.differences(90, shift: Double($0) / 10, &random) }
    for groups in [QueryGroups(queryCount: 90), QueryGroups(queries: queries, conversation: conversation)] {
      var bootstrap = try Bootstrap(groups, resamples: 401, seed: 8)
      let together = bootstrap.intervals(lists)
      #expect(together.count == 9 && Set(together.map { $0?.low }).count == 9)
      for (list, interval) in zip(lists, together) {
        let kept = keptInterval(list, groups, 401, 8)
        let found = try #require(interval)
        #expect(abs(found.low - kept[0]) < 1e-12 && abs(found.high - kept[1]) < 1e-12)
        #expect(bootstrap.interval(list) == found)
      }
      let pairs = lists.map { (values: $0, others: $0.map { 20 + $0 }) }
      let ratios = bootstrap.ratioIntervals(pairs)
      #expect(pairs.map { bootstrap.ratioInterval($0.values, over: $0.others) } == ratios && !ratios.contains(nil))
      for atOnce in [1, 2, 4, 9] {
        bootstrap.listsAtOnce = atOnce
        #expect(bootstrap.intervals(lists) == together && bootstrap.ratioIntervals(pairs) == ratios)
      }
    }
    #expect(try Bootstrap(QueryGroups(queryCount: 3)).intervals([]).isEmpty)
    #expect(try Bootstrap(QueryGroups(queryCount: 1)).intervals([[1], [2]]) == [nil, nil])
  }

  /// Twenty conversations of a turn that is won, and one of sixty turns that are lost.
  static func contradiction() throws -> (run: Evaluation, baseline: Evaluation, groups: QueryGroups) {
    let measures = [try Measure(parsing: "RR")]
    let queries = (10..<90).map { ExternalID("q\($0)") }
    let gains = (0..<80).map { $0 < 20 ? 0.1 + 0.001 * Double($0) : -0.1 }
    let conversation = Dictionary(
      uniqueKeysWithValues: queries.enumerated().map { ($0.element, ExternalID("c\(min($0.offset, 20))")) })
    return (
      Evaluation(name: "run", measures: measures, queries: queries, values: [gains.map { 0.5 + $0 }]),
      Evaluation(name: "base", measures: measures, queries: queries, values: [gains.map { _ in 0.5 }]),
      QueryGroups(queries: queries, conversation: conversation)
    )
  }

  @Test("what was tested is the mean over queries, but in the t test by conversation the mean of conversations' means")
  func tested() throws {
    let (run, baseline, groups) = try Self.contradiction()
    for test in SignificanceTest.allCases {
      for unit in SamplingUnit.allCases {
        var configuration = BaselineComparison.Configuration()
        (configuration.test, configuration.unit, configuration.permutations) = (test, unit, 99)
        let comparison = try BaselineComparison([run], with: baseline, groups: groups, configuration: configuration)
        let entry = comparison.entries[0]
        #expect(entry.difference < 0)
        #expect(comparison.units.groups.count == (unit == .query ? 80 : 21))
        if test == .tTest, unit == .conversation {
          #expect(abs(entry.tested - (20 * 0.1095 - 0.1) / 21) < 1e-12 && entry.isSignificant, "\(entry.tested)")
        } else {
          #expect(abs(entry.tested - entry.difference) < 1e-12, "\(test), \(unit)")
        }
      }
    }
  }

  @Test("means over the same seeds in another order are the same: neither counted as won or lost, nor tested")
  func rounding() throws {
    let (up, down) = ((0.1 + 0.2 + 0.3) / 3, (0.3 + 0.2 + 0.1) / 3)
    #expect(up != down)
    let measures = [try Measure(parsing: "RR")]
    func evaluation(_ name: String, _ values: [Double]) -> Evaluation {
      Evaluation(
        name: name, measures: measures, queries: values.indices.map { ExternalID("q\($0)") }, values: [values])
    }
    let comparer = try PairedComparer(.query, groups: QueryGroups(queryCount: 5), permutations: 9, resamples: 9)
    let baseline = evaluation("base", [up, up, down, 0.25, 0.5])
    let some = try comparer.compare(evaluation("run", [down, up, up, 0.5, 0.25]), with: baseline)[0]
    #expect([some.wins, some.losses, some.ties] == [1, 1, 3])
    let none = try comparer.compare(evaluation("run", [down, down, down, 0.25, 0.5]), with: baseline)[0]
    #expect([none.wins, none.losses, none.ties] == [0, 0, 5])
    #expect(none.randomisation.p == 1 && none.tTest?.p == 1 && none.difference == 0)
  }

  @Test(
    "the t distribution is scipy's to 1e-10, from half a degree of freedom to a million",
    .enabled(if: Judge.isInstalled, "the Python judges are not installed"))
  func studentT() throws {
    var random = SeededGenerator(seed: 5)
    var points = [[0.0, 1], [1e-8, 3], [1e-3, 1e6], [40, 420], [5, 1e6], [1e10, 2], [300, 1], [0.01, 0.5]]
    for _ in 0..<4000 {
      let freedom = Double(1 + random.index(below: [5, 50, 1000, 1_000_000][random.index(below: 4)]))
      points.append([Double.random(in: -8..<8, using: &random), freedom])
    }
    let expected = try Judge.ask(
      "from scipy import stats\nanswer = [[stats.t.cdf(t, v), 2 * stats.t.sf(abs(t), v)] for t, v in question]", points,
      as: [[Double]].self)
    for (point, judge) in zip(points, expected) {
      let (t, freedom) = (point[0], point[1])
      #expect(abs(StudentT.distribution(t, degreesOfFreedom: freedom) - judge[0]) < 1e-10, "t \(t), v \(freedom)")
      #expect(abs(StudentT.twoSidedTail(t, degreesOfFreedom: freedom) - judge[1]) < 1e-10, "t \(t), v \(freedom)")
    }
  }

  @Test("the t distribution has its textbook values")
  func textbook() {
    // One degree of freedom is Cauchy's distribution, two have a closed form.
    #expect(abs(StudentT.distribution(1, degreesOfFreedom: 1) - 0.75) < 1e-14)
    #expect(abs(StudentT.distribution(2, degreesOfFreedom: 2) - (0.5 + 1 / 6.0.squareRoot())) < 1e-14)
    #expect(StudentT.twoSidedTail(0, degreesOfFreedom: 7) == 1)
    #expect(StudentT.twoSidedTail(.infinity, degreesOfFreedom: 7) == 0)
    #expect(StudentT.twoSidedTail(1, degreesOfFreedom: 0).isNaN)
  }

  @Test(
    "the paired t test is scipy's", .enabled(if: Judge.isInstalled, "the Python judges are not installed"),
    arguments: [UInt64(11)])
  func tTest(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let samples = (0..<200).map { number in
      Self.differences(2 + random.index(below: 300), shift: Double(number % 5) / 10, &random)
    }
    let expected = try Judge.ask(
      """
      from scipy import stats
      results = [stats.ttest_1samp(sample, 0) for sample in question]
      answer = [[float(r.statistic), float(r.pvalue)] for r in results]
      """, samples, as: [[Double]].self)
    for (sample, judge) in zip(samples, expected) {
      let test = try #require(TTest(differences: sample))
      #expect(abs(test.t - judge[0]) < 1e-9 * max(1, abs(judge[0])), "seed \(seed)")
      #expect(abs(test.p - judge[1]) < 1e-10, "seed \(seed)")
    }
  }

  @Test("a t test of equal differences, of zeros, and of too few")
  func degenerate() throws {
    #expect(TTest(differences: [0.5]) == nil)
    #expect(TTest(differences: []) == nil)
    #expect(TTest(differences: [0, 0, 0])?.p == 1)
    #expect(TTest(differences: [0.1, 0.1, 0.1])?.p == 0)
    #expect(TTest(differences: [-0.1, -0.1])?.t == -.infinity)
  }

  @Test("the exact randomisation test counts every assignment of signs", arguments: [UInt64(1), 2, 3, 4])
  func exact(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for count in 0...13 {
      // Steps of a tenth give many sums that are equal on paper.
      let differences = (0..<count).map { _ in Double(random.index(below: 7) - 2) / 10 }
      let observed = abs(differences.reduce(0, +))
      let extreme = (0..<(1 << count)).count { signs in
        let sum = differences.indices.reduce(0.0) { $0 + (signs >> $1 & 1 == 0 ? 1 : -1) * differences[$1] }
        return abs(sum) >= observed - 1e-9
      }
      let test = RandomisationTest(differences: differences)
      #expect(abs(test.p - Double(extreme) / Double(1 << count)) < 1e-12, "seed \(seed), \(count) differences")
      #expect(test.method == .exact)
    }
  }

  @Test(
    "the exact randomisation test is scipy's permutation test",
    .enabled(if: Judge.isInstalled, "the Python judges are not installed"), arguments: [UInt64(21)])
  func exactAgainstJudge(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let samples = (0..<30).map { number in Self.differences(2 + number % 12, shift: Double(number % 3) / 2, &random) }
    let expected = try Judge.ask(
      """
      import numpy as np
      from scipy import stats
      answer = [float(stats.permutation_test((np.array(s),), np.mean, permutation_type='samples', n_resamples=np.inf,
          alternative='two-sided', vectorized=False).pvalue) for s in question]
      """, samples, as: [Double].self)
    for (sample, judge) in zip(samples, expected) {
      #expect(abs(RandomisationTest(differences: sample).p - judge) < 1e-12, "seed \(seed)")
    }
  }

  @Test("sampled p values are close to the exact ones, and the same for the same seed")
  func sampled() {
    var random = SeededGenerator(seed: 9)
    for shift in [0.0, 0.3, 0.6] {
      let differences = Self.differences(RandomisationTest.exactLimit, shift: shift, &random)
      let exact = RandomisationTest(differences: differences)
      #expect(exact.method == .exact)
      // One more unit, too small to matter, makes it one too many to count.
      let sampled = RandomisationTest(differences: differences + [1e-9], samples: 100_000, seed: 4)
      #expect(sampled.method == .sampled(100_000))
      #expect(abs(sampled.p - exact.p) < 5 * (exact.p * (1 - exact.p) / 100_000).squareRoot() + 1e-5)
      #expect(RandomisationTest(differences: differences + [1e-9], samples: 100_000, seed: 4) == sampled)
    }
  }

  @Test("a sampled p value is never 0")
  func sampledFloor() {
    let test = RandomisationTest(differences: [Double](repeating: 1, count: 200), samples: 999, seed: 1)
    #expect(test.p == 1.0 / 1000)
  }

  @Test("runs that are measured over other queries are not paired, whatever their order and number")
  func unpaired() throws {
    let qrels = Qrels(grades: ["1": ["a": 1], "2": ["a": 1], "3": ["a": 1]])
    let run = EvaluateTests.run(["1": [("a", 1)], "2": [("a", 1)], "3": [("a", 1)]])
    let whole = try evaluate(run, qrels: qrels, measures: Measure.standard)
    let comparer = try PairedComparer(.query, groups: QueryGroups(queryCount: 2), permutations: 9, resamples: 9)
    let pairs = [([0, 1], [0, 2]), ([0, 1], [0]), ([0], [0, 1])]
    for (ours, theirs) in pairs {
      let (ours, theirs) = (whole.restricted(to: ours), whole.restricted(to: theirs))
      let error = #expect(throws: ParlanceError.self) { try comparer.compare(ours, with: theirs) }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains("not measured over the same queries: only one of them has") == true)
      #expect(throws: ParlanceError.self) { try BaselineComparison([ours], with: theirs, groups: nil) }
    }
    #expect(try comparer.compare(whole.restricted(to: [0, 1]), with: whole.restricted(to: [0, 1])).count == 6)
    let error = #expect(throws: ParlanceError.self) { try comparer.compare(whole, with: whole) }
    #expect(error?.message.contains("the groups are of 2 queries") == true)
  }

  @Test("Holm and Bonferroni adjust as published")
  func corrections() {
    let p = [0.01, 0.04, 0.03, 0.005]
    #expect(zip(Correction.holm.adjusted(p), [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(zip(Correction.bonferroni.adjusted(p), [0.04, 0.16, 0.12, 0.02]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(Correction.none.adjusted(p) == p)
    #expect(Correction.holm.adjusted([0.6, 0.9, 0.5]) == [1, 1, 1])
    #expect(Correction.holm.adjusted([]) == [])
  }

  @Test("without a difference, 5 % of the tests find one", arguments: [UInt64(77)])
  func typeOneError(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let trials = 2000
    var (tFound, randomisationFound) = (0, 0)
    for _ in 0..<trials {
      let differences = Self.differences(25, shift: 0, &random)
      if try #require(TTest(differences: differences)).p < 0.05 { tFound += 1 }
      if RandomisationTest(differences: differences).p < 0.05 { randomisationFound += 1 }
    }
    // Four standard errors of a share of 0.05 over 2,000 trials are 0.0195.
    #expect(abs(Double(tFound) / Double(trials) - 0.05) < 0.0195, "seed \(seed): \(tFound)")
    #expect(abs(Double(randomisationFound) / Double(trials) - 0.05) < 0.0195, "seed \(seed): \(randomisationFound)")
  }

  @Test("turns that go together fool a test by query, not one by conversation", arguments: [UInt64(78)])
  func clusteredTypeOneError(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let trials = 400
    let queries = (0..<200).map { ExternalID("\($0)") }
    let conversation = Dictionary(uniqueKeysWithValues: queries.indices.map { (queries[$0], ExternalID("\($0 / 8)")) })
    let groups = QueryGroups(queries: queries, conversation: conversation)
    #expect(groups.groups.count == 25)
    let byQuery = try PairedComparer(
      .query, groups: QueryGroups(queryCount: queries.count), permutations: 999, resamples: 400, seed: seed)
    let byConversation = try PairedComparer(
      .conversation, groups: groups, permutations: 999, resamples: 400, seed: seed)
    var found = [SamplingUnit: [Int]](uniqueKeysWithValues: [(.query, [0, 0, 0]), (.conversation, [0, 0, 0])])
    for _ in 0..<trials {
      let shared = Self.differences(groups.groups.count, shift: 0, &random)
      let own = Self.differences(queries.count, shift: 0, &random)
      let differences = queries.indices.map { shared[$0 / 8] + own[$0] }
      for comparer in [byQuery, byConversation] {
        let comparison = comparer.compare(differences, Measure.standard[0])
        let misses = comparison.interval.map { $0.low > 0 || $0.high < 0 } ?? false
        found[comparer.unit]?[0] += comparison.randomisation.p < 0.05 ? 1 : 0
        found[comparer.unit]?[1] += (comparison.tTest?.p ?? 1) < 0.05 ? 1 : 0
        found[comparer.unit]?[2] += misses ? 1 : 0
      }
    }
    let shares = found.mapValues { $0.map { Double($0) / Double(trials) } }
    #expect(shares[.query]?.allSatisfy { $0 > 0.2 } == true, "seed \(seed): \(shares)")
    // The percentile bootstrap of 25 units is known to be a little short; the tests are exact.
    #expect(shares[.conversation]?.prefix(2).allSatisfy { abs($0 - 0.05) < 0.044 } == true, "seed \(seed): \(shares)")
    #expect((shares[.conversation]?.last ?? 1) < 0.12, "seed \(seed): \(shares)")
  }

  @Test(
    "bootstrap intervals are scipy's, up to the chance of the draws",
    .enabled(if: Judge.isInstalled, "the Python judges are not installed"))
  func bootstrap() throws {
    var random = SeededGenerator(seed: 13)
    let values = Self.differences(120, shift: 0.2, &random)
    let expected = try Judge.ask(
      """
      import numpy as np
      from scipy import stats
      ci = stats.bootstrap((np.array(question),), np.mean, n_resamples=20000, method='percentile',
          random_state=np.random.default_rng(1)).confidence_interval
      answer = [float(ci.low), float(ci.high)]
      """, values, as: [Double].self)
    let bootstrap = try Bootstrap(QueryGroups(queryCount: 120), resamples: 20_000, seed: 2)
    let interval = try #require(bootstrap.interval(values))
    #expect(abs(interval.low - expected[0]) < 0.01)
    #expect(abs(interval.high - expected[1]) < 0.01)
  }

  @Test("a ratio's interval is that of a mean where all is divided by one, and a point where all ratios are the same")
  func ratio() throws {
    var random = SeededGenerator(seed: 9)
    let values = (0..<60).map { _ in Double.random(in: 0.5...2, using: &random) }
    let bootstrap = try Bootstrap(
      QueryGroups(
        queries: (0..<60).map { ExternalID("q\($0)") },
        conversation: Dictionary(
          uniqueKeysWithValues: (0..<60).map { (ExternalID("q\($0)"), ExternalID("c\($0 / 7)")) })))
    let ones = [Double](repeating: 1, count: 60)
    #expect(bootstrap.ratioInterval(values, over: ones) == bootstrap.interval(values))
    let same = try #require(bootstrap.ratioInterval(values.map { 3 * $0 }, over: values))
    #expect(abs(same.low - 3) < 1e-12 && abs(same.high - 3) < 1e-12)
    let other = (0..<60).map { _ in Double.random(in: 0.5...2, using: &random) }
    let interval = try #require(bootstrap.ratioInterval(values, over: other))
    let ratio = values.reduce(0, +) / other.reduce(0, +)
    #expect(interval.low < ratio && ratio < interval.high && interval.high - interval.low > 0.05)
    #expect(bootstrap.ratioInterval(values, over: [Double](repeating: 0, count: 60)) == nil)
  }

  @Test("an interval contains the mean, and there is none of a single unit")
  func interval() throws {
    var random = SeededGenerator(seed: 14)
    let values = Self.differences(50, shift: 0, &random)
    let queries = (0..<50).map { ExternalID("\($0)") }
    let one = Dictionary(uniqueKeysWithValues: queries.map { ($0, ExternalID("c")) })
    let interval = try #require(try Bootstrap(QueryGroups(queryCount: 50)).interval(values))
    #expect(interval.low < values.mean && values.mean < interval.high)
    #expect(try Bootstrap(QueryGroups(queries: queries, conversation: one)).interval(values) == nil)
  }

  @Test("a query without a conversation is a group of its own")
  func groups() {
    let groups = QueryGroups(queries: ["a", "b", "c", "d"], conversation: ["a": "1", "c": "1", "d": "2"])
    #expect(groups.groups == [[0, 2], [1], [3]])
  }

  @Test("the generator is SplitMix64, the same everywhere")
  func generator() {
    var random = SeededGenerator(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
