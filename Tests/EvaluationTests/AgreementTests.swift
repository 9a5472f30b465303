import Diagnostics
import Identifiers
import RankedResults
import SparseVectors
import Testing

@testable import Evaluation

@Suite("Agreement and cost")
struct AgreementTests {
  static func lists(_ random: inout SeededGenerator) -> ([Int], [Int]) {
    let pool = Array(0..<(1 + random.index(below: 40)))
    return (
      Array(pool.shuffled(using: &random).prefix(random.index(below: pool.count + 1))),
      Array(pool.shuffled(using: &random).prefix(random.index(below: pool.count + 1)))
    )
  }

  @Test("rank-biased overlap is the published formula, term by term", arguments: [UInt64(31)])
  func rankBiasedOverlap(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for p in [0.1, 0.5, 0.9, 0.98] {
      for _ in 0..<100 {
        let (a, b) = Self.lists(&random)
        let value = RankAgreement.rankBiasedOverlap(a, b, p: p)
        #expect(value == RankAgreement.rankBiasedOverlap(b, a, p: p))
        guard !a.isEmpty, !b.isEmpty else { continue }
        let (s, l) = (min(a.count, b.count), max(a.count, b.count))
        let x = { (d: Int) in Double(Set(a.prefix(d)).intersection(b.prefix(d)).count) }
        let power = { (d: Int) in (0..<d).reduce(1.0) { product, _ in product * p } }
        var sum = (1...l).reduce(0.0) { $0 + x($1) / Double($1) * power($1) }
        if s < l { sum += ((s + 1)...l).reduce(0.0) { $0 + x(s) * Double($1 - s) / Double(s * $1) * power($1) } }
        let expected = (1 - p) / p * sum + ((x(l) - x(s)) / Double(l) + x(s) / Double(s)) * power(l)
        #expect(abs(value - expected) < 1e-12, "seed \(seed): \(a) \(b)")
        #expect((-1e-12...1 + 1e-12).contains(value))
      }
    }
  }

  @Test("lists that are equal agree wholly, disjoint ones not at all", arguments: [1, 2, 10, 100])
  func extremes(count: Int) {
    let list = Array(0..<count)
    #expect(abs(RankAgreement.rankBiasedOverlap(list, list, p: 0.9) - 1) < 1e-12)
    #expect(RankAgreement.rankBiasedOverlap(list, list.map { -1 - $0 }, p: 0.9) == 0)
    #expect(RankAgreement.overlap(list, list.reversed(), at: 1000) == 1)
    #expect(RankAgreement.kendallTau(list, list)?.tau == (count > 1 ? 1 : nil))
    #expect(RankAgreement.kendallTau(list, list.reversed())?.tau == (count > 1 ? -1 : nil))
  }

  @Test("empty lists agree with each other only")
  func empty() {
    #expect(RankAgreement.rankBiasedOverlap([Int](), [], p: 0.9) == 1)
    #expect(RankAgreement.rankBiasedOverlap([1], [], p: 0.9) == 0)
    #expect(RankAgreement.overlap([Int](), [], at: 5) == 1)
    #expect(RankAgreement.overlap([1], [], at: 5) == 0)
  }

  @Test(
    "Kendall's tau is scipy's over the common passages",
    .enabled(if: Judge.isInstalled, "the Python judges are not installed"), arguments: [UInt64(32)])
  func kendallTau(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pairs = (0..<200).map { _ in Self.lists(&random) }
    let expected = try Judge.ask(
      """
      from scipy import stats
      answer = []
      for a, b in question:
          common = [x for x in a if x in set(b)]
          answer.append(float(stats.kendalltau(range(len(common)), [b.index(x) for x in common]).statistic)
                        if len(common) > 1 else None)
      """, pairs.map { [$0.0, $0.1] }, as: [Double?].self)
    for ((a, b), judge) in zip(pairs, expected) {
      let tau = RankAgreement.kendallTau(a, b)?.tau
      #expect((tau == nil) == (judge == nil))
      if let tau, let judge { #expect(abs(tau - judge) < 1e-12, "seed \(seed): \(a) \(b)") }
    }
  }

  @Test("runs are compared over their common queries, in trec_eval's order")
  func runs() throws {
    let first = EvaluateTests.run(["1": [("a", 2), ("b", 1)], "2": [("a", 1), ("b", 1)], "3": [("a", 1)]])
    let second = EvaluateTests.run(["1": [("a", 2), ("b", 1)], "2": [("b", 2), ("a", 1)], "4": [("a", 1)]])
    let agreement = try RunAgreement(first, second, depths: [1, 2])
    #expect(agreement.queries.map(\.id) == ["1", "2"])
    #expect(agreement.overlap == [1, 1])
    #expect(agreement.kendallTau == 1)
    #expect(abs(agreement.rankBiasedOverlap - 1) < 1e-12)
    #expect((agreement.onlyInFirst, agreement.onlyInSecond) == (1, 1))
  }

  @Test("runs without a common query and parameters out of range are refused")
  func refused() {
    let (first, second) = (EvaluateTests.run(["1": [("a", 2)]]), EvaluateTests.run(["2": [("a", 2)]]))
    #expect(throws: ParlanceError(.badInput, "the runs 'test' and 'test' have no query in common")) {
      try RunAgreement(first, second)
    }
    for p in [0, 1, -0.5, .nan] {
      #expect(throws: ParlanceError.self) { try RunAgreement(first, first, persistence: p) }
    }
    #expect(throws: ParlanceError.self) { try RunAgreement(first, first, depths: [0]) }
  }

  @Test("FLOPS is the mean number of terms that a query and a passage share", arguments: [UInt64(41)])
  func flops(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let sets = (0..<2).map { _ in
      (0..<30).map { _ in
        (0..<50).filter { _ in random.index(below: 5) == 0 }.map { TermID(UInt32($0)) }
      }
    }
    var frequencies = [ActivationFrequencies(), ActivationFrequencies()]
    for (index, set) in sets.enumerated() {
      for terms in set { frequencies[index].add(terms: terms) }
    }
    var shared = 0
    for query in sets[0] {
      for passage in sets[1] { shared += Set(query).intersection(passage).count }
    }
    #expect(abs(frequencies[0].flops(with: frequencies[1]) - Double(shared) / 900) < 1e-12, "seed \(seed)")
    #expect(frequencies[0].meanLength == Double(sets[0].map(\.count).reduce(0, +)) / 30)
    let lengths = sets[0].map(\.count).sorted()
    #expect(frequencies[0].length(atShare: 0.5) == lengths[14])
    #expect(frequencies[0].length(atShare: 1) == lengths[29])
    #expect(frequencies[0].activeTerms == Set(sets[0].joined()).count)
  }

  @Test("no vectors and empty vectors cost nothing")
  func noVectors() {
    var empty = ActivationFrequencies()
    #expect(empty.meanLength == 0 && empty.flops(with: empty) == 0 && empty.length(atShare: 1) == 0)
    empty.add(.empty)
    #expect((empty.vectors, empty.emptyVectors) == (1, 1))
    #expect(empty.meanLength == 0 && empty.flops(with: empty) == 0 && empty.length(atShare: 1) == 0)
  }
}
