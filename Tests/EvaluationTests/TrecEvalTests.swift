import Diagnostics
import Identifiers
import RankedResults
import Testing

@testable import Evaluation

/// The judge is pytrec-eval-terrier, trec_eval's own C code behind Python.
@Suite("Measures equal trec_eval's", .enabled(if: Judge.isInstalled, "the Python judges are not installed"))
struct TrecEvalTests {
  /// Our name of each measure and trec_eval's.
  static let names: [(ours: String, theirs: String)] = [
    ("nDCG", "ndcg"), ("nDCG@1", "ndcg_cut_1"), ("nDCG@3", "ndcg_cut_3"), ("nDCG@10", "ndcg_cut_10"),
    ("nDCG@1000", "ndcg_cut_1000"), ("R@1", "recall_1"), ("R@5", "recall_5"), ("R@100", "recall_100"),
    ("P@1", "P_1"), ("P@3", "P_3"), ("P@1000", "P_1000"), ("RR", "recip_rank"), ("AP", "map"), ("AP@5", "map_cut_5"),
    ("AP@1000", "map_cut_1000"), ("Success@1", "success_1"), ("Success@10", "success_10"), ("Rprec", "Rprec"),
    ("Bpref", "bpref"), ("infAP", "infAP"), ("SetP", "set_P"), ("SetR", "set_recall"), ("SetF", "set_F"),
  ]

  /// Pairs, not dictionaries: Swift's `String` keys would merge ids that differ in their normal form only.
  struct Question: Encodable {
    struct Grade: Encodable {
      var passage: String
      var grade: Int
    }

    struct Score: Encodable {
      var passage: String
      var score: Double
    }

    var qrels: [String: [Grade]]
    var run: [String: [Score]]
    var measures: [String]
    var level: Int
    var judgedOnly: Int

    init(_ task: GeneratedTask, measures: [String], level: Int, judgedOnly: Bool = false) {
      qrels = task.qrels.grades.asStrings { grades in
        // Grades below -1 make pytrec_eval write out of bounds; trec_eval has one meaning for all negative grades.
        grades.map { Grade(passage: $0.key.string, grade: max($0.value, -1)) }
      }
      run = task.run.rankings.asStrings { ranking in
        ranking.map { Score(passage: $0.passage.string, score: $0.score) }
      }
      self.measures = measures
      self.level = level
      self.judgedOnly = judgedOnly ? 1 : 0
    }
  }

  static let script = """
    import pytrec_eval
    qrels = {q: {e['passage']: e['grade'] for e in entries} for q, entries in question['qrels'].items()}
    run = {q: {e['passage']: e['score'] for e in entries} for q, entries in question['run'].items()}
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, set(question['measures']),
        relevance_level=question['level'], judged_docs_only_flag=question['judgedOnly'])
    answer = evaluator.evaluate(run)
    """

  @Test("each query's value is trec_eval's within 1e-9", arguments: [1, 2, 3], [UInt64(7), 20_261_123])
  func equalValues(level: Int, seed: UInt64) throws {
    let task = GeneratedTask(queries: 2000, seed: seed)
    let theirs = try Judge.ask(
      Self.script, Question(task, measures: Self.names.map(\.theirs), level: level),
      as: [String: [String: Double]].self)
    try compare(task, theirs, Self.names, level: level, judgedOnly: false, seed: seed)
  }

  @Test("without the unjudged passages each value is that of trec_eval -J", arguments: [UInt64(3)])
  func judgedOnly(seed: UInt64) throws {
    let names = Self.names.filter { !["Bpref", "infAP", "SetR"].contains($0.ours) }
    let task = GeneratedTask(queries: 2000, seed: seed)
    let theirs = try Judge.ask(
      Self.script, Question(task, measures: names.map(\.theirs), level: 1, judgedOnly: true),
      as: [String: [String: Double]].self)
    try compare(task, theirs, names, level: 1, judgedOnly: true, seed: seed)
  }

  private func compare(
    _ task: GeneratedTask, _ theirs: [String: [String: Double]], _ names: [(ours: String, theirs: String)], level: Int,
    judgedOnly: Bool, seed: UInt64
  ) throws {
    let measures = try names.map { name in
      let parsed = try Measure(parsing: name.ours)
      let level = parsed.family.takesMinimumGrade ? level : 1
      return (Measure(unchecked: parsed.family, parsed.cutoff, level, judgedOnly), name.theirs)
    }
    var compared = 0
    var wrong: [String] = []
    for (query, ranking) in task.run.rankings {
      guard let grades = task.qrels.grades[query] else {
        #expect(theirs[query.string] == nil)
        continue
      }
      let expected = try #require(theirs[query.string])
      let judged = try JudgedRanking(ranking, grades: grades, query: query)
      for (measure, theirs) in measures {
        let (value, wanted) = (measure.value(of: judged), expected[theirs] ?? .nan)
        if !(abs(value - wanted) <= 1e-9) { wrong.append("\(measure) of \(query): \(value), not \(wanted)") }
        compared += 1
      }
    }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.count) values, first \(wrong.prefix(3))")
    #expect(compared > 1700 * names.count)
  }
}

extension Dictionary where Key == ExternalID {
  func asStrings<T>(_ transform: (Value) -> T) -> [String: T] {
    Dictionary<String, T>(uniqueKeysWithValues: map { ($0.key.string, transform($0.value)) })
  }
}
