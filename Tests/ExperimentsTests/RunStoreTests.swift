#if Storage
  import Diagnostics
  import Evaluation
  import Foundation
  import GRDB
  import Identifiers
  import TestSupport
  import Testing

  @testable import Experiments

  @Suite("the runs of a sweep in SQLite")
  struct RunStoreTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
      let folder = try TestSupport.temporaryFolder("store")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try body(folder)
    }

    private func sweep() throws -> Sweep {
      try Sweep(
        yaml: """
          recipe: r.yaml
          arms: [{name: a}, {name: b}]
          seeds: [1, 2]
          folds: [0, 1]
          measures: RR
          evaluate: [{name: set, conversations: c, qrels: q}]
          """, file: "s.yaml")
    }

    /// Two turns a fold; the value tells arm, seed and fold apart.
    private func result(_ run: PlannedRun) -> RunResult {
      let base = Double(run.seed ?? 0) / 10 + (run.arm == "b" ? 0.5 : 0)
      let queries = (0..<2).map { turn in
        RunResult.Query(
          id: "c\(run.fold ?? 0)_\(turn)", conversation: "c\(run.fold ?? 0)", turn: turn + 1, values: [base],
          terms: Int(run.seed ?? 0) * 10, flops: 1.5, postings: 7, encodeMilliseconds: 2, searchMilliseconds: 1,
          divergence: turn == 0 ? base : nil)
      }
      return RunResult(
        run, digest: "d", recipe: "r", fingerprints: [.init(file: "f", sha256: "00")], program: "p", steps: 3,
        examples: 4, seconds: 5, processorSeconds: 6, peakMemory: 7,
        measured: [.init(name: "set", measures: ["RR"], queries: queries)])
    }

    @Test("folds are put together, seeds averaged turn by turn, and an arm that lacks a run is no arm yet")
    func arms() throws {
      try inFolder { folder in
        let store = try RunStore(path: folder + "/runs.sqlite", making: true)
        let runs = try sweep().runs()
        for run in runs.dropLast() { try store.store(result(run), curves: []) }
        try store.store(failure: "no memory", of: try #require(runs.last))
        let digests = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, "d") })
        let (whole, unfinished, places) = try ArmFigures.all(of: sweep(), digests: digests, on: "set", in: store)
        #expect(whole.map(\.arm) == ["a"])
        #expect(unfinished == [.init(arm: "b", finished: 3, failed: 1, planned: 4)])
        let arm = try #require(whole.first)
        #expect(arm.evaluation.queries.map(\.string) == ["c0_0", "c0_1", "c1_0", "c1_1"])
        #expect(arm.evaluation.values[0].allSatisfy { abs($0 - 0.15) < 1e-12 })
        #expect(arm.efforts[ExternalID("c0_0")]?.terms == 15)
        #expect(abs((arm.divergence ?? 0) - 0.15) < 1e-12)
        #expect(places.places[ExternalID("c1_1")] == .init(conversation: ExternalID("c1"), turn: 2))
        let part = arm.restricted(to: [ExternalID("c0_1"), ExternalID("c1_0")])
        #expect(part.evaluation.queries.map(\.string) == ["c0_1", "c1_0"] && part.efforts.count == 2)
        #expect(abs((part.divergence ?? 0) - 0.15) < 1e-12)
        #expect(arm.restricted(to: [ExternalID("c0_1")]).divergence == nil)
      }
    }

    @Test(
      "turns that are trained on are counted over the folds of one seed; of runs that did not count them nothing is said"
    )
    func trainedOn() throws {
      try inFolder { folder in
        let store = try RunStore(path: folder + "/runs.sqlite", making: true)
        let runs = try sweep().runs()
        for run in runs {
          var result = result(run)
          if run.arm == "a" { result.measured[0].turnsTrainedOn = run.fold == 0 ? 2 : 1 }
          try result.write(to: folder + "/result.json")
          #expect(try RunResult(reading: folder + "/result.json") == result)
          try store.store(result, curves: [])
        }
        #expect(try store.runs().map { $0.turnsTrainedOn["set"] } == [2, 1, 2, 1, nil, nil, nil, nil])
        let digests = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, "d") })
        let (whole, _, _) = try ArmFigures.all(of: sweep(), digests: digests, on: "set", in: store)
        #expect(whole.map { $0.turns.measured } == [4, 4])
        #expect(whole.map { $0.turns.trainedOn } == [3, nil])
      }
    }

    @Test("a finished run of another recipe is none of the arm's")
    func otherRecipe() throws {
      try inFolder { folder in
        let store = try RunStore(path: folder + "/runs.sqlite", making: true)
        let runs = try sweep().runs()
        for run in runs { try store.store(result(run), curves: []) }
        var digests = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, "d") })
        digests[runs[0].id] = "another"
        let (whole, unfinished, _) = try ArmFigures.all(of: sweep(), digests: digests, on: "set", in: store)
        #expect(whole.map(\.arm) == ["b"])
        #expect(unfinished == [.init(arm: "a", finished: 3, failed: 0, planned: 4)])
        let fault = result(runs[0]).fault(as: runs[0], digest: "another", in: SweepFolder("s"))
        #expect(fault?.message.contains("parlance runs rm s a-s1-f0") == true)
        #expect(result(runs[0]).fault(as: runs[1], digest: "d", in: SweepFolder("s")) != nil)
        #expect(result(runs[0]).fault(as: runs[0], digest: "d", in: SweepFolder("s")) == nil)
      }
    }

    @Test("turns whose ids differ in bytes alone have figures of their own")
    func idsByBytes() throws {
      try inFolder { folder in
        let store = try RunStore(path: folder + "/runs.sqlite", making: true)
        let run = try sweep().runs()[0]
        var result = result(run)
        for (place, id) in ["\u{e9}", "e\u{301}"].enumerated() {
          result.measured[0].queries[place].id = id
          result.measured[0].queries[place].values = [Double(place)]
        }
        try store.store(result, curves: [])
        let stored = try store.queries(of: run.id, on: "set", measures: ["RR"])
        #expect(stored.map(\.values).sorted { $0[0] < $1[0] } == [[0], [1]])
        #expect(stored.first { $0.values == [1] }?.id == ExternalID("e\u{301}"))
      }
    }

    @Test("a run that is stored again or removed takes everything with it")
    func again() throws {
      try inFolder { folder in
        let path = folder + "/runs.sqlite"
        let run = try sweep().runs()[0]
        do {
          let store = try RunStore(path: path, making: true)
          let curve = TrainingCurve(name: "loss", points: [.init(step: 1, value: 2), .init(step: 2, value: 1)])
          try store.store(result(run), curves: [curve])
          try store.store(result(run), curves: [curve])
          #expect(try store.curves(of: run.id) == [curve])
          #expect(try store.fingerprints(of: run.id).count == 1)
        }
        let store = try RunStore(path: path, making: false)
        #expect(try store.runs().map(\.id) == [run.id])
        try store.remove(run.id)
        #expect(try store.runs().isEmpty && store.curves(of: run.id).isEmpty)
        #expect(try store.queries(of: run.id, on: "set", measures: ["RR"]).isEmpty)
      }
    }

    @Test("what made a run is kept with it, and a database of before that was noted is brought up to it")
    func makers() throws {
      try inFolder { folder in
        let path = folder + "/runs.sqlite"
        let maker = RunMaker(
          build: "b", engine: "e", engineBuild: "eb", device: "cpu", kernels: "k", processor: "p", cores: 3, system: "s"
        )
        let runs = try sweep().runs()
        var first = result(runs[0])
        do {
          let store = try RunStore(path: path, making: true)
          try store.store(first, curves: [])
        }
        // As version 1 left it.
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "DROP TABLE makers; PRAGMA user_version = 1") }
        #expect(try RunStore(path: path, making: false).runs().map(\.maker) == [nil])
        let version = try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 1, "who only reads leaves it as it is")
        try database.close()
        let store = try RunStore(path: path, making: true)
        #expect(try store.runs().map(\.maker) == [nil])
        first.maker = maker
        try store.store(first, curves: [])
        try store.store(result(runs[1]), curves: [])
        #expect(try store.runs().map(\.maker) == [maker, nil])
        try first.write(to: folder + "/result.json")
        #expect(try RunResult(reading: folder + "/result.json").maker == maker)
        try store.remove(runs[0].id)
        #expect(try store.runs().map(\.maker) == [nil])
      }
    }

    @Test("another database and no database are refused")
    func refused() throws {
      try inFolder { folder in
        try "no database at all, but long enough to look".write(
          toFile: folder + "/text", atomically: false, encoding: .utf8)
        #expect(throws: ParlanceError.self) { try RunStore(path: folder + "/text", making: true) }
        #expect(throws: ParlanceError.self) { try RunStore(path: folder + "/none", making: false) }
      }
    }
  }
#endif
