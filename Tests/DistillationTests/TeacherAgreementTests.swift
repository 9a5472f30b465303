import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

/// Over `TeachingFixture.four`: the first teacher finds p0 and p2, the second p1 and p2, the third p3; the baseline p0 and p2.
@Suite("What teachers agree on")
struct TeacherAgreementTests {
  private struct Outcome {
    var file: TeacherFile
    var summary: TeachingSummary
    var turn: TurnAgreement? { summary.agreement?.turns.first }
  }

  private func teach(
    _ fixture: TeachingFixture, gold: String? = nil, teachers places: [Int] = [0, 1, 2],
    combination: TeacherCombination = .rescore,
    reports: Bool = true, to name: String = "out.teacher", _ select: (inout TeachingSelection) -> Void = { _ in }
  ) async throws -> Outcome {
    let rows = [("first", SparseVector([0: 2])), ("second", SparseVector([1: 1])), ("third", SparseVector([5: 1]))]
    let teachers = try places.map { try fixture.teacher(rows[$0].0, [("q", rows[$0].1)]) }
    var job = TeachingJob(passages: try fixture.collection(), teachers: teachers, combination: combination, threads: 2)
    job.baseline = try fixture.teacher("baseline", [("q", SparseVector([0: 1]))])
    job.reportsAgreement = reports
    select(&job.selection)
    var known: GoldPassages?
    if let gold {
      try "q 0 \(gold) 1\n".write(toFile: fixture("qrels.txt"), atomically: false, encoding: .utf8)
      known = try GoldPassages(readingFrom: fixture("qrels.txt"), in: fixture.collection())
    }
    let summary = try await job.run(nil, gold: known, to: fixture(name))
    return Outcome(file: try TeacherFile(path: fixture(name)), summary: summary)
  }

  @Test("the same choice is written the same way, in whatever order it was made")
  func written() throws {
    var selection = TeachingSelection()
    (selection.filters, selection.consensus) = (Set(TeachingSelection.Filter.allCases), [.turns, .teachers])
    let text = String(decoding: try JSONEncoder().encode(selection), as: UTF8.self)
    #expect(text.contains(#""filters":["disagreement","worse-rewrites","worse-turns"]"#), "\(text)")
    #expect(text.contains(#""consensus":["teachers","turns"]"#), "\(text)")
    #expect(try JSONDecoder().decode(TeachingSelection.self, from: Data(text.utf8)) == selection)
  }

  @Test("is their overlap; without judgments a rewrite is worse when the others agree more with the baseline")
  func overlaps() async throws {
    let outcome = try await teach(TeachingFixture())
    let turn = try #require(outcome.turn)
    #expect(turn.overlaps == [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    #expect(turn.baseline == [1, 0.5, 0])
    #expect(turn.agreement == 1.0 / 6)
    // The first agrees by .25 with the others, as they do with the baseline.
    #expect(turn.worse == [1, 2])
    #expect(turn.isWorse && !turn.isFiltered && turn.gold == nil && turn.weight == 1)
    let agreement = try #require(outcome.summary.agreement)
    #expect(agreement.teachers.map(\.support) == [0.25, 0.25, 0])
    #expect(agreement.teachers.map(\.worseCompared) == [0, 1, 1] && agreement.teachers.map(\.compared) == [1, 1, 1])
    #expect(agreement.pairs.map(\.overlap) == [0.5, 0, 0] && agreement.pairs[0].second == "second")
    #expect(agreement.leastAlike(5).map(\.query) == ["q"])
    #expect(outcome.summary.worse == 1)
  }

  @Test(
    "is weighed against judgments where there are some",
    arguments: [("p1", [Int](), false), ("p0", [1, 2], true), ("p2", [2], true)])
  func gold(passage: String, worse: [Int], isWorse: Bool) async throws {
    let turn = try #require(try await teach(TeachingFixture(), gold: passage).turn)
    #expect(turn.worse == worse)
    #expect(turn.isWorse == isWorse)
    let gold = try #require(turn.gold)
    if passage == "p0" {
      #expect(gold.teachers == [1, 0, 0] && gold.baseline == 1)
      // Together they have it at rank 2.
      #expect(abs(gold.combined - 0.63093) < 1e-5)
    }
  }

  @Test("changes nothing of what is taught while it is only reported", arguments: [TeacherCombination.rescore, .mean])
  func onlyReported(combination: TeacherCombination) async throws {
    let fixture = try TeachingFixture()
    _ = try await teach(fixture, gold: "p0", combination: combination)
    _ = try await teach(fixture, gold: "p0", combination: combination, reports: false, to: "plain.teacher")
    #expect(FileManager.default.contentsEqual(atPath: fixture("out.teacher"), andPath: fixture("plain.teacher")))
  }

  @Test("keeps rewrites from teaching that are worse than the baseline, and only those")
  func worseRewrites() async throws {
    let judged = try await teach(TeachingFixture(), gold: "p0") { $0.filters = [.worseRewrites] }
    #expect(try judged.file.text(of: "q") == "p0 2.0, p2 1.0")
    #expect(judged.file.description.selection?.filters == [.worseRewrites])
    let alike = try await teach(TeachingFixture(), gold: "p1") { $0.filters = [.worseRewrites] }
    let all = try await teach(TeachingFixture(), gold: "p1")
    #expect(try alike.file.text(of: "q") == all.file.text(of: "q"))
  }

