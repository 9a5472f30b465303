import Diagnostics
import Identifiers
import RankedResults
import Testing

@testable import Evaluation

/// ir_measures computes each of its measures by whichever of its judges it takes for right: trec_eval for most, code of
/// its own for Judged, MS MARCO's for RR with a cut-off. These disagree about ties, so its rankings have none here.
@Suite("Measures equal ir_measures'", .enabled(if: Judge.isInstalled, "the Python judges are not installed"))
struct IRMeasuresTests {
  static let names = [
    "nDCG", "nDCG@3", "nDCG@10", "nDCG(judged_only=True)@3", "R@5", "R@100", "R(rel=2)@5", "R(rel=3)@100", "RR",
    "RR(rel=2)", "RR@1", "RR@10", "RR(rel=2)@10", "AP", "AP(rel=2)", "AP@5", "AP(rel=2)@5", "P@5", "P(rel=2)@5",
    "P(rel=2,judged_only=True)@5", "Success@1", "Success(rel=2)@5", "Judged", "Judged@1", "Judged@10", "Judged@100",
    "Rprec", "Rprec(rel=2)", "Bpref", "Bpref(rel=2)", "infAP", "infAP(rel=2)", "SetP", "SetP(rel=2)", "SetR",
    "SetR(rel=2)", "SetF", "SetF(rel=2)",
  ]

  private static let script = """
    import ir_measures
    measures = [ir_measures.parse_measure(name) for name in question['measures']]
    qrels = {q: {e['passage']: e['grade'] for e in entries} for q, entries in question['qrels'].items()}
    run = {q: {e['passage']: e['score'] for e in entries} for q, entries in question['run'].items()}
    answer = {'names': [str(measure) for measure in measures], 'values': {}}
    for metric in ir_measures.iter_calc(measures, qrels, run):
        answer['values'].setdefault(str(metric.measure), {})[metric.query_id] = metric.value
    """

  private struct Answer: Decodable {
    var names: [String]
    var values: [String: [String: Double]]
  }

  @Test("each measure has ir_measures' name and value within 1e-9", arguments: [UInt64(5)])
  func values(seed: UInt64) throws {
    var task = GeneratedTask(queries: 1000, seed: seed)
    task.run.rankings = task.run.rankings.mapValues { ranking in
      JudgedRanking.order(of: ranking).map { ranking[$0] }.withFallingScores()
    }
    let answer = try Judge.ask(
      Self.script, TrecEvalTests.Question(task, measures: Self.names, level: 1), as: Answer.self)
    let measures = try Self.names.map { try Measure(parsing: $0) }
    #expect(answer.names == measures.map(\.description))

    var wrong: [String] = []
    var compared = 0
    for (query, ranking) in task.run.rankings {
      guard let grades = task.qrels.grades[query] else { continue }
      let judged = try JudgedRanking(ranking, grades: grades, query: query)
      for measure in measures {
        let (value, expected) = (measure.value(of: judged), answer.values["\(measure)"]?[query.string] ?? .nan)
        if !(abs(value - expected) <= 1e-9) { wrong.append("\(measure) of \(query): \(value), not \(expected)") }
        compared += 1
      }
    }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.count) values, first \(wrong.prefix(3))")
    #expect(compared > 850 * measures.count)
  }
}
