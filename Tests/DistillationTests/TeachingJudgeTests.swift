import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite(
  "Teaching against numpy",
  .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"))
struct TeachingJudgeTests {
  struct Question: Encodable {
    var depth: Int
    var weights: [Double]
    /// Dense rows.
    var passages: [[Float]]
    /// For each teacher the dense vectors of its queries, null where it does not know one.
    var teachers: [[[Float]?]]
  }

  /// Every passage scored by every teacher, in plain matrices.
  static let script = """
    import json, sys
    import numpy as np
    question = json.load(open(sys.argv[1]))
    passages = np.array(question["passages"], dtype=np.float64)
    depth = question["depth"]
    def ranked(scores, among):
        order = sorted(among, key=lambda p: (-np.float32(scores[p]), p))[:depth]
        return [[int(p), float(np.float32(scores[p]))] for p in order]
    answer = {name: [] for name in ["rescore", "mean", "min", "max"]}
    for vectors in zip(*question["teachers"]):
        known = [(np.array(v) @ passages.T, w) for v, w in zip(vectors, question["weights"]) if v is not None]
        if not known:
            for lists in answer.values():
                lists.append(None)
            continue
        scores = np.array([s for s, _ in known])
        weights = np.array([w for _, w in known])[:, None]
        found = np.zeros(scores.shape, dtype=bool)
        for row, s in enumerate(scores):
            for p, _ in ranked(s, [p for p in range(len(s)) if s[p] > 0]):
                found[row, p] = True
        union = np.flatnonzero(found.any(axis=0))
        with np.errstate(invalid="ignore"):
            combined = {
                "rescore": (scores * weights).sum(axis=0) / weights.sum(),
                "mean": np.where(found, scores * weights, 0).sum(axis=0) / (found * weights).sum(axis=0),
                "min": np.where(found, scores, np.inf).min(axis=0),
                "max": np.where(found, scores, -np.inf).max(axis=0),
            }
        for name, values in combined.items():
            answer[name].append(ranked(values, union))
    json.dump(answer, open(sys.argv[2], "w"))
    """

  @Test(
    "lists and scores of every combination are those of brute force", arguments: [UInt64(1), 2, 3],
    [(1.0, 1.0), (2, 3)])
  func bruteForce(seed: UInt64, weights: (Double, Double)) async throws {
    var generator = SeededGenerator(seed: seed)
    let vocabularySize = 25
    let fixture = try TeachingFixture(
      (0..<150).map { _ in .random(vocabularySize, terms: 6, using: &generator) }, vocabularySize: vocabularySize)
    let queries = (0..<40).map { ExternalID("q\($0)") }
    let known: [[SparseVector?]] = (0..<2).map { _ in
      queries.map { _ in
        Int.random(in: 0..<5, using: &generator) == 0
          ? nil : SparseVector.random(vocabularySize, terms: 4, using: &generator)
      }
    }
    let teachers = try zip(known, [weights.0, weights.1]).enumerated().map { number, teacher in
      try fixture.teacher(
        "t\(number)", weight: teacher.1,
        zip(queries, teacher.0).compactMap { id, vector in vector.map { (id.string, $0) } })
    }
    func dense(_ vector: SparseVector) -> [Float] {
      var row = [Float](repeating: 0, count: vocabularySize)
      for (term, weight) in zip(vector.terms, vector.weights) { row[Int(term.rawValue)] = weight }
      return row
    }
    let judged = try ask(
      Question(
        depth: 20, weights: [weights.0, weights.1], passages: fixture.passages.map(dense),
        teachers: known.map { $0.map { $0.map(dense) } }), in: fixture)

    for combination in TeacherCombination.allCases {
      let (file, _) = try await fixture.teach(teachers, combination, depth: 20, queries: queries)
      let lists = try #require(judged[combination.rawValue])
      for (query, wanted) in zip(queries, lists) {
        guard let wanted else {
          #expect(file.index(of: query) == nil)
          continue
        }
        let list = try file.list(at: #require(file.index(of: query)))
        try #require(list.count == wanted.count, "\(combination), \(query)")
        for (place, entry) in wanted.enumerated() {
          #expect(abs(Double(list.scores[place]) - entry[1]) < 1e-5, "\(combination), \(query), \(place)")
        }
        // Two orders of sums may put passages apart whose scores differ by rounding alone.
        let scores = Dictionary(uniqueKeysWithValues: wanted.map { (UInt32($0[0]), $0[1]) })
        for (passage, score) in zip(list.passages, list.scores) {
          let last = wanted.last?[1] ?? 0
          #expect(abs(Double(score) - (scores[passage] ?? last)) < 1e-5, "\(combination), \(query), p\(passage)")
        }
      }
    }
  }

  private func ask(_ question: Question, in fixture: TeachingFixture) throws -> [String: [[[Double]]?]] {
    try JSONEncoder().encode(question).write(to: URL(filePath: fixture("question")))
    let process = Process()
    process.executableURL = URL(filePath: try #require(TestSupport.judgePython))
    process.arguments = ["-c", Self.script, fixture("question"), fixture("answer")]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the judge failed")
    return try JSONDecoder().decode(
      [String: [[[Double]]?]].self, from: Data(contentsOf: URL(filePath: fixture("answer"))))
  }
}