  @Test("leaves a turn out, or lets it weigh less, when no rewrite is better, all together are worse, or nobody agrees")
  func turns() async throws {
    for filter in TeachingSelection.Filter.allCases where filter != .worseRewrites {
      let lighter = try await teach(TeachingFixture(), gold: "p0") {
        $0.filters = [filter]
        $0.filteredWeight = 0.25
      }
      #expect(lighter.file.weighsTurns && lighter.file.weight(at: 0) == 0.25, "\(filter)")
      #expect(lighter.summary.weighedDown == 1 && lighter.summary.leftOut == 0)
      let error = await #expect(throws: ParlanceError.self) {
        try await teach(TeachingFixture(), gold: "p0") { $0.filters = [filter] }
      }
      #expect(error?.message.contains("filters leave out all 1 turns") == true, "\(error as Any)")
    }
    let agreed = try await teach(TeachingFixture()) {
      $0.filters = [.disagreement]
      $0.leastAgreement = 0.1
    }
    #expect(agreed.summary.leftOut == 0 && agreed.file.count == 1 && !agreed.file.weighsTurns)
    // One teacher alone that is worse, and one that is not.
    for (place, weight) in [(2, Float(0.5)), (0, 1)] {
      let alone = try await teach(TeachingFixture(), gold: "p0", teachers: [place]) {
        $0.filters = [.worseRewrites]
        $0.filteredWeight = 0.5
      }
      #expect(alone.file.weight(at: 0) == weight)
    }
  }

  @Test("weighs a teacher by what it shares with the others, and a turn by how far all agree")
  func consensus() async throws {
    let teachers = try await teach(TeachingFixture()) { $0.consensus = [.teachers] }
    // The third shares nothing with the others.
    #expect(try teachers.file.text(of: "q") == "p0 1.0, p2 0.625, p1 0.5")
    #expect(!teachers.file.weighsTurns && teachers.file.weight(at: 0) == 1)
    let turns = try await teach(TeachingFixture()) { $0.consensus = [.turns] }
    #expect(turns.file.weight(at: 0) == Float(1.0 / 6))
    // The report has what the file has.
    #expect(turns.turn?.weight == Double(Float(1.0 / 6)))
  }

  @Test("gives a turn of one teacher the weight that the others have on average, and each turn some")
  func weights() {
    var selection = TeachingSelection()
    selection.consensus = [.turns]
    func turn(_ lists: [[UInt32]]) -> TurnWeight {
      TurnWeight(
        TurnAgreement("q", lists.enumerated().map { ($0, $1) }, baseline: nil, gold: [], depth: 100))
    }
    let weights = TurnWeight.weights(
      [turn([[1, 2], [2, 1]]), turn([[1, 2]]), turn([[1, 2], [1, 3]]), turn([[1], [2]])], selection)
    #expect(weights == [1, 0.5, 0.5, 0.01])
  }

  @Test("weighs a turn by the rewrites that teach it, not by one that was thrown out")
  func weightOfKept() async throws {
    // The judged passage throws the third out, with which nobody agrees.
    let outcome = try await teach(TeachingFixture(), gold: "p2") {
      $0.filters = [.worseRewrites]
      $0.consensus = [.turns]
    }
    #expect(outcome.turn?.worse == [2] && outcome.turn?.agreement == 1.0 / 6)
    #expect(outcome.turn?.taughtAgreement == 0.5 && outcome.file.weight(at: 0) == 0.5)
  }

  @Test("compares no more passages than it is told to")
  func depth() {
    let lists: [(teacher: Int, passages: [UInt32])] = [(0, [1, 2, 3]), (1, [2, 1, 4])]
    for (depth, overlap) in [(1, 0.0), (2, 1), (3, 2.0 / 3)] {
      let turn = TurnAgreement("q", lists, baseline: nil, gold: [], depth: depth)
      #expect(turn.agreement == overlap && turn.worse.isEmpty)
    }
  }

  @Test("cannot be told to be worse than nothing, or by numbers out of their range")
  func refused() async throws {
    let fixture = try TeachingFixture()
    var job = TeachingJob(
      passages: try fixture.collection(), teachers: [try fixture.teacher("first", [("q", SparseVector([0: 2]))])])
    job.selection.filters = [.worseTurns]
    var broken = job
    broken.baseline = job.teachers[0]
    broken.selection.leastAgreement = 1.5
    var heavy = broken
    (heavy.selection.leastAgreement, heavy.selection.filteredWeight) = (0.5, -1)
    var vanishing = heavy
    vanishing.selection.filteredWeight = 1e-46
    // One teacher has nobody to agree with.
    var alone = job
    alone.selection.filters = [.disagreement]
    var single = job
    (single.selection.filters, single.selection.consensus) = ([], [.turns])
    // Neither the least of the scores nor the greatest knows weights.
    var unweighed = single
    unweighed.teachers.append(try fixture.teacher("second", [("q", SparseVector([1: 2]))]))
    (unweighed.combination, unweighed.selection.consensus) = (.min, [.teachers])
    for job in [job, broken, heavy, vanishing, alone, single, unweighed] {
      let error = await #expect(throws: ParlanceError.self) { try await job.run(to: fixture("no.teacher")) }
      #expect(error?.code == .usage)
    }
    #expect(!FileManager.default.fileExists(atPath: fixture("no.teacher")))
    unweighed.selection.consensus = [.turns]
    _ = try await unweighed.run(to: fixture("out.teacher"))
  }
}
