import Foundation
import Identifiers
import RankedResults
import TestSupport
import Testing

@testable import Evaluation

/// A small task with the values of trec_eval and ir_measures, so that the equality holds where no judge is installed.
/// `Goldens/make_goldens.py` makes it.
enum GoldenTask {
  static let folder = TestSupport.packageRoot + "/Tests/EvaluationTests/Goldens"

  /// A measure's name and its value for each query.
  typealias Row = (measure: String, values: [ExternalID: Double])

  static func rows() throws -> [Row] {
    let lines = try String(contentsOfFile: folder + "/values.tsv", encoding: .utf8).split(separator: "\n")
    let queries = try #require(lines.first).split(separator: "\t").dropFirst().map { ExternalID(String($0)) }
    return try lines.dropFirst().map { line in
      let columns = line.split(separator: "\t").map(String.init)
      let values = columns.dropFirst().compactMap(Double.init)
      try #require(values.count == queries.count, "\(line)")
      return (columns[0], Dictionary(uniqueKeysWithValues: zip(queries, values)))
    }
  }
}

@Suite("Goldens of trec_eval")
struct GoldenTests {
  @Test("each query's value in each measure is the committed one of trec_eval or ir_measures")
  func values() throws {
    let run = try RankedRun(readingFrom: GoldenTask.folder + "/run.trec")
    let qrels = try Qrels(readingFrom: GoldenTask.folder + "/qrels.txt")
    var compared = 0
    for row in try GoldenTask.rows() {
      let measure = try Measure(parsing: row.measure)
      #expect(measure.description == row.measure)
      for (query, expected) in row.values {
        let judged = try JudgedRanking(
          try #require(run.rankings[query]), grades: try #require(qrels.grades[query]), query: query)
        let value = measure.value(of: judged)
        #expect(abs(value - expected) < 1e-9, "\(row.measure) of \(query): \(value), not \(expected)")
        compared += 1
      }
    }
    #expect(compared > 1400)
  }

  @Test("the goldens have every measure that there is, with and without each parameter that it takes")
  func completeness() throws {
    let measures = try GoldenTask.rows().map { try Measure(parsing: $0.measure) }
    for family in Measure.Family.allCases {
      let variants = measures.filter { $0.family == family }
      #expect(variants.contains { $0.minimumGrade == 1 && !$0.judgedOnly }, "\(family)")
      #expect(variants.contains { $0.cutoff == nil } == (family.cutoffRule != .always), "\(family)")
      #expect(variants.contains { $0.cutoff != nil } == (family.cutoffRule != .never), "\(family)")
      #expect(variants.contains { $0.minimumGrade > 1 } == family.takesMinimumGrade, "\(family)")
      // trec_eval cannot leave passages out of a reciprocal rank with a cut-off; the whole ranking shows that we can.
      #expect(variants.contains(where: \.judgedOnly) == family.takesJudgedOnly, "\(family)")
    }
  }

  @Test("the golden task has what is hard: ties, ties of 32-bit floats, unjudged passages, grades of every kind")
  func kinds() throws {
    let run = try RankedRun(readingFrom: GoldenTask.folder + "/run.trec")
    let qrels = try Qrels(readingFrom: GoldenTask.folder + "/qrels.txt")
    let scores = run.rankings.values.map { $0.map(\.score) }
    #expect(scores.contains { Set($0).count < $0.count })
    #expect(scores.contains { Set($0.map { Float($0) }).count < Set($0).count })
    #expect(scores.contains { $0 != $0.sorted(by: >) })
    let grades = qrels.grades.values.flatMap(\.values)
    #expect(Set(grades).isSuperset(of: [-1, 0, 1, 2, 3, 4, 12]))
    let found = Set(run.rankings.keys)
    let judged = Set(qrels.grades.keys)
    #expect(!found.subtracting(judged).isEmpty && !judged.subtracting(found).isEmpty)
    #expect(judged.contains { qrels.grades[$0]?.values.allSatisfy { $0 < 1 } ?? false })
    #expect(
      found.contains { query in run.rankings[query]?.contains { qrels.grades[query]?[$0.passage] == nil } ?? false })
  }
}
