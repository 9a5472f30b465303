import Foundation
import TestSupport
import Testing

@Suite("parlance sweep")
struct SweepCommandTests {
  #if Storage
    @Suite(
      "with an engine",
      .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
    struct Whole {
      private let students: TrainedStudents

      init() throws {
        students = try TrainedStudents()
        let sweep = """
          recipe: recipe.yaml
          set: {validation.folds: 2, validation.keep: last}
          arms:
            - {name: w 0, set: {objective.contrastive.weight: 0}}
            - {name: w 0.1, set: {objective.contrastive.weight: 0.1}}
          folds: [0, 1]
          baseline: w 0
          evaluate: [{conversations: turns.jsonl, qrels: qrels.txt}]
          quick: {arms: [w 0], folds: [0]}

          """
        try sweep.write(toFile: students.folder + "/sweep.yaml", atomically: false, encoding: .utf8)
      }

      private func result(_ run: String, in folder: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: "\(students.folder)/\(folder)/runs/\(run)/result.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      }

      /// What does not depend on the clock.
      private func figures(_ run: String, in folder: String) throws -> [[Double]] {
        let measured = try #require(try result(run, in: folder)["measured"] as? [[String: Any]])
        let queries = try #require(measured.first?["queries"] as? [[String: Any]])
        return try queries.map { query in
          try #require(query["values"] as? [Double]) + [try #require(query["flops"] as? Double)]
        }
      }

      /// What was measured is what the ranking that is left measures for everybody.
      private func expectFiguresOfRunFile(_ run: String, in folder: String) throws {
        let read = try students.parlance(
          "evaluate \(folder)/runs/\(run)/all.trec --qrels qrels.txt --measures nDCG@3,RR,R@10,R@100 --json --per-query"
        )
        let document = try #require(
          try JSONSerialization.jsonObject(with: Data(read.output.utf8)) as? [String: Any], "\(read.error)")
        let runs = try #require(document["runs"] as? [[String: Any]])
        let values = try #require(runs.first?["queries"] as? [String: [String: Double]])
        let measured = try #require(try result(run, in: folder)["measured"] as? [[String: Any]])
        for query in try #require(measured.first?["queries"] as? [[String: Any]]) {
          let own = try #require(query["values"] as? [Double])
          let id = try #require(query["id"] as? String)
          #expect(["nDCG@3", "RR", "R@10", "R@100"].map { values[id]?[$0] } == own, "\(id)")
        }
      }

      @Test("every turn is measured once by a student that has not seen it; the same command again does nothing")
      func whole() throws {
        try students.succeed("sweep sweep.yaml --out s --cores 2")
        let list = try students.parlance("runs list s --json")
        let document = try #require(
          try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any], "\(list.error)")
        let runs = try #require(document["runs"] as? [[String: Any]])
        #expect(runs.map { $0["run"] as? String } == ["w-0-f0", "w-0-f1", "w-0.1-f0", "w-0.1-f1"])
        #expect(runs.allSatisfy { $0["state"] as? String == "finished" })
        let turns = try (0..<2).flatMap { fold in
          let measured = try #require(try result("w-0-f\(fold)", in: "s")["measured"] as? [[String: Any]])
          return try #require(measured.first?["queries"] as? [[String: Any]]).map { $0["id"] as? String ?? "" }
        }
        #expect(turns.count == 19 && Set(turns).count == 19)
        try expectFiguresOfRunFile("w-0-f0", in: "s")
        let again = try students.parlance("sweep sweep.yaml --out s")
        #expect(again.code == 0 && again.output.contains("w 0.1") && !again.error.contains("to do"), "\(again.error)")
        let compared = try ParlanceProcess.run(["runs", "compare", "s", "w 0.1", "w 0"], in: students.folder)
        #expect(
          compared.code == 0 && compared.output.contains("Differences from w 0.1")
            && compared.output.contains("In proportion to w 0.1"), "\(compared.error)")
        try students.succeed("report s --out s.html --passages passages.jsonl")
        let page = try String(contentsOfFile: students.folder + "/s.html", encoding: .utf8)
        for part in ["nDCG@3 against FLOPS", "loss by step", "What w 0 searched for", "turns.jsonl", "D_KL"] {
          #expect(page.contains(part), "\(part)")
        }
        let shown = try students.parlance("runs show s w-0-f1")
        #expect(shown.output.contains("fold: 1") && shown.output.contains("turns.jsonl"), "\(shown.output)")
        // By what it was made, on both: the program's file, the engine, the machine.
        for part in ["build, SHA-256", "engine, SHA-256", "processor", "kernels"] {
          #expect(shown.output.contains(part) && page.contains(part), "\(part)")
        }
        #expect(page.contains("all arms before their settings, recipe.yaml"))

        // Nor are runs over other data.
        let judgments = try String(contentsOfFile: students.folder + "/qrels.txt", encoding: .utf8)
        try (judgments + "c0_1 0 p2 1\n").write(
          toFile: students.folder + "/qrels.txt", atomically: false, encoding: .utf8)
        let changed = try students.parlance("sweep sweep.yaml --out s")
        #expect(changed.code == 65 && changed.error.contains("qrels.txt: it changed since"), "\(changed.error)")
        try judgments.write(toFile: students.folder + "/qrels.txt", atomically: false, encoding: .utf8)

        // What was made by another recipe is not taken for this one's; removed, it is made anew.
        let other = try students.parlance("sweep sweep.yaml --set sampling.negatives=5 --out s")
        #expect(other.code == 65 && other.error.contains("parlance runs rm s w-0-f0"), "\(other.error)")
        let tried = try students.parlance("sweep sweep.yaml --set sampling.negatives=5 --out s --dry-run")
        #expect(tried.output.contains("4 runs to do"), "\(tried.output)")
        // The sweep goes on by the recipe that it began with; where its text is another, what is stored is not shown as its.
        let recipe = try String(contentsOfFile: students.folder + "/s/recipe.yaml", encoding: .utf8)
        #expect(try recipe == String(contentsOfFile: students.folder + "/recipe.yaml", encoding: .utf8))
        let named = try String(contentsOfFile: students.folder + "/s/sweep.yaml", encoding: .utf8)
        #expect(named.contains("recipe: \"s/recipe.yaml\""), "\(named)")
        try named.replacing("validation.keep\": last", with: "validation.keep\": last, sampling.negatives: 5")
          .write(toFile: students.folder + "/s/sweep.yaml", atomically: false, encoding: .utf8)
        let old = try students.parlance("runs list s")
        #expect(old.output.contains("outdated") && !old.output.contains("finished"), "\(old.output)")
        let unfinished = try students.parlance("report s --out none.html")
        #expect(unfinished.code == 65 && unfinished.error.contains("no arm is finished yet"), "\(unfinished.error)")
        try students.succeed("sweep sweep.yaml --out s")
        let before = try figures("w-0-f0", in: "s")
        try students.succeed("runs rm s w-0-f0")
        #expect(!FileManager.default.fileExists(atPath: students.folder + "/s/runs/w-0-f0"))
        let remade = try students.parlance("sweep sweep.yaml --out s")
        #expect(remade.code == 0 && remade.error.contains("1 run of 4 to do"), "\(remade.error)")
        #expect(try figures("w-0-f0", in: "s") == before)

        // Other passages under the same name have an index of their own; a run that read others does not go on.
        try students.succeed("runs rm s w-0-f0")
        let indexes = {
          try FileManager.default.contentsOfDirectory(atPath: students.folder + "/s/shared")
            .filter { $0.hasPrefix("index-") }.sorted()
        }
        let first = try indexes()
        try students.succeed("runs rm s w-0-f1")
        try students.succeed("runs rm s w-0.1-f0")
        try students.succeed("runs rm s w-0.1-f1")
        try students.succeed(
          "encode --model \(TrainedStudents.model) --passages passages.jsonl --keep-terms 5 --out other.vectors")
        try FileManager.default.removeItem(atPath: students.folder + "/passages.vectors")
        try FileManager.default.moveItem(
          atPath: students.folder + "/other.vectors", toPath: students.folder + "/passages.vectors")
        _ = try students.parlance("sweep sweep.yaml --out s")
        let after = try indexes()
        #expect(Set(after).subtracting(first).count == 1, "\(after)")
      }

      @Test("killed at some moment, what was begun is gone on with and the figures are those of a sweep that was not")
      func killed() throws {
        try students.succeed("sweep sweep.yaml --quick --out calm")
        // The parent dies as soon as its first run has a state; the child is on its own.
        let script = """
          rm -rf killed
          $PARLANCE sweep sweep.yaml --quick --out killed &
          sweep=$!
          until [ -e killed/runs/w-0-f0/.run ] || ! kill -0 $sweep 2>/dev/null; do sleep 0.01; done
          kill -9 $sweep; wait $sweep
          """
        let stopped = try ParlanceProcess.shellUntilHit(script, in: students.folder)
        #expect(stopped.code == 137, "\(stopped.error)")
        try students.succeed("sweep sweep.yaml --quick --out killed")
        #expect(try figures("w-0-f0", in: "killed") == figures("w-0-f0", in: "calm"))
      }

      @Test("arms that differ in pruning alone share one training, and have the figures that each has by itself")
      func shared() throws {
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
          .replacing(
            "{name: w 0.1, set: {objective.contrastive.weight: 0.1}}",
            with: """
              {name: few, set: {objective.contrastive.weight: 0, student.kept_terms: 4}}
                - {name: same, set: {objective.contrastive.weight: 0}}
              """)
        try text.write(toFile: students.folder + "/pruned.yaml", atomically: false, encoding: .utf8)
        let run = try students.parlance("sweep pruned.yaml --out p --cores 2")
        #expect(run.code == 0 && run.error.contains("the arms w 0, same are one recipe"), "\(run.error)")
        try students.succeed("sweep pruned.yaml --out q --arms few")
        for fold in ["f0", "f1"] {
          #expect(try result("w-0-\(fold)", in: "p")["stepsOf"] == nil)
          #expect(try result("few-\(fold)", in: "p")["stepsOf"] as? String == "w-0-\(fold)")
          #expect(try result("few-\(fold)", in: "q")["stepsOf"] == nil)
          #expect(try figures("few-\(fold)", in: "p") == figures("few-\(fold)", in: "q"))
          #expect(try figures("few-\(fold)", in: "p") != figures("w-0-\(fold)", in: "p"))
          #expect(try figures("same-\(fold)", in: "p") == figures("w-0-\(fold)", in: "p"))
          try expectFiguresOfRunFile("few-\(fold)", in: "p")
        }
        let shown = try students.parlance("runs show p few-f0")
        #expect(shown.output.contains("steps taken by") && shown.output.contains("w-0-f0"), "\(shown.output)")
        // Nobody goes on from a state any more. One that a kill left behind goes with the next call; one that is damaged is not
        // gone on from.
        func states() throws -> [String] {
          try FileManager.default.subpathsOfDirectory(atPath: students.folder + "/p")
            .filter { $0.hasSuffix("training.state") }
        }
        #expect(try states().isEmpty)
        for run in ["w-0-f1", "w-0-f0"] {
          try Data().write(to: URL(filePath: students.folder + "/p/runs/\(run)/training.state"))
          if run == "w-0-f0" { try students.succeed("runs rm p few-f0") }
          try students.succeed("sweep pruned.yaml --out p")
          #expect(try states().isEmpty)
        }
        #expect(try result("few-f0", in: "p")["stepsOf"] == nil)
        #expect(try figures("few-f0", in: "p") == figures("few-f0", in: "q"))
      }

      @Test(
        "steps are gone on from when they are of the same program, engine, machine and data, and trained anew otherwise"
      )
      func trusted() throws {
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
          .replacing(
            "{name: w 0.1, set: {objective.contrastive.weight: 0.1}}",
            with: "{name: few, set: {objective.contrastive.weight: 0, student.kept_terms: 4}}"
          )
          .replacing("folds: [0, 1]", with: "folds: [0]")
        try text.write(toFile: students.folder + "/two.yaml", atomically: false, encoding: .utf8)
        try students.succeed("sweep two.yaml --out t")
        let runs = students.folder + "/t/runs/"
        // As the sweep calls itself for a run.
        func child(_ run: String, _ options: String) throws {
          try FileManager.default.removeItem(atPath: runs + run)
          try FileManager.default.createDirectory(atPath: runs + run, withIntermediateDirectories: true)
          try students.succeed("sweep t/sweep.yaml --out t --cores 1 --only-run \(run) \(options)")
        }
        try child("w-0-f0", "--keep-state")
        func trainedBy() throws -> String? {
          try child("few-f0", "--source w-0-f0")
          return try result("few-f0", in: "t")["stepsOf"] as? String
        }
        #expect(try trainedBy() == "w-0-f0")
        let path = runs + "w-0-f0/result.json"
        let trusted = try String(contentsOfFile: path, encoding: .utf8)
        for (member, value) in [("device", "cuda:0"), ("build", "0"), ("sha256", "0")] {
          let other = trusted.replacing(
            try Regex("\"\(member)\":\"[^\"]*\""), with: "\"\(member)\":\"\(value)\"", maxReplacements: 1)
          #expect(other != trusted)
          try other.write(toFile: path, atomically: false, encoding: .utf8)
          #expect(try trainedBy() == nil, "\(member)")
        }
      }

      @Test("a run that fails is told with its reason, the others are finished, and it is tried again")
      func failing() throws {
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
          .replacing("folds: [0, 1]", with: "folds: [0]")
          .replacing("objective.contrastive.weight: 0.1", with: "data.0.teacher: none.teacher")
        try text.write(toFile: students.folder + "/bad.yaml", atomically: false, encoding: .utf8)
        let result = try students.parlance("sweep bad.yaml --out b")
        #expect(result.code == 65 && result.error.contains("the run w-0.1-f0 failed: none.teacher"), "\(result.error)")
        let list = try students.parlance("runs list b")
        #expect(list.output.contains("failed") && list.output.contains("finished"), "\(list.output)")
        try FileManager.default.copyItem(
          atPath: students.folder + "/rewrites.teacher", toPath: students.folder + "/none.teacher")
        try students.succeed("sweep bad.yaml --out b")
      }

      @Test("some arms are done now, and what another sweep has done already is taken over where it is the same")
      func reused() throws {
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
          .replacing("folds: [0, 1]", with: "folds: [0]")
          .replacing(
            "qrels: qrels.txt}]",
            with: "qrels: qrels.txt}, {name: few, conversations: few.jsonl, qrels: qrels.txt, held_out: false}]")
        let few = try String(contentsOfFile: students.folder + "/turns.jsonl", encoding: .utf8)
          .split(separator: "\n").filter { $0.contains("\"c3\"") }.map { $0 + "\n" }.joined()
        try few.write(toFile: students.folder + "/few.jsonl", atomically: false, encoding: .utf8)
        try text.write(toFile: students.folder + "/first.yaml", atomically: false, encoding: .utf8)
        try text.replacing("name: w 0,", with: "name: plain,").replacing("baseline: w 0", with: "baseline: plain")
          .replacing("arms: [w 0]", with: "arms: [plain]")
          .write(toFile: students.folder + "/second.yaml", atomically: false, encoding: .utf8)
        let wrong = try ParlanceProcess.run(
          ["sweep", "first.yaml", "--out", "s", "--arms", "w 0", "w 0.2"], in: students.folder)
        #expect(wrong.code == 64 && wrong.error.contains("no arm 'w 0.2'; did you mean 'w 0.1'?"), "\(wrong.error)")
        #expect(!FileManager.default.fileExists(atPath: students.folder + "/s"))
        let some = try ParlanceProcess.run(
          ["sweep", "first.yaml", "--out", "s", "--arms", "w 0"], in: students.folder)
        #expect(some.code == 0 && some.error.contains("1 run of 1 to do"), "\(some.error)")
        #expect(some.error.contains("1 of other arms wait") && some.output.contains("Not finished"), "\(some.error)")
        let list = try students.parlance("runs list s")
        #expect(list.output.contains("waits") && list.output.contains("finished"), "\(list.output)")

        func taken(_ options: String) throws -> [Int?] {
          let told = try students.parlance("sweep second.yaml --out o --dry-run --json " + options)
          let document = try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any]
          return [document?["takenOver"] as? Int, document?["waiting"] as? Int]
        }
        #expect(try taken("--reuse s --arms plain") == [1, 1])
        #expect(try taken("") == [0, 0])
        #expect(try taken("--reuse s --set sampling.negatives=5") == [0, 0])
        let nowhere = try students.parlance("sweep second.yaml --out o --reuse nowhere")
        #expect(nowhere.code == 66 && nowhere.error.contains("nowhere"), "\(nowhere.error)")
        #expect(!FileManager.default.fileExists(atPath: students.folder + "/o"))
        let judgments = try String(contentsOfFile: students.folder + "/qrels.txt", encoding: .utf8)
        try (judgments + "c0_1 0 p2 1\n").write(
          toFile: students.folder + "/qrels.txt", atomically: false, encoding: .utf8)
        #expect(try taken("--reuse s") == [0, 0])
        try judgments.write(toFile: students.folder + "/qrels.txt", atomically: false, encoding: .utf8)

        let other = try students.parlance("sweep second.yaml --out o --reuse s o --arms plain")
        #expect(other.error.contains("taken over: plain-f0 is the same as s/runs/w-0-f0"), "\(other.error)")
        #expect(other.code == 0 && !other.error.contains("to do"), "\(other.error)")
        #expect(try figures("plain-f0", in: "o") == figures("w-0-f0", in: "s"))
        let shown = try students.parlance("runs show o plain-f0")
        #expect(shown.output.contains("taken over from") && shown.output.contains("s/runs/w-0-f0"), "\(shown.output)")
        try students.succeed("sweep second.yaml --out o")
        let compared = try students.parlance("runs compare o")
        #expect(compared.output.contains("Differences from plain"), "\(compared.output)")

        // Figures once more without a conversation.
        try "c3\n".write(toFile: students.folder + "/ids", atomically: false, encoding: .utf8)
        let turns = try figures("plain-f0", in: "o").count
        let less = try students.parlance("runs compare o --leave-out ids")
        #expect(less.output.contains("of \(turns) turns"), "\(less.output) \(less.error)")
        // Both sets and the part of one tell how far students are from their teachers.
        #expect(less.output.components(separatedBy: "D_KL: the").count == 4, "\(less.output)")
        #expect(less.error.contains("all turns of few are left out by ids"), "\(less.error)")
        try students.succeed("report o --out o.html --passages passages.jsonl --leave-out ids")
      }

      @Test("a passage encoder that learns is measured on vectors of its own, and an index of others is refused for it")
      func learnedPassages() throws {
        let sweep = """
          recipe: recipe.yaml
          arms:
            - {name: frozen, set: {}}
            - {name: shared, set: {student.passages: {encoder: shared, texts: passages.jsonl, max_length: 24}}}
            - {name: separate, set: {student.passages: {encoder: separate, texts: passages.jsonl, max_length: 24}}}
          evaluate: [{conversations: turns.jsonl, qrels: qrels.txt}]

          """
        try sweep.write(toFile: students.folder + "/learned.yaml", atomically: false, encoding: .utf8)
        try students.succeed("sweep learned.yaml --out l --cores 2")
        for run in ["shared", "separate"] {
          try expectFiguresOfRunFile(run, in: "l")
          // Other vectors of the passages have other frequencies.
          #expect(try figures(run, in: "l").map(\.last) != figures("frozen", in: "l").map(\.last))
          let left = try FileManager.default.contentsOfDirectory(atPath: students.folder + "/l/runs/" + run)
          #expect(!left.contains { $0.contains("collection") }, "\(left)")
        }
        try sweep.replacing("qrels.txt}", with: "qrels.txt, index: index}")
          .write(toFile: students.folder + "/learned.yaml", atomically: false, encoding: .utf8)
        let refused = try students.parlance("sweep learned.yaml --out other --dry-run")
        #expect(refused.code == 65 && refused.error.contains("vectors of its own"), "\(refused.error)")
      }

      @Test("arms that hold out other turns are refused; what queries cost is told of the index that is searched")
      func otherTurns() throws {
        let passages = try String(contentsOfFile: students.folder + "/passages.jsonl", encoding: .utf8)
        try passages.split(separator: "\n").prefix(10).joined(separator: "\n")
          .write(toFile: students.folder + "/few.jsonl", atomically: false, encoding: .utf8)
        try students.succeed("encode --model \(TrainedStudents.model) --passages few.jsonl --out few.vectors")
        try students.succeed("index build --vectors few.vectors --weights f32 --out few")
        let sweep = """
          recipe: recipe.yaml
          arms:
            - {name: all, set: {validation: null}}
            - {name: held, set: {validation: {folds: 2, keep: last}}}
          evaluate: [{conversations: turns.jsonl, qrels: qrels.txt, index: few}]

          """
        func write(_ text: String) throws {
          try text.write(toFile: students.folder + "/turns.yaml", atomically: false, encoding: .utf8)
        }
        try write(sweep)
        let result = try students.parlance("sweep turns.yaml --out t --dry-run")
        #expect(result.code == 65, "\(result.error)")
        #expect(result.error.contains("the arms all and held hold out other turns"), "\(result.error)")
        // Measured on all turns they may; the second one needs the index of the recipe's vectors, for its validation alone.
        try write(sweep.replacing("index: few}", with: "index: few, held_out: false}"))
        try students.succeed("sweep turns.yaml --out t --cores 1")
        let flops = try figures("all", in: "t").compactMap(\.last)
        let told = try students.succeed(
          "evaluate t/runs/all/all.trec --qrels qrels.txt --queries t/runs/all/all.vectors --vectors few.vectors --json"
        )
        let document = try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any]
        let cost = (document?["runs"] as? [[String: Any]])?.first?["cost"] as? [String: Double]
        let expected = try #require(cost?["flops"])
        #expect(abs(flops.reduce(0, +) / Double(flops.count) - expected) < 1e-6 * expected)
      }

      /// `both.yaml`, which has vectors made of these passages first.
      private func writeSweep(preparing passages: String) throws {
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
        let step = """
          prepare:
            - {makes: again.vectors, run: "encode --model \(TrainedStudents.model) --passages \(passages) --out {out}"}

          """
        try (text + step).write(toFile: students.folder + "/both.yaml", atomically: false, encoding: .utf8)
      }

      @Test("what two sweeps prepare at once is made once, and the other waits for it")
      func preparedAtOnce() throws {
        try writeSweep(preparing: "passages.jsonl")
        let script = """
          $PARLANCE sweep both.yaml --quick --out one 2>one.log & one=$!
          $PARLANCE sweep both.yaml --quick --out two 2>two.log & two=$!
          wait $one && wait $two && cat one.log two.log
          """
        let result = try ParlanceProcess.shell(script, in: students.folder)
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.components(separatedBy: "making again.vectors: parlance").count == 2, "\(result.output)")
        // The page tells what it was made of.
        try students.succeed("report one --out one.html")
        let page = try String(contentsOfFile: students.folder + "/one.html", encoding: .utf8)
        #expect(page.contains("what made again.vectors"))
      }

      @Test("a sweep that is killed leaves the lock to what it started, so that no other makes the same beside it")
      func preparedByOrphan() throws {
        try writeSweep(preparing: "pipe")
        // The child reads a pipe that nobody writes yet: it is at work for as long as we want.
        let script = """
          told() { for try in $(seq 6000); do grep -qs "$1" "$2" && return; sleep 0.1; done; false; }
          mkfifo pipe
          # The pipe opens for writing when the child has opened it: before, there might be no child yet.
          (exec 9>pipe; echo it reads >reader; until [ -e fed ]; do sleep 0.1; done; cat passages.jsonl >&9) & writer=$!
          $PARLANCE sweep both.yaml --quick --out one 2>one.log & one=$!
          told "it reads" reader
          kill -9 $one; wait $one
          $PARLANCE sweep both.yaml --quick --out two 2>two.log & two=$!
          told "is waited for" two.log && echo "it waits"
          kill -TERM $two
          # Whoever reads the pipe comes to an end.
          touch fed
          wait $two; echo "second $?"
          told . again.vectors
          # Where nobody ever read, it still waits.
          kill $writer 2>/dev/null
          """
        let result = try ParlanceProcess.shell(script, in: students.folder)
        #expect(result.output.contains("it waits\nsecond 130"), "\(result.output) \(result.error)")
      }

      @Test("--dry-run tells the arms and makes nothing")
      func dryRun() throws {
        let result = try students.parlance("sweep sweep.yaml --out d --dry-run")
        #expect(result.code == 0 && result.output.contains("w 0.1") && result.output.contains("4 runs to do"))
        #expect(!result.error.contains("are one recipe"))
        let text = try String(contentsOfFile: students.folder + "/sweep.yaml", encoding: .utf8)
        try text.replacing("weight: 0.1", with: "weight: 0.0")
          .write(toFile: students.folder + "/alike.yaml", atomically: false, encoding: .utf8)
        let alike = try students.parlance("sweep alike.yaml --out d --dry-run")
        #expect(alike.code == 0 && alike.error.contains("the arms w 0, w 0.1 are one recipe"), "\(alike.error)")
        let idle = "objective.contrastive: {weight: 0, temperature: 2}"
        try text.replacing("objective.contrastive.weight: 0.1", with: idle)
          .write(toFile: students.folder + "/alike.yaml", atomically: false, encoding: .utf8)
        let named = try students.parlance("sweep alike.yaml --out d --dry-run")
        #expect(named.code == 0 && named.error.contains("the arms w 0, w 0.1 are one training: what"), "\(named.error)")
        #expect(!FileManager.default.fileExists(atPath: students.folder + "/d"))
        let wrong = try students.parlance("sweep sweep.yaml --out d --set optimisation.epoch=3")
        #expect(wrong.code == 65 && wrong.error.contains("did you mean `epochs`?"), "\(wrong.error)")
        #expect(!FileManager.default.fileExists(atPath: students.folder + "/d"))
      }
    }
  #else
    @Test("without SQLite it says what is missing, and how to have it")
    func without() throws {
      try ParlanceProcess.inFolder(of: ["sweep.yaml": "recipe: r\n"]) { folder in
        for arguments in [["sweep", "sweep.yaml", "--out", "s"], ["runs", "list", "s"]] {
          let result = try ParlanceProcess.run(arguments, in: folder)
          #expect(result.code == 69 && result.error.contains("the trait Storage"), "\(result.error)")
        }
      }
    }
  #endif

  @Test("search --costs tells what each turn took, and evaluate tells it by turn")
  func costs() throws {
    try SearchFixture.inFolder { folder in
      try "c_1 0 p1 1\nc_2 0 p2 1\n".write(toFile: folder + "/qrels.txt", atomically: false, encoding: .utf8)
      let plain = try SearchFixture.search(
        "--index bm25 --conversations turns.jsonl --form conversation --run plain.trec --tag whole", in: folder)
      let timed = try SearchFixture.search(
        "--index bm25 --conversations turns.jsonl --form conversation --run whole.trec --tag whole "
          + "--save-queries whole.vectors --costs whole.costs.jsonl", in: folder)
      #expect(plain.code == 0 && timed.code == 0, "\(timed.error)")
      #expect(
        try String(contentsOfFile: folder + "/whole.trec", encoding: .utf8)
          == String(contentsOfFile: folder + "/plain.trec", encoding: .utf8))
      let result = try ParlanceProcess.run(
        [
          "evaluate", "--qrels", "qrels.txt", "whole.trec", "--by", "turn", "--conversations", "turns.jsonl",
          "--queries", "whole.vectors", "--index", "bm25", "--costs", "whole.costs.jsonl", "--json",
        ], in: folder)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.error)")
      let run = try #require((document["runs"] as? [[String: Any]])?.first)
      let turns = try #require(run["effortTurns"] as? [[String: Any]])
      #expect(turns.map { $0["turn"] as? Int } == [1, 2])
      let effort = try #require(turns[1]["effort"] as? [String: Any])
      #expect(effort["totalMs"] != nil && (effort["postings"] as? Double ?? 0) > 0, "\(effort)")
      #expect(run["effort"] != nil)
    }
  }
}
