import Diagnostics
import Identifiers
import RankedResults
import Testing

@testable import Evaluation

@Suite("Evaluating a run")
struct EvaluateTests {
  static func run(_ rankings: [ExternalID: [(ExternalID, Double)]]) -> RankedRun {
    RankedRun(
      name: "test",
      rankings: rankings.mapValues { $0.map { RankedPassage(passage: $0.0, score: $0.1) } })
  }

  static func value(_ measure: String, _ ranking: [(ExternalID, Double)], _ grades: [ExternalID: Int]) throws -> Double
  {
    let judged = try JudgedRanking(run(["q": ranking]).rankings["q"] ?? [], grades: grades, query: "q")
    return try Measure(parsing: measure).value(of: judged)
  }

  @Test("a query without a relevant passage does not count, a missing one counts 0")
  func denominator() throws {
    let qrels = Qrels(grades: [
      "found": ["a": 1], "missing": ["a": 2], "empty": ["a": 1], "irrelevant": ["a": 0], "negative": ["a": -1],
    ])
    let run = Self.run(["found": [("a", 1)], "irrelevant": [("a", 1)], "unjudged": [("a", 1)], "empty": []])
    let evaluation = try evaluate(run, qrels: qrels, measures: [Measure(parsing: "RR"), Measure(parsing: "nDCG@3")])
    #expect(evaluation.queries == ["empty", "found", "missing"])
    #expect(evaluation.missing == ["empty", "missing"])
    #expect(evaluation.ignoredQueries == 2)
    #expect(evaluation.values == [[0, 1, 0], [0, 1, 0]])
    #expect(evaluation.means == [1.0 / 3, 1.0 / 3])
    #expect(try evaluation.mean(of: Measure(parsing: "RR")) == 1.0 / 3)
    #expect(try evaluation.mean(of: Measure(parsing: "AP")) == nil)
  }

