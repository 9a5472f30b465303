import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("Teaching")
struct TeachingTests {
  /// Two teachers for `q`: the first finds p0 (2) and p2 (1), the second p1 (1) and p2 (0.25).
  static func two(_ fixture: TeachingFixture, weights: (Double, Double) = (1, 1)) throws -> [Teacher] {
    [
      try fixture.teacher("first", weight: weights.0, [("q", SparseVector([0: 2]))]),
      try fixture.teacher("second", weight: weights.1, [("q", SparseVector([1: 1]))]),
    ]
  }

  @Test(
    "weights of teachers count by their proportions, however large or small they are", arguments: [1, 1e308, 1e-300])
  func weights(scale: Double) {
    let vectors = [SparseVector([0: 1, 2: 2]), SparseVector([1: 3, 2: 4])]
    let mean = SparseVector.weightedMean(of: [(vectors[0], scale), (vectors[1], scale)])
    #expect(mean == SparseVector([0: 0.5, 1: 1.5, 2: 3]))
    let lists = [TeacherList(passages: [1, 2], scores: [4, 2]), TeacherList(passages: [2], scores: [4])]
    let combined = TeacherCombination.mean.combine([(lists[0], scale), (lists[1], scale)], depth: 5)
    #expect(combined.text == "p1 4.0, p2 3.0")
  }

