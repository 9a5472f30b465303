#if Storage
  import BinaryFiles
  import Diagnostics
  import Distillation
  import Foundation
  import TestSupport
  import Testing

  @testable import Experiments

  @Suite("finished runs of other sweeps")
  struct FinishedRunsTests {
    /// Two sweeps whose arms `plain` and `one` are the same; the run of `plain` is finished.
    private struct Place {
      let path: String
      var sweep: Sweep
      let run: PlannedRun
      let recipe: Recipe
      let other: SweepFolder
      let folder: SweepFolder
      let found = "plain-s1"

      init(_ path: String, settings: String = "", program: String = "p 1") throws {
        self.path = path
        for name in ["v", "c", "t", "q"] {
          try Data("what is in \(name)".utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }
        let recipe = """
          student: {model: \(path)/m}
          vectors: \(path)/v
          data: [{conversations: \(path)/c, teacher: \(path)/t, qrels: \(path)/q}]
          """
        try Data(recipe.utf8).write(to: URL(filePath: path + "/recipe.yaml"))
        func text(_ arm: String) -> String {
          """
          recipe: \(path)/recipe.yaml
          arms: [{name: \(arm), set: {sampling.negatives: 4}}]
          seeds: [1]
          evaluate: [{name: set, conversations: \(path)/c, qrels: \(path)/q}]
          measures: RR

          """
        }
        sweep = try Sweep(yaml: text("one") + settings, file: "s.yaml")
        run = try #require(try sweep.runs().first)
        self.recipe = try run.recipe(of: sweep)
        other = SweepFolder(path + "/other")
        folder = SweepFolder(path + "/own")
        for folder in [other.folder(of: found) + "/student/part", folder.path + "/runs"] {
          try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let before = try Sweep(yaml: text("plain"), file: "o.yaml")
        try Data(before.resolved().yaml.utf8).write(to: URL(filePath: other.sweep))
        let finished = try #require(try before.runs().first)
        for name in [
          "metrics.jsonl", "set.trec", "set.vectors", "log", "student/config.json", "student/part/x", ".run",
        ] {
          try Data("\(name) of the other".utf8).write(to: URL(filePath: "\(other.folder(of: found))/\(name)"))
        }
        var prints = DataFingerprints()
        let done = try finished.recipe(of: before)
        let result = RunResult(
          finished, digest: try finished.digest(of: done, in: before), recipe: "r",
          fingerprints: try prints.of(done, in: before), program: program, steps: 3, examples: 4, seconds: 5,
          processorSeconds: 6, peakMemory: 7, measured: [])
        try result.write(to: other.result(of: found))
        try RunStore(path: other.store, making: true).store(result, curves: [])
      }

      func runs(cores: Int = 1) throws -> FinishedRuns {
        try FinishedRuns(of: [other.path], for: sweep, in: folder, program: "p 1", device: "cpu", cores: cores)
      }

      func same(cores: Int = 1) throws -> FinishedRuns.Found? {
        var runs = try runs(cores: cores)
        return try runs.same(as: run, by: recipe)
      }

      /// What is in a run's folder, by name.
      func files(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasSuffix("result.json") {
          files[name] = FileManager.default.contents(atPath: folder + "/" + name)
        }
        return files
      }
    }

    private func inPlace(
      settings: String = "", program: String = "p 1", _ body: (Place) throws -> Void
    ) throws {
      let folder = try TestSupport.temporaryFolder("reuse")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try body(Place(folder, settings: settings, program: program))
    }

    @Test("one that is the same is taken over with all that it left, under the new name")
    func taken() throws {
      try inPlace { place in
        let found = try #require(try place.same())
        #expect(found.path == place.other.folder(of: place.found))
        let result = try #require(try place.runs().take(found, as: place.run))
        #expect(result.run == "one-s1" && result.arm == "one" && result.takenFrom == found.path)
        #expect(try RunResult(reading: place.folder.result(of: "one-s1")) == result)
        #expect(result.fault(as: place.run, digest: found.result.digest, in: place.folder) == nil)
        var files = try place.files(found.path)
        files[".run"] = nil
        #expect(try place.files(place.folder.folder(of: "one-s1")) == files && files.count == 6)
        // Taken over once more, it is still that of the first.
        let again = SweepFolder(place.path + "/third")
        try FileManager.default.createDirectory(atPath: again.path + "/runs", withIntermediateDirectories: true)
        var second = found
        (second.path, second.result) = (place.folder.folder(of: "one-s1"), result)
        let third = try FinishedRuns(of: [], for: place.sweep, in: again, program: "p 1", device: "cpu", cores: 1).take(
          second, as: place.run)
        #expect(third?.takenFrom == found.path)
      }
    }

    @Test("students that are not kept stay behind, and where they are kept there has to be one")
    func students() throws {
      try inPlace(settings: "keep_students: false") { place in
        let found = try #require(try place.same())
        _ = try place.runs().take(found, as: place.run)
        #expect(!FileManager.default.fileExists(atPath: place.folder.folder(of: "one-s1") + "/student"))
      }
      try inPlace { place in
        try FileManager.default.removeItem(atPath: place.other.folder(of: place.found) + "/student")
        #expect(try place.same() == nil)
      }
    }

    @Test(
      "another recipe, another way of measuring, another program: not the same",
      arguments: [("depth: 107", "p 1"), ("set: {optimisation.epochs: 2}", "p 1"), ("", "p 2")])
    func different(settings: String, program: String) throws {
      try inPlace(settings: settings, program: program) { place in
        let found = try place.same()
        #expect(found == nil)
      }
    }

    @Test("one that was trained on another device is not the same; one that did not note where is taken")
    func otherDevice() throws {
      try inPlace { place in
        let path = place.other.result(of: place.found)
        var result = try RunResult(reading: path)
        #expect(try result.maker == nil && place.same() != nil)
        for (device, isSame) in [("cpu", true), ("cuda:0", false)] {
          result.maker = RunMaker(
            build: "b", engine: "e", engineBuild: "eb", device: device, kernels: "k", processor: "p", cores: 3,
            system: "s")
          try result.write(to: path)
          #expect(try (place.same() != nil) == isSame, "\(device)")
        }
      }
    }

    @Test("one that had other cores is not the same; where it did not note them, its sweep's file says how many it had")
    func otherCores() throws {
      try inPlace { place in
        #expect(try place.same(cores: 1) != nil && place.same(cores: 2) == nil)
        let path = place.other.result(of: place.found)
        var result = try RunResult(reading: path)
        result.coresOfRun = 2
        try result.write(to: path)
        #expect(try place.same(cores: 1) == nil)
        let found = try #require(try place.same(cores: 2))
        #expect(try place.runs(cores: 2).take(found, as: place.run)?.coresOfRun == 2)
      }
    }

    @Test("one that read other data is not the same", arguments: ["v", "c", "t", "q"])
    func otherData(file: String) throws {
      try inPlace { place in
        try Data("other".utf8).write(to: URL(filePath: "\(place.path)/\(file)"))
        let found = try place.same()
        #expect(found == nil)
      }
    }

    @Test(
      "a run that lost its result or a ranking is not finished; a folder without a sweep is a fault, one's own is none")
    func whole() throws {
      for name in ["result.json", "set.trec", "set.vectors", "metrics.jsonl"] {
        try inPlace { place in
          try FileManager.default.removeItem(atPath: place.other.folder(of: place.found) + "/" + name)
          #expect(try place.same() == nil, "\(name)")
        }
      }
      try inPlace { place in
        let error = #expect(throws: ParlanceError.self) {
          try FinishedRuns(
            of: [place.path], for: place.sweep, in: place.folder, program: "p 1", device: "cpu", cores: 1)
        }
        #expect(error?.code == .noInput)
        var own = try FinishedRuns(
          of: [place.folder.path], for: place.sweep, in: place.folder, program: "p 1", device: "cpu", cores: 1)
        #expect(try own.same(as: place.run, by: place.recipe) == nil)
      }
    }

    @Test("a process that has the run keeps it")
    func held() throws {
      try inPlace { place in
        let path = place.folder.folder(of: "one-s1")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let found = try #require(try place.same())
        let lock = try FileLock(path: place.folder.lock(of: "one-s1"))
        #expect(try place.runs().take(found, as: place.run) == nil)
        lock.release()
        #expect(try place.runs().take(found, as: place.run) != nil)
      }
    }

    @Test(
      "killed at any write, it is finished and whole or not begun, and the next one takes it over",
      arguments: [false, true])
    func killed(isBegun: Bool) throws {
      try inPlace(settings: "keep_students: false") { place in
        let path = place.folder.folder(of: "one-s1")
        let found = try #require(try place.same())
        var files = try place.files(found.path).filter { !$0.key.hasPrefix("student") }
        files[".run"] = nil
        var victim = 0
        while true {
          try? FileManager.default.removeItem(atPath: path)
          if isBegun {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("begun".utf8).write(to: URL(filePath: path + "/metrics.jsonl"))
          }
          let faults = FaultLayer { number, _ in number == victim ? .crash(writing: 3) : nil }
          try? FaultLayer.$current.withValue(faults) { _ = try place.runs().take(found, as: place.run) }
          if FileManager.default.fileExists(atPath: place.folder.result(of: "one-s1")) {
            #expect(try RunResult(reading: place.folder.result(of: "one-s1")).run == "one-s1")
            #expect(try place.files(path) == files)
          } else {
            let left = FileManager.default.contents(atPath: path + "/metrics.jsonl")
            #expect(left == (isBegun ? Data("begun".utf8) : nil))
          }
          guard faults.isCrashed else { break }
          victim += 1
        }
        #expect(victim > 20)
        _ = try place.runs().take(found, as: place.run)
        #expect(try place.files(path) == files)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder.path + "/runs") == ["one-s1"])
      }
    }
  }
#endif
