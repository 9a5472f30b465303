import Diagnostics
import Distillation
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("trainings that several runs share")
struct SharedTrainingTests {
  private struct Place {
    let folder: SweepFolder
    let runs: [PlannedRun]
    let sharing: SharedTraining

    init(_ path: String) throws {
      let recipe = """
        student: {model: m}
        vectors: v
        data: [{conversations: c, teacher: t}]
        """
      try Data(recipe.utf8).write(to: URL(filePath: path + "/recipe.yaml"))
      let sweep = try Sweep(
        yaml: """
          recipe: \(path)/recipe.yaml
          arms:
            - {name: all, set: {}}
            - {name: other, set: {sampling.negatives: 3}}
            - {name: 8, set: {student.kept_terms: 8}}
            - {name: 4, set: {student.kept_terms: 4}}
          seeds: [1, 2]
          evaluate: [{conversations: c, qrels: q}]

          """, file: "s.yaml")
      folder = SweepFolder(path + "/s")
      runs = try sweep.runs()
      sharing = try SharedTraining(runs.map { (run: $0, recipe: try $0.recipe(of: sweep)) }, in: folder)
      for run in runs {
        try FileManager.default.createDirectory(atPath: folder.folder(of: run.id), withIntermediateDirectories: true)
      }
    }

    func run(_ id: String) throws -> PlannedRun { try #require(runs.first { $0.id == id }) }

    func write(_ path: String) throws { try Data().write(to: URL(filePath: path)) }
  }

  private func inPlace(_ body: (Place) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("sharing")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(Place(folder))
  }

  @Test("runs of one seed that differ in pruning alone follow one another")
  func ordered() throws {
    try inPlace { place in
      #expect(
        place.sharing.ordered(place.runs).map(\.id) == [
          "all-s1", "8-s1", "4-s1", "all-s2", "8-s2", "4-s2", "other-s1", "other-s2",
        ])
      let left = try [place.run("other-s1"), place.run("4-s2"), place.run("8-s2")]
      #expect(place.sharing.ordered(left).map(\.id) == ["other-s1", "8-s2", "4-s2"])
      #expect(try place.sharing.isShared(place.run("4-s2"), with: left.dropLast()))
      #expect(try !place.sharing.isShared(place.run("4-s1"), with: left))
      #expect(try !place.sharing.isShared(place.run("other-s2"), with: left))
    }
  }

  @Test("the others wait while one trains, and go on from its state when it is finished")
  func waiting() throws {
    try inPlace { place in
      let (first, second) = (try place.run("all-s1"), try place.run("8-s1"))
      func next(_ waiting: String..., beside running: String...) throws -> Int? {
        try place.sharing.next(of: waiting.map(place.run), beside: running.map(place.run))
      }
      #expect(try next("8-s1", "4-s1", beside: "all-s1") == nil)
      #expect(try next("8-s1", "4-s1", "8-s2", beside: "all-s1") == 2)
      #expect(try next("8-s1", "other-s1", beside: "all-s1", "other-s2") == 1)
      #expect(try next("8-s1", "4-s1") == 0)
      // A state alone is that of a run which was stopped.
      try place.write(place.folder.state(of: first.id))
      #expect(place.sharing.source(for: second) == nil)
      try place.write(place.folder.result(of: first.id))
      #expect(place.sharing.source(for: second) == first)
      #expect(try next("4-s1", beside: "8-s1") == 0)
    }
  }

  @Test("of those that are left one of each training trains, or none where a state is there")
  func training() throws {
    try inPlace { place in
      let left = Array(place.runs.dropFirst())
      #expect(place.sharing.training(of: left) == ["all-s2", "other-s1", "other-s2", "8-s1"])
      try place.write(place.folder.state(of: "all-s1"))
      try place.write(place.folder.result(of: "all-s1"))
      #expect(place.sharing.training(of: left) == ["all-s2", "other-s1", "other-s2"])
    }
  }

  @Test("a state stays as long as somebody may go on from it, and that of a run that is not finished stays")
  func states() throws {
    try inPlace { place in
      for run in ["all-s1", "all-s2", "8-s2", "other-s1"] { try place.write(place.folder.state(of: run)) }
      for run in ["all-s1", "all-s2", "other-s1"] { try place.write(place.folder.result(of: run)) }
      func left() -> [String] {
        place.runs.map(\.id).filter { FileManager.default.fileExists(atPath: place.folder.state(of: $0)) }
      }
      try place.sharing.removeStates(neededBy: [place.run("4-s1"), place.run("8-s2")])
      #expect(left() == ["all-s1", "all-s2", "8-s2"])
      try place.sharing.removeStates(neededBy: [place.run("8-s2"), place.run("other-s1")])
      #expect(left() == ["all-s2", "8-s2"])
      place.sharing.removeStates(neededBy: [])
      #expect(left() == ["8-s2"])
    }
  }
}