  @Test(
    "combines two teachers as each combination says",
    arguments: [
      (TeacherCombination.rescore, "p0 1.0, p2 0.625, p1 0.5"), (.mean, "p0 2.0, p1 1.0, p2 0.625"),
      (.min, "p0 2.0, p1 1.0, p2 0.25"), (.max, "p0 2.0, p1 1.0, p2 1.0"),
    ])
  func combinations(combination: TeacherCombination, list: String) async throws {
    let fixture = try TeachingFixture()
    let (file, _) = try await fixture.teach(try Self.two(fixture), combination)
    #expect(try file.text(of: "q") == list)
    let vector = try file.queryVector(at: 0)
    #expect(vector == (combination == .rescore ? SparseVector([0: 1, 1: 0.5]) : nil))
    #expect(
      file.description.combination == combination && file.description.teachers.map(\.name) == ["first", "second"])
  }

  @Test("weighs the teachers, of whom only the ratio of the weights counts", arguments: [(3.0, 1.0), (0.75, 0.25)])
  func weighted(weights: (Double, Double)) async throws {
    let fixture = try TeachingFixture()
    let teachers = try Self.two(fixture, weights: weights)
    #expect(try await fixture.teach(teachers, .rescore).file.text(of: "q") == "p0 1.5, p2 0.8125, p1 0.25")
    #expect(try await fixture.teach(teachers, .mean).file.text(of: "q") == "p0 2.0, p1 1.0, p2 0.8125")
  }

  @Test("keeps the best of the union, equal scores in the order of positions", arguments: [1, 2, 3])
  func depth(depth: Int) async throws {
    let fixture = try TeachingFixture()
    let (file, summary) = try await fixture.teach(try Self.two(fixture), .max, depth: depth)
    let whole = ["p0 2.0", "p1 1.0", "p2 1.0"]
    #expect(try file.text(of: "q") == whole.prefix(depth).joined(separator: ", "))
    #expect(summary.short == 0 && summary.passages == depth)
  }

  @Test("teaches by those that know a query, leaves out one that nobody knows, and counts them")
  func coverage() async throws {
    let fixture = try TeachingFixture()
    let teachers = [
      try fixture.teacher("first", [("a", SparseVector([0: 2])), ("b", SparseVector([5: 1])), ("x", .empty)]),
      try fixture.teacher(
        "second", [("b", SparseVector([5: 3])), ("c", .empty), ("d", SparseVector([7: 1])), ("other", .empty)]),
    ]
    let (file, summary) = try await fixture.teach(teachers, depth: 2, queries: ["a", "b", "c", "d", "e"])
    #expect((0..<file.count).map { file.queryID(at: $0) } == ["a", "b", "c", "d"])
    #expect(try file.text(of: "a") == "p0 2.0, p2 1.0")
    #expect(try file.text(of: "b") == "p3 8.0")
    // A vector without terms and terms that no passage has: known, and nothing found.
    #expect(try file.text(of: "c") == "" && file.text(of: "d") == "")
    #expect(try file.queryVector(at: 2) == .empty)
    #expect(file.index(of: "e") == nil)
    #expect(summary.queries == 4 && summary.untaught == 1 && summary.empty == 2 && summary.short == 3)
    #expect(
      summary.teachers == [
        .init(name: "first", queries: 2, unasked: 1), .init(name: "second", queries: 3, unasked: 1),
      ])
  }

  @Test("a query vector without terms says nothing, instead of halving what the others say")
  func emptyVector() async throws {
    let fixture = try TeachingFixture()
    let teachers = [
      try fixture.teacher("first", [("q", SparseVector([0: 2]))]), try fixture.teacher("second", [("q", .empty)]),
    ]
    #expect(try await fixture.teach(teachers, .rescore).file.text(of: "q") == "p0 2.0, p2 1.0")
    #expect(try await fixture.teach(teachers, .mean).file.text(of: "q") == "p0 2.0, p2 1.0")
  }

  @Test("the file is the same however many threads there are, and the vector gives each score", arguments: [1, 3, 16])
  func threads(threads: Int) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let fixture = try TeachingFixture(
      (0..<200).map { _ in .random(40, terms: 8, using: &generator) }, vocabularySize: 40)
    // More than two windows.
    let teachers = try (0..<2).map { number in
      try fixture.teacher(
        "t\(number)",
        (0..<1_100).filter { $0 % 7 != number }.map { ("q\($0)", .random(40, terms: 4, using: &generator)) })
    }
    let (file, _) = try await fixture.teach(teachers, depth: 30, threads: threads)
    _ = try await fixture.teach(teachers, depth: 30, threads: 2, to: "again.teacher")
    #expect(
      FileManager.default.contentsEqual(atPath: fixture("out.teacher"), andPath: fixture("again.teacher")),
      "seed \(seed)")
    try file.verify()
    for index in 0..<file.count {
      let vector = try #require(try file.queryVector(at: index))
      let list = try file.list(at: index)
      for (passage, score) in zip(list.passages, list.scores) {
        #expect(score == Float(vector.dot(fixture.passages[Int(passage)])), "seed \(seed)")
      }
    }
  }

  @Test("no threads are one, also where they are set later", arguments: [0, -1])
  func noThreads(threads: Int) async throws {
    let fixture = try TeachingFixture()
    let teacher = try fixture.teacher("v", [("q", SparseVector([0: 2]))])
    var job = TeachingJob(passages: try fixture.collection(), teachers: [teacher], threads: 2)
    job.threads = threads
    let summary = try await job.run(to: fixture("out.teacher"))
    #expect(summary.queries == 1)
  }

  @Test("scores are those of the vectors, not of the index's rounded weights", arguments: StoredWeights.allCases)
  func exactScores(weights: StoredWeights) async throws {
    var generator = SeededGenerator(seed: 11)
    let passages = (0..<100).map { _ in
      let vector = SparseVector.random(20, terms: 6, using: &generator)
      return SparseVector(exactly: vector.terms, weights: vector.weights.map { $0 * 1.2345 }) ?? .empty
    }
    let fixture = try TeachingFixture(passages, vocabularySize: 20, weights: weights)
    let query = SparseVector([0: 0.7, 3: 1.1, 9: 0.3])
    let (file, _) = try await fixture.teach([try fixture.teacher("t", [("q", query)])], .min)
    let list = try file.list(at: 0)
    let expected = passages.enumerated().map { (UInt32($0), Float(query.dot($1))) }.filter { $0.1 > 0 }
    #expect(list == TeacherList(best: 1000, of: expected))
  }

  @Test("counts the relevant passages that the lists have, and at which rank", arguments: ["txt", "json"])
  func gold(form: String) async throws {
    let fixture = try TeachingFixture()
    let judgments =
      form == "txt"
      ? "q 0 p2 2\nq 0 p3 1\nq 0 p1 0\nq 0 lost 1\nz 0 p0 1\nnever 0 p0 1\n"
      : "{\"q\": {\"p2\": 2, \"p3\": 1.0, \"p1\": 0, \"lost\": 1}, \"z\": {\"p0\": 1}, \"never\": {\"p0\": 1}}"
    try judgments.write(toFile: fixture("qrels.\(form)"), atomically: false, encoding: .utf8)
    let gold = try GoldPassages(readingFrom: fixture("qrels.\(form)"), in: fixture.collection(index: form == "txt"))
    let (_, summary) = try await fixture.teach(try Self.two(fixture), queries: ["q", "z"], gold: gold)
    let found = try #require(summary.gold)
    #expect(found == .init(queries: 2, passages: 4, unknown: 1, ranks: [2]))
    #expect(found.found(within: 1) == 0 && found.found(within: 2) == 1)
  }
}
