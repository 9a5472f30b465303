#if Storage
  import Foundation
  import TestSupport
  import Testing

  @Suite(
    "parlance sweep, when something went wrong before",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  struct SweepAgainTests {
    private let students: TrainedStudents

    init() throws { students = try TrainedStudents() }

    private func write(_ text: String, to file: String) throws {
      try text.write(toFile: students.folder + "/" + file, atomically: false, encoding: .utf8)
    }

    /// A sweep of the run `recipe-f0`.
    ///
    /// - Parameter settings: more of them, each behind a comma.
    private func writeSweep(_ settings: String = "") throws {
      try write(
        """
        recipe: recipe.yaml
        set: {validation.folds: 2, validation.keep: last\(settings)}
        folds: [0]
        evaluate: [{conversations: turns.jsonl, qrels: qrels.txt}]

        """, to: "sweep.yaml")
    }

    private func result(_ run: String) throws -> [String: Any] {
      let data = try Data(contentsOf: URL(filePath: "\(students.folder)/\(run)/result.json"))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The files that a finished run says it read.
    private func read(_ run: String) throws -> [String] {
      try #require(try result(run)["fingerprints"] as? [[String: String]]).compactMap { $0["file"] }
    }

    private func copy(_ file: String, to copy: String) throws {
      try? FileManager.default.removeItem(atPath: students.folder + "/" + copy)
      try FileManager.default.copyItem(atPath: students.folder + "/" + file, toPath: students.folder + "/" + copy)
    }

    @Test("a file that made the first attempt fail is none of those that the run read, and may go")
    func anotherFile() throws {
      try write("garbage", to: "wrong.teacher")
      try writeSweep(", data.0.teacher: wrong.teacher")
      let wrong = try students.parlance("sweep sweep.yaml --out s")
      #expect(wrong.code == 65 && wrong.error.contains("the run recipe-f0 failed: wrong.teacher"), "\(wrong.error)")
      try writeSweep()
      try students.succeed("sweep sweep.yaml --out s")
      let files = try read("s/runs/recipe-f0")
      #expect(files.contains("rewrites.teacher") && !files.contains("wrong.teacher"), "\(files)")
      try FileManager.default.removeItem(atPath: students.folder + "/wrong.teacher")
      try students.succeed("sweep sweep.yaml --out s")

      // Vectors of other passages have an index of their own.
      let passages = try String(contentsOfFile: students.folder + "/passages.jsonl", encoding: .utf8)
      try write(passages.split(separator: "\n").prefix(10).joined(separator: "\n") + "\n", to: "few.jsonl")
      try students.succeed("encode --model \(TrainedStudents.model) --passages few.jsonl --out few.vectors")
      try writeSweep(", vectors: few.vectors")
      let few = try students.parlance("sweep sweep.yaml --out v")
      #expect(few.code == 65 && few.error.contains("the run recipe-f0 failed"), "\(few.error)")
      try writeSweep()
      try students.succeed("sweep sweep.yaml --out v")
      #expect(try !read("v/runs/recipe-f0").contains("few.vectors"))
    }

    @Test("a file that made the first attempt fail is mended in place")
    func sameFile() throws {
      try write("garbage", to: "own.teacher")
      try writeSweep(", data.0.teacher: own.teacher")
      let wrong = try students.parlance("sweep sweep.yaml --out s")
      #expect(wrong.code == 65 && wrong.error.contains("the run recipe-f0 failed: own.teacher"), "\(wrong.error)")
      try copy("rewrites.teacher", to: "own.teacher")
      try students.succeed("sweep sweep.yaml --out s")
    }

    @Test("a run that was stopped by force does not go on by another recipe, and it is told how to begin it anew")
    func otherRecipe() throws {
      try writeSweep()
      try students.succeed("sweep sweep.yaml --out s")
      // As a kill leaves it behind its last step: a state and no result.
      let run = students.folder + "/s/runs/recipe-f0"
      try FileManager.default.removeItem(atPath: run)
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      try students.succeed("sweep s/sweep.yaml --out s --cores 1 --only-run recipe-f0 --keep-state")
      try FileManager.default.removeItem(atPath: run + "/result.json")
      let other = try students.parlance("sweep sweep.yaml --set sampling.negatives=5 --out s")
      let says = "the run recipe-f0 was begun by another recipe; parlance runs rm s recipe-f0 lets it begin anew"
      #expect(other.code == 65 && other.error.contains(says), "\(other.error)")
      try students.succeed("sweep sweep.yaml --out s")
      try students.succeed("runs rm s recipe-f0")
      try students.succeed("sweep sweep.yaml --set sampling.negatives=5 --out s")
    }

    @Test("a run that was killed is told by its signal, and not by what an earlier one said")
    func killed() throws {
      try writeSweep(", optimisation.epochs: 100000, validation.every: 1000000")
      let run = students.folder + "/k/runs/recipe-f0"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      try write("parlance: error: an old error\n", to: "k/runs/recipe-f0/log")
      let script = """
        $PARLANCE sweep sweep.yaml --out k & sweep=$!
        # The process whose parent the sweep is.
        child() {
          pgrep -P $sweep 2>/dev/null || grep -lsE "^[0-9]+ \\(.*\\) [A-Z] $sweep " /proc/[0-9]*/stat | cut -d/ -f3
        }
        # It is tried once more, by another process.
        now=
        for time in 1 2; do
          before=$now
          for try in $(seq 6000); do
            now=$(child)
            [ -e k/runs/recipe-f0/metrics.jsonl ] && [ -n "$now" ] && [ "$now" != "$before" ] && break
            kill -0 $sweep 2>/dev/null || break
            sleep 0.05
          done
          kill -9 $now || kill -9 $sweep
        done
        wait $sweep
        """
      let result = try ParlanceProcess.shell(script, in: students.folder)
      #expect(result.code == 65, "\(result.error)")
      let again = "the run recipe-f0 is tried once more, with 1 run at a time from now on: it was ended by signal 9"
      #expect(result.error.contains(again), "\(result.error)")
      #expect(result.error.contains("the run recipe-f0 failed: it was ended by signal 9"), "\(result.error)")
      #expect(result.error.contains("(budget.memory_per_run)") && !result.error.contains("an old error"))
      // A state of no step binds nobody to its recipe.
      try writeSweep()
      try students.succeed("sweep sweep.yaml --out k")
    }

    @Test("turns that are trained on are told in the sweep, in runs and in the report; with folds there are none")
    func trainedOn() throws {
      let sweep = """
        recipe: recipe.yaml
        arms:
          - {name: w 0, set: {objective.contrastive.weight: 0}}
          - {name: w 1, set: {objective.contrastive.weight: 1}}
        evaluate: [{conversations: turns.jsonl, qrels: qrels.txt}]

        """
      try write(sweep, to: "sweep.yaml")
      let says = "19 of 19 turns of all are of conversations that are trained on; the figures are too high"
      let told = try students.succeed("sweep sweep.yaml --out s --cores 2")
      #expect(told.error.components(separatedBy: "parlance: warning: \(says)").count == 2, "\(told.error)")
      for command in ["sweep sweep.yaml --out s", "runs list s", "runs show s w-0", "runs compare s"] {
        let result = try students.succeed(command)
        #expect(result.output.replacing("\n", with: " ").contains(says + "."), "\(command): \(result.output)")
      }
      for file in ["s.html", "s.md"] {
        try students.succeed("report s --out \(file)")
        let text = try String(contentsOfFile: "\(students.folder)/\(file)", encoding: .utf8)
        #expect(text.contains(says + "."), "\(file)")
      }
      // An arm is compared once.
      for arms in [["w 0", "w 1", "w 1"], ["w 0", "w 0"]] {
        let twice = try ParlanceProcess.run(["runs", "compare", "s"] + arms, in: students.folder)
        #expect(twice.code == 64 && twice.error.contains("the arm '\(arms[1])' is named twice"), "\(twice.error)")
      }

      try write("folds: [0, 1]\nset: {validation.folds: 2, validation.keep: last}\n" + sweep, to: "sweep.yaml")
      let held = try students.succeed("sweep sweep.yaml --out f --cores 2")
      let compared = try students.succeed("runs compare f")
      #expect(!(held.error + held.output + compared.output).contains("trained on"), "\(held.error)")
      let measured = try result("f/runs/w-0-f0")["measured"] as? [[String: Any]]
      #expect(measured?.first?["turnsTrainedOn"] as? Int == 0)
      // A student is measured on the conversations of the other fold as well.
      try write(
        "folds: [0, 1]\nset: {validation.folds: 2, validation.keep: last}\n"
          + sweep.replacing("qrels.txt}", with: "qrels.txt, held_out: false}"), to: "sweep.yaml")
      let both = try students.succeed("sweep sweep.yaml --out b --cores 2")
      let words =
        "19 of 38 turns of all are of conversations that are trained on; the figures are too high, "
        + "each fold's turns counted."
      #expect(both.output.replacing("\n", with: " ").contains(words), "\(both.output)")
    }

    @Test("a student that was chosen by the turns that measure it is told at the start, and wherever the figures are")
    func chosen() throws {
      try writeSweep()
      let last = try students.succeed("sweep sweep.yaml --out c --dry-run")
      #expect(!last.error.contains("validation.keep"), "\(last.error)")
      let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
      try write(text.replacing("keep: last", with: "keep: best"), to: "sweep.yaml")
      let says =
        "`validation.keep: best` chooses students by turns of all that they are measured on; the figures are too high"
      let told = try students.succeed("sweep sweep.yaml --out c")
      let warning = "parlance: warning: \(says); `validation.keep: last` chooses by nothing"
      #expect(told.error.contains(warning), "\(told.error)")
      for command in ["sweep sweep.yaml --out c", "runs list c", "runs show c recipe-f0"] {
        let result = try students.succeed(command)
        #expect(result.output.replacing("\n", with: " ").contains(says + "."), "\(command): \(result.output)")
      }
      for file in ["c.html", "c.md"] {
        try students.succeed("report c --out \(file)")
        let text = try String(contentsOfFile: "\(students.folder)/\(file)", encoding: .utf8)
        #expect(text.replacing("\\`", with: "`").contains(says + "."), "\(file)")
      }
    }

    @Test("a fold without a judged turn is finished without figures, and where no fold has one it is told at once")
    func emptyFold() throws {
      let turns = try String(contentsOfFile: students.folder + "/turns.jsonl", encoding: .utf8)
      let few = turns.split(separator: "\n").filter { $0.contains("\"c3\"") }
      try write(few.map { $0 + "\n" }.joined(), to: "few.jsonl")
      func sweep(_ folds: String) -> String {
        """
        recipe: recipe.yaml
        set: {validation.folds: 2, validation.keep: last}
        folds: \(folds)
        evaluate: [{conversations: few.jsonl, qrels: qrels.txt}]

        """
      }
      try write(sweep("[0, 1]"), to: "both.yaml")
      let told = try students.succeed("sweep both.yaml --out e --cores 2")
      #expect(told.error.contains(", no turn of all, "), "\(told.error)")
      let measured = try (0..<2).map { fold in
        let sets = try #require(try result("e/runs/recipe-f\(fold)")["measured"] as? [[String: Any]])
        return try #require(sets.first?["queries"] as? [Any]).count
      }
      let empty = try #require(measured.firstIndex(of: 0))
      #expect(measured.contains { $0 > 0 })
      let list = try students.succeed("runs list e --json")
      let document = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any]
      let runs = try #require(document?["runs"] as? [[String: Any]])
      #expect((runs[empty]["measures"] as? [String: Double])?.isEmpty == true, "\(list.output)")
      try students.succeed("runs show e recipe-f\(empty)")
      try students.succeed("report e --out e.html")

      try write(sweep("[\(empty)]"), to: "one.yaml")
      let refused = try students.parlance("sweep one.yaml --out n")
      let says = "few.jsonl: none of its turns has a relevant passage in qrels.txt and is of a conversation that"
      #expect(refused.code == 65 && refused.error.contains(says), "\(refused.error)")
      #expect(!FileManager.default.fileExists(atPath: students.folder + "/n/runs/recipe-f\(empty)"))
    }

    @Test("what is prepared may lie in a folder that is not there, and a dry run tells the arms before it is made")
    func preparedElsewhere() throws {
      try write(
        """
        recipe: recipe.yaml
        prepare: [{makes: made/dealt, run: "data split turns.jsonl --qrels qrels.txt --out {out}"}]
        evaluate: [{conversations: made/dealt/part-1.jsonl, qrels: made/dealt/part-1.qrels.txt}]

        """, to: "sweep.yaml")
      let says =
        "turns of files that `prepare` is still to make are not counted, made/dealt/part-1.jsonl, "
        + "made/dealt/part-1.qrels.txt."
      let before = try students.succeed("sweep sweep.yaml --out s --dry-run")
      #expect(before.output.contains("1 run to do"), "\(before.output)")
      #expect(before.output.replacing("\n", with: " ").contains(says), "\(before.output)")
      #expect(!FileManager.default.fileExists(atPath: students.folder + "/made"))
      try students.succeed("sweep sweep.yaml --out s")
      #expect(try read("s/runs/recipe").contains("made/dealt/part-1.jsonl"))
      let after = try students.succeed("sweep sweep.yaml --out other --dry-run")
      #expect(!after.output.contains("still to make"), "\(after.output)")
    }
  }
#endif
