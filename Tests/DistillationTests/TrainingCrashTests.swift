import BinaryFiles
import Checkpoints
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Distillation

@Suite("a training run whose writes fail", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TrainingCrashTests {
  private let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  /// A residual student with validation, so that states, logs, an index and several students are written.
  private var recipe: Recipe {
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.optimisation.epochs = 1
    recipe.validation?.every = 2
    return recipe
  }

  private func contents(_ run: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    let folder = fixture(run)
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path != ".lock" {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      // The clock is in the metrics and in the state.
      if path == "training.state" { continue }
      var data = try fixture.bytes(run + "/" + path)
      if path == "metrics.jsonl" {
        data = Data(String(decoding: data, as: UTF8.self).replacing(#/,"seconds":[^,}]*/#, with: "").utf8)
      }
      contents[path] = data
    }
    return contents
  }

  /// A name without the random part that temporary files have.
  private func kind(_ operation: FaultLayer.Operation) -> String {
    "\(operation)".replacing(#/partial-[a-z0-9]+/#, with: "partial")
  }

  @Test("ended within any write, among them those of states and students, it resumes to the same bits")
  func crashes() async throws {
    let counter = FaultLayer()
    try await FaultLayer.$current.withValue(counter) {
      _ = try await fixture.train(recipe, into: "whole", savingEvery: .zero)
    }
    let whole = try contents("whole")
    #expect(whole["student/frozen/model.safetensors"] != nil && whole["samples.jsonl"] != nil)
    #expect(!whole.keys.contains { $0.contains("validation-index") || $0.contains(".new") })
    let operations = counter.operations
    #expect(operations.count > 200, "\(operations.count)")

    // Some of each part's writes, and the renames that make them count.
    var generator = SeededGenerator(seed: 11)
    var victims: [Int] = []
    for (part, count) in [
      ("training.state", 5), ("student.new/model", 3), ("student.new", 3), ("metrics.jsonl", 2), ("samples.jsonl", 1),
      ("validation-index", 3),
    ] {
      let places = operations.indices.filter { kind(operations[$0]).contains(part) }
      try #require(!places.isEmpty, "nothing writes \(part)")
      for _ in 0..<count { victims.append(places[Int.random(in: places.indices, using: &generator)]) }
    }
    let renames = operations.indices.filter {
      if case .rename(_, let new) = operations[$0] {
        return new.hasSuffix("/student") || new.hasSuffix("training.state")
      }
      return false
    }
    victims += [renames[1], renames[renames.count - 1], operations.count - 1]
    for (number, victim) in victims.enumerated() {
      let run = "run\(number)"
      let bytes = Int.random(in: 0...40, using: &generator)
      let faults = FaultLayer { place, _ in place == victim ? .crash(writing: bytes) : nil }
      await #expect(throws: ParlanceError.self, "\(victim): \(kind(operations[victim]))") {
        try await FaultLayer.$current.withValue(faults) {
          _ = try await fixture.train(recipe, into: run, savingEvery: .zero)
        }
      }
      // What a reader finds of a student is whole.
      if FileManager.default.fileExists(atPath: fixture(run + "/student")) {
        #expect(throws: Never.self) { try RunFolder.checkStudent(fixture(run + "/student")) }
      }
      _ = try await fixture.train(recipe, into: run, resuming: true, savingEvery: .zero)
      let found = try contents(run)
      #expect(Set(found.keys) == Set(whole.keys), "\(victim): \(kind(operations[victim]))")
      for (path, data) in whole {
        #expect(found[path] == data, "\(path) after \(victim): \(kind(operations[victim]))")
      }
    }
  }
}

extension RunFolder {
  fileprivate static func checkStudent(_ path: String) throws {
    _ = try #require(try Checkpoint(folder: path).frozenPart())
  }
}
