#if Storage
  import Foundation
  import TestSupport
  import Testing

  @Suite(
    "parlance report of a sweep",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  struct SweepReportTests {
    private let students: TrainedStudents

    init() throws { students = try TrainedStudents() }

    /// Two arms, the baseline `w 0` and `w 1`.
    private func writeSweep(folds: String = "0", _ more: String = "") throws {
      let sweep = """
        recipe: recipe.yaml
        set: {validation.folds: 2, validation.keep: last}
        arms:
          - {name: w 0, set: {objective.contrastive.weight: 0}}
          - {name: w 1, set: {objective.contrastive.weight: 1}}
        folds: [\(folds)]
        baseline: w 0
        evaluate: [{conversations: turns.jsonl, qrels: qrels.txt}]
        \(more)

        """
      try sweep.write(toFile: students.folder + "/sweep.yaml", atomically: false, encoding: .utf8)
    }

    private func parlance(_ arguments: [String]) throws -> ParlanceResult {
      try ParlanceProcess.run(arguments, in: students.folder)
    }

    private func text(_ file: String) throws -> String {
      try String(contentsOfFile: students.folder + "/" + file, encoding: .utf8)
    }

    /// Of each turn by the first measure, in one run.
    private func values(_ run: String) throws -> [String: Double] {
      let document = try JSONSerialization.jsonObject(with: Data(try text("s/runs/\(run)/result.json").utf8))
      let measured = try #require((document as? [String: Any])?["measured"] as? [[String: Any]])
      let queries = try #require(measured.first?["queries"] as? [[String: Any]])
      return try Dictionary(
        uniqueKeysWithValues: queries.map { query in
          let values = try #require(query["values"] as? [Double])
          return (try #require(query["id"] as? String), values[0])
        })
    }

    @Test("a ranking of one of several seeds stands beside the value that this seed has, and beside the mean")
    func seeds() throws {
      try writeSweep(folds: "0, 1", "seeds: [7, 8]")
      try students.succeed("sweep sweep.yaml --out s --cores 2")
      try students.succeed("report s --out s.html")
      func told(_ arm: String, _ id: String) throws -> String {
        let name = arm.replacing(" ", with: "-")
        // A turn is in one fold.
        let found = try [7, 8].map { seed in
          try ["f0", "f1"].compactMap { try values("\(name)-s\(seed)-\($0)")[id] }
        }
        let (first, second) = (try #require(found[0].first), try #require(found[1].first))
        func figure(_ value: Double) -> String { String(format: "%.3f", value) }
        return
          "\(arm) \(figure((first + second) / 2)), the mean of 2 seeds; this ranking is of seed 7: \(figure(first))"
      }
      let page = try text("s.html")
      let cases = page.matches(
        of: #/class="rbo">([^ ,]+), turn \d+<\/span><\/summary>\n<p class="note">nDCG@3: ([^<]+)<\/p>/#)
      #expect(!cases.isEmpty)
      for found in cases {
        let id = String(found.output.1)
        #expect(try found.output.2 == "\(told("w 0", id)); \(told("w 1", id))", "\(id)")
      }
    }

    @Test("an arm that is not there is refused as the baseline, and one that is not finished is told")
    func baseline() throws {
      try writeSweep()
      let some = try parlance(["sweep", "sweep.yaml", "--out", "s", "--arms", "w 1"])
      #expect(some.code == 0, "\(some.error)")
      let says = "The baseline 'w 0' is not finished, so there are no tests, and nothing is compared with it."
      #expect(some.output.replacing("\n", with: " ").contains(says), "\(some.output)")

      let wrong = try parlance(["report", "s", "--out", "s.html", "--baseline", "w 2"])
      #expect(wrong.code == 64 && wrong.error.contains("the sweep has no arm 'w 2'"), "\(wrong.error)")
      #expect(!FileManager.default.fileExists(atPath: students.folder + "/s.html"))
      for file in ["s.html", "s.md"] {
        let result = try parlance(["report", "s", "--out", file])
        #expect(result.code == 0 && result.error.contains(says), "\(result.error)")
        #expect(try text(file).replacing("&#39;", with: "'").contains(says), "\(file)")
      }
      let compared = try parlance(["runs", "compare", "s"])
      #expect(compared.code == 0 && compared.output.replacing("\n", with: " ").contains(says), "\(compared.output)")
      let own = try parlance(["report", "s", "--out", "own.html", "--baseline", "w 1"])
      #expect(own.code == 0 && !own.error.contains("no tests"), "\(own.error)")
    }

    @Test("where the sweep names no baseline the first arm is it, finished or not")
    func firstArm() throws {
      try writeSweep()
      let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
      try text.replacing("baseline: w 0\n", with: "").replacing(
        "folds: [0]", with: "  - {name: w 2, set: {objective.contrastive.weight: 0.5}}\nfolds: [0]"
      ).write(toFile: students.folder + "/sweep.yaml", atomically: false, encoding: .utf8)
      let some = try parlance(["sweep", "sweep.yaml", "--out", "s", "--arms", "w 1", "w 2"])
      #expect(some.code == 0, "\(some.error)")
      #expect(some.output.replacing("\n", with: " ").contains("The baseline 'w 0' is not finished"), "\(some.output)")
      #expect(!some.output.contains("Differences from"), "\(some.output)")
    }

    @Test("conversations, judgments and rankings that are not found are told")
    func missing() throws {
      try writeSweep()
      try students.succeed("sweep sweep.yaml --out s --cores 2")
      let whole = try students.succeed("report s --out whole.html")
      #expect(!whole.error.contains("not found"), "\(whole.error)")
      let ranking = try #require(
        try FileManager.default.subpathsOfDirectory(atPath: students.folder + "/s/runs/w-0-f0")
          .first { $0.hasSuffix(".trec") })
      try FileManager.default.removeItem(atPath: "\(students.folder)/s/runs/w-0-f0/\(ranking)")
      let less = try students.succeed("report s --out less.html")
      let lost = "s/runs/w-0-f0/\(ranking)"
      #expect(less.error.contains("\(lost) is not found: wins and losses lack rankings of w 0"), "\(less.error)")
      #expect(!less.error.contains("lack terms") && !less.error.contains("left out"), "\(less.error)")
      #expect(try text("less.html").contains("<td>\(lost)</td><td>rankings of w 0 in wins and losses</td>"))

      try FileManager.default.moveItem(atPath: students.folder + "/turns.jsonl", toPath: students.folder + "/moved")
      for file in ["left.html", "left.md"] {
        let left = try students.succeed("report s --out \(file)")
        #expect(left.error.contains("turns.jsonl is not found: wins and losses are left out"), "\(left.error)")
        let page = try text(file)
        #expect(page.contains("Files that are not found") && !page.contains("Most won"), "\(file)")
      }
      #expect(try text("left.html").contains("<td>turns.jsonl</td><td>wins and losses</td>"))
      // Nor is it told where none were asked for.
      let none = try students.succeed("report s --out none.html --shown 0")
      #expect(!none.error.contains("not found"), "\(none.error)")
    }
  }
#endif
