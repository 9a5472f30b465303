import Distillation
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("the sweeps of the findings")
struct FindingsTests {
  private static let folder = TestSupport.packageRoot + "/Recipes/findings"
  private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") && $0 != "base.yaml" && $0 != beyond }.sorted()
  private static let beyond = "f-latency.yaml"

  /// With the base recipe named by its path, since tests run anywhere.
  private func sweeps() throws -> [Sweep] {
    try Self.names.map { name in
      var sweep = try Sweep(reading: Self.folder + "/" + name)
      #expect(sweep.recipe == "Recipes/findings/base.yaml")
      sweep.recipe = Self.folder + "/base.yaml"
      return sweep
    }
  }

  @Test("each arm of each is a recipe, and no two arms of one are the same")
  func recipes() throws {
    let sweeps = try sweeps()
    #expect(sweeps.count == 6)
    for sweep in sweeps {
      var seen: Set<String> = []
      for run in try sweep.runs() where run.seed == 123 && run.fold ?? 0 == 0 {
        let recipe = try run.recipe(of: sweep)
        #expect(run.fold == nil ? recipe.validation == nil : recipe.validation?.keep == .last, "\(run.id)")
        #expect(seen.insert(try recipe.yaml()).inserted, "\(run.id) is another arm once more")
      }
      #expect(sweep.baseline != nil && sweep.hypothesis?.hasPrefix("Primary: ") == true && sweep.seeds.count == 3)
    }
  }

  @Test("what goes beyond the findings changes the recipe that was chosen, and chooses by nothing that it measures")
  func beyond() throws {
    var sweep = try Sweep(reading: Self.folder + "/" + Self.beyond)
    #expect(sweep.recipe == "Recipes/best.yaml")
    sweep.recipe = TestSupport.packageRoot + "/" + sweep.recipe
    var seen: Set<String> = []
    for run in try sweep.runs() where run.fold == 0 {
      let recipe = try run.recipe(of: sweep)
      #expect(recipe.validation?.keep == .last && recipe.validation?.folds == 5, "\(run.id)")
      #expect(seen.insert(try recipe.yaml()).inserted, "\(run.id) is another arm once more")
    }
    #expect(sweep.evaluate.allSatisfy(\.heldOut) && sweep.baseline == "best.yaml")
  }

  @Test("the quick ones have at most 25 arms in all, one seed each")
  func quick() throws {
    let sweeps = try sweeps().filter { $0.quick != nil }
    #expect(sweeps.count == 5)
    let runs = try sweeps.map { try $0.quickened().runs() }
    #expect(runs.map { Set($0.map(\.arm)).count }.reduce(0, +) <= 25)
    #expect(runs.joined().allSatisfy { $0.seed == 123 })
    for (sweep, runs) in zip(sweeps, runs) { #expect(runs.contains { $0.arm == sweep.baseline }) }
  }

  @Test("the test half is searched by the arms of the primary hypotheses alone, trained as they are but for the fold")
  func testHalf() throws {
    let sweeps = try sweeps()
    let test = try #require(sweeps.first { $0.quick == nil })
    #expect(try test.runs().count == 21 && test.folds.isEmpty)
    #expect(test.evaluate.map(\.conversations) == ["data/mtrag/conversations.test.jsonl"])
    #expect(test.evaluate.allSatisfy { !$0.heldOut })
    var recipes: [String: Set<String>] = [:]
    for sweep in sweeps where sweep.quick != nil {
      for var run in try sweep.runs() where run.fold == 0 && run.seed == 123 {
        run.settings.append(.init("validation", "null"))
        recipes[run.arm, default: []].insert(try run.recipe(of: sweep).yaml())
      }
    }
    for run in try test.runs() where run.seed == 123 {
      #expect(recipes[run.arm]?.contains(try run.recipe(of: test).yaml()) == true, "\(run.arm)")
    }
    let baselines = try sweeps.map { sweep in
      let run = try #require(try sweep.runs().first { $0.arm == sweep.baseline && $0.seed == 123 })
      var recipe = try run.recipe(of: sweep)
      recipe.validation = nil
      return try recipe.yaml()
    }
    #expect(Set(baselines).count == 1)
  }
}