  @Test("a score that is no number is refused by evaluation, and is below all others in an order")
  func notANumber() throws {
    let run = Self.run(["q": [("a", 1), ("b", .nan), ("c", 2), ("d", -.infinity)]])
    let error = #expect(throws: ParlanceError.self) {
      try evaluate(run, qrels: Qrels(grades: ["q": ["a": 1]]), measures: [Measure(parsing: "RR")])
    }
    #expect(error?.code == .badInput && error?.message.contains("'b'") == true, "\(error as Any)")
    #expect(run.rankings["q"]?.inEvaluationOrder == ["c", "a", "d", "b"])
    let many = (0..<300).map {
      RankedPassage(passage: ExternalID("p\($0)"), score: $0 % 3 == 0 ? .nan : Double($0 % 50))
    }
    let order = many.inEvaluationOrder
    #expect(Set(order).count == 300 && order == many.shuffled().inEvaluationOrder)
  }

  @Test("the rule of which queries count is trec_eval -c's where every query has a relevant passage")
  func sameDenominatorForEveryGrade() throws {
    let qrels = Qrels(grades: ["1": ["a": 1], "2": ["a": 2]])
    let run = Self.run(["1": [("a", 1)], "2": [("a", 1)]])
    let evaluation = try evaluate(run, qrels: qrels, measures: [Measure(parsing: "R(rel=2)@5")])
    #expect(evaluation.means == [0.5])
  }

  @Test("tied scores are ordered by descending id, also when only 32-bit floats tie")
  func ties() throws {
    #expect(try Self.value("RR", [("a", 1), ("b", 1)], ["a": 1]) == 0.5)
    #expect(try Self.value("RR", [("b", 1), ("a", 1)], ["b": 1]) == 1)
    #expect(try Self.value("RR", [("a", 1 + 1e-12), ("b", 1)], ["a": 1]) == 0.5)
    #expect(try Self.value("RR", [("a", 1 + 1e-6), ("b", 1)], ["a": 1]) == 1)
    // U+1F600 has higher UTF-8 bytes than U+FF5E, though its UTF-16 units are lower.
    #expect(try Self.value("RR", [("\u{FF5E}", 1), ("\u{1F600}", 1)], ["\u{1F600}": 1]) == 1)
  }

  @Test("grades below 0 mean pooled but not judged, whichever they are", arguments: [-1, -2, -100])
  func negative(grade: Int) throws {
    let grades: [ExternalID: Int] = ["a": grade, "b": 2, "c": 0]
    let ranking: [(ExternalID, Double)] = [("a", 3), ("b", 2), ("c", 1)]
    #expect(try Self.value("nDCG@3", ranking, grades) == Self.value("nDCG@3", ranking, ["a": -1, "b": 2, "c": 0]))
    #expect(try Self.value("Judged@3", ranking, grades) == 1)
    #expect(try Self.value("RR(judged_only=True)", ranking, grades) == 1)
    #expect(try Self.value("Bpref", ranking, grades) == 1)
  }

  @Test("RR with a cut-off is 0 beyond it")
  func cutReciprocalRank() throws {
    let ranking: [(ExternalID, Double)] = [("a", 3), ("b", 2), ("c", 1)]
    #expect(try Self.value("RR@2", ranking, ["b": 1]) == 0.5)
    #expect(try Self.value("RR@2", ranking, ["c": 1]) == 0)
  }

  @Test("Judged@k is the share of the retrieved among the first k")
  func judged() throws {
    let ranking: [(ExternalID, Double)] = [("a", 3), ("b", 2), ("c", 1)]
    #expect(try Self.value("Judged@2", ranking, ["b": 0, "z": 1]) == 0.5)
    #expect(try Self.value("Judged@10", ranking, ["b": 0, "z": 1]) == 1.0 / 3)
    #expect(try Self.value("Judged@10", [], ["b": 0, "z": 1]) == 0)
  }

  @Test("ids that differ in their normal form only are two passages")
  func normalForms() throws {
    #expect(try Self.value("R@1", [("e\u{301}", 2), ("é", 1)], ["é": 1]) == 0)
    #expect(try Self.value("R@2", [("e\u{301}", 2), ("é", 1)], ["é": 1]) == 1)
  }

  @Test("a judged passage that is ranked twice is refused")
  func duplicate() throws {
    let error = #expect(throws: ParlanceError.self) { try Self.value("R@5", [("a", 2), ("a", 1)], ["a": 1]) }
    #expect(error?.code == .badInput)
    #expect(error?.message == "the ranking of query 'q' holds passage 'a' twice")
  }

  @Test("a run that shares no query with the judgments is refused, with both first ids")
  func nothingInCommon() throws {
    let qrels = Qrels(grades: ["2": ["a": 1], "1": ["a": 0]])
    for (run, words) in [
      (Self.run(["x": [("a", 1)], "w": [("a", 1)]]), "its first id is 'w', the judgments' first is '2'"),
      (Self.run(["1": [("a", 1)]]), "no query with a relevant passage"), (Self.run([:]), "the run 'test' is empty"),
      (Self.run(["2": []]), "no query with a relevant passage"),
    ] {
      let error = #expect(throws: ParlanceError.self) { try evaluate(run, qrels: qrels, measures: Measure.standard) }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test("judgments without a relevant passage are refused")
  func nothingRelevant() {
    let error = #expect(throws: ParlanceError.self) {
      try evaluate(Self.run(["q": [("a", 1)]]), qrels: Qrels(grades: ["q": ["a": 0]]), measures: Measure.standard)
    }
    #expect(error?.code == .badInput)
  }

  @Test("values lie between 0 and 1, and a perfect ranking has 1", arguments: [UInt64(1), 2, 3])
  func bounds(seed: UInt64) throws {
    let task = GeneratedTask(queries: 300, seed: seed)
    let measures = try Measure.list(parsing: "nDCG nDCG@3 R@5 P@5 RR AP AP@7 Success@2 Judged@4 Rprec Bpref SetP SetF")
    let evaluation = try evaluate(task.run, qrels: task.qrels, measures: measures)
    #expect(evaluation.values.joined().allSatisfy { (0...1).contains($0) }, "seed \(seed)")

    var perfect = RankedRun(name: "perfect")
    for (query, grades) in task.qrels.grades {
      perfect.rankings[query] = grades.filter { $0.value > 0 }.map {
        RankedPassage(passage: $0.key, score: Double($0.value))
      }
    }
    let best = try evaluate(
      perfect, qrels: task.qrels, measures: Measure.list(parsing: "nDCG nDCG@3 RR AP Rprec Bpref SetP SetR"))
    #expect(best.values.joined().allSatisfy { abs($0 - 1) < 1e-12 }, "seed \(seed)")
  }
}
