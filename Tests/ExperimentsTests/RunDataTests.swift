import BinaryFiles
import Diagnostics
import Distillation
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("what a run read")
struct RunDataTests {
  /// A sweep of one run whose folder is there.
  private struct Place {
    let path: String
    let sweep: Sweep
    let run: PlannedRun
    let folder: SweepFolder

    init(_ path: String) throws {
      self.path = path
      let recipe = """
        student: {model: \(path)/m}
        vectors: \(path)/v
        data: [{conversations: \(path)/c, teacher: \(path)/t}]
        """
      for (name, text) in [("v", "v"), ("c", "c"), ("t", "t"), ("q", "q"), ("recipe.yaml", recipe)] {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
      }
      sweep = try Sweep(
        yaml: "recipe: \(path)/recipe.yaml\nevaluate: [{conversations: \(path)/c, qrels: \(path)/q}]\n", file: "s.yaml")
      run = try #require(try sweep.runs().first)
      folder = SweepFolder(path + "/s")
      try FileManager.default.createDirectory(atPath: folder.folder(of: run.id), withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// What begins a run by the recipe with some settings.
    func begin(_ settings: String..., measuring sweep: Sweep? = nil) throws -> RunData {
      let recipe = try Recipe(reading: path + "/recipe.yaml", settings: settings)
      return try RunData(of: run, recipe, sweep ?? self.sweep, in: folder)
    }

    /// As a run has it that has learned something.
    func learn() throws { try Data().write(to: URL(filePath: folder.state(of: run.id))) }
  }

  private func inPlace(_ body: (Place) async throws -> Void) async throws {
    let folder = try TestSupport.temporaryFolder("data")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(Place(folder))
  }

  @Test("an attempt that learned nothing leaves no word on what the next one reads, by another path or the same")
  func failedEarly() async throws {
    try await inPlace { place in
      try place.write("wrong", to: "w")
      _ = try place.begin("data.0.teacher=\(place.path)/w", "vectors=\(place.path)/w")
      try FileManager.default.removeItem(atPath: place.path + "/w")
      let data = try place.begin()
      let read = try data.fingerprints()
      #expect(read.map(\.file) == ["v", "c", "t", "q"].map { "\(place.path)/\($0)" })
      #expect(data.index == place.folder.index(of: read[0]))
      try place.write("mended", to: "t")
      let mended = try place.begin().fingerprints()
      #expect(mended[2].file == read[2].file && mended[2].sha256 != read[2].sha256)
    }
  }

  @Test("what changes once something was learned is told; a set to measure on that came later is noted")
  func learned() async throws {
    try await inPlace { place in
      let data = try place.begin()
      try place.learn()
      #expect(try place.begin().noted == data.noted)
      try place.write("others", to: "q2")
      let later = try Sweep(
        yaml: "recipe: r\nevaluate: [{conversations: \(place.path)/c, qrels: \(place.path)/q2}]\n", file: "s.yaml")
      let told = try place.begin(measuring: later).fingerprints().map(\.file)
      #expect(told.contains(place.path + "/q2") && !told.contains(place.path + "/q"))
      try place.write("other", to: "t")
      let atBeginning = #expect(throws: ParlanceError.self) { try place.begin() }
      let atEnd = #expect(throws: ParlanceError.self) { try data.fingerprints() }
      for fault in [atBeginning, atEnd] {
        #expect(fault?.code == .badInput && fault?.location?.file == place.path + "/t")
        #expect(fault?.message.contains("runs rm \(place.folder.path) \(place.run.id)") == true)
      }
    }
  }

  @Test("what was learned by one recipe is not gone on with by another; an attempt that learned nothing binds nobody")
  func otherRecipe() async throws {
    try await inPlace { place in
      let maker = RunMaker(
        build: "b", engine: "e", engineBuild: "eb", device: "cpu", kernels: "k", processor: "p", cores: 3, system: "s")
      let job = SweepRun(place.run, of: place.sweep, in: place.folder, cores: 1)
      func fault() async -> ParlanceError? {
        do throws(ParlanceError) {
          try await job.finish(
            program: "p 1", maker: maker, usage: { SweepRun.Usage(processorSeconds: 0, peakMemory: 0) }
          ) { _ throws(ParlanceError) in throw ParlanceError(.unavailable, "no model") }
          return nil
        } catch {
          return error
        }
      }
      let path = place.folder.recipe(of: place.run.id)
      try Data("another".utf8).write(to: URL(filePath: path))
      #expect(await fault()?.message == "no model")
      try place.learn()
      let refused = await fault()
      #expect(refused?.code == .badInput && refused?.location?.file == path)
      #expect(
        refused?.message
          == "the run recipe was begun by another recipe; parlance runs rm \(place.folder.path) recipe lets it begin anew"
      )
      try Data(try place.run.recipe(of: place.sweep).yaml().utf8).write(to: URL(filePath: path))
      #expect(await fault()?.message == "no model")
    }
  }
}
