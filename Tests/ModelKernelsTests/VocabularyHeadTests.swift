import TestSupport
import Testing
import WorkerThreads

@testable import ModelKernels

@Suite("the vocabulary head")
struct VocabularyHeadTests {
  private struct Case {
    let hidden, weight: FloatBuffer
    let bias: [Float]
    let starts: [Int32]
    let width = 48

    /// - Parameter bias: the mean of the biases; the lower, the fewer logits are positive.
    init(seed: UInt64, bias mean: Float, lengths: [Int] = [3, 0, 150, 40, 160]) {
      var random = SeededGenerator(seed: seed)
      func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in .random(in: -1..<1, using: &random) } }
      hidden = FloatBuffer(numbers(lengths.reduce(0, +) * width).map { 2 * $0 + 0.5 })
      weight = FloatBuffer(numbers(1100 * width).map { 0.3 * $0 })
      bias = numbers(1100).map { $0 + mean }
      starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
    }

    func head(_ kernels: String, sums: Bool = false) -> VocabularyHead {
      VocabularyHead(
        weight: weight, bias: bias, width: width, sums: sums, kernels: KernelChoice(named: kernels))
    }
  }

  private func hits(_ head: VocabularyHead, _ numbers: Case, team size: Int = 1) throws -> [[HeadWork.Hit]] {
    let work = HeadWork(members: size), team = try Team(size: size)
    let (hidden, starts) = (numbers.hidden, numbers.starts)
    // Twice: the second call has the centre and the memory of the first.
    for _ in 0..<2 { team.run { crew in head(hidden, starts: starts, work: work, crew: crew) } }
    var hits = [[HeadWork.Hit]](repeating: [], count: starts.count - 1)
    work.forEachHit { hits[Int($0.sequence)].append($0) }
    return hits.map { $0.sorted { ($0.column, $0.token) < ($1.column, $1.token) } }
  }

  private func expectSame(_ a: [[HeadWork.Hit]], _ b: [[HeadWork.Hit]]) {
    for (a, b) in zip(a, b) {
      #expect(a.map(\.column) == b.map(\.column))
      #expect(a.map(\.token) == b.map(\.token))
      #expect(zip(a, b).allSatisfy { abs($0.logit - $1.logit) < 1e-5 })
    }
  }

  @Test("screening finds what computing every logit finds, alone and in a team")
  func sameHits() throws {
    for seed in 0..<4 as Range<UInt64> {
      let numbers = Case(seed: seed, bias: -6)
      let every = try hits(numbers.head("portable"), numbers)
      #expect(every.allSatisfy { Set($0.map(\.column)).count == $0.count })
      #expect(!every[2].isEmpty && every[1].isEmpty)
      for kernels in ["screen", "screen-avx2", "screen-scalar", "avx2"] {
        for size in [1, 2, 3] { expectSame(try hits(numbers.head(kernels), numbers, team: size), every) }
      }
    }
  }

  @Test("a weight that is not finite is told once it was laid out or quantised", arguments: ["screen", "portable"])
  func damaged(kernels: String) throws {
    for (number, isFinite) in [(0.1, true), (.nan, false), (.infinity, false)] as [(Float, Bool)] {
      let numbers = Case(seed: 5, bias: -6)
      numbers.weight[1000 * numbers.width + 3] = number
      let head = numbers.head(kernels)
      _ = try hits(head, numbers)
      #expect(head.isFinite == isFinite, "\(number)")
    }
  }

  @Test("sum pooling keeps every positive logit")
  func sums() throws {
    let numbers = Case(seed: 9, bias: -6)
    let every = try hits(numbers.head("portable", sums: true), numbers)
    expectSame(try hits(numbers.head("screen", sums: true), numbers, team: 2), every)
    #expect(every.joined().count > 0)
  }

  @Test("it stands down when much survives, and tells")
  func standsDown() throws {
    let numbers = Case(seed: 3, bias: 0)
    let head = numbers.head("screen")
    expectSame(try hits(head, numbers, team: 2), try hits(numbers.head("portable"), numbers))
    #expect(head.screening.standsDown && head.screening.tokens == 0)
    let rare = Case(seed: 3, bias: -6)
    let screening = rare.head("screen")
    _ = try hits(screening, rare)
    #expect(!screening.screening.standsDown && screening.screening.tokens == 2 * 353)
    #expect(screening.screening.computedLogits > 0)
  }
}
