import Distillation
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("the sweeps of the findings")
struct FindingsTests {
  private static let folder = TestSupport.packageRoot + "/Recipes/findings"
  private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") && $0 != "base.yaml" }.sorted()

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
    #expect(sweeps.count == 5)
    for sweep in sweeps {
      var seen: Set<String> = []
      for run in try sweep.runs() where run.seed == 123 && run.fold == 0 {
        let recipe = try run.recipe(of: sweep)
        #expect(recipe.validation?.keep == .last, "\(run.id)")
        #expect(seen.insert(try recipe.yaml()).inserted, "\(run.id) is another arm once more")
      }
      #expect(sweep.baseline != nil && sweep.hypothesis?.hasPrefix("Primary: ") == true && sweep.seeds.count == 3)
    }
  }

  @Test("the quick ones have at most 25 arms in all, one seed each")
  func quick() throws {
    let runs = try sweeps().map { try $0.quickened().runs() }
    #expect(runs.map { Set($0.map(\.arm)).count }.reduce(0, +) <= 25)
    #expect(runs.joined().allSatisfy { $0.seed == 123 })
    for (sweep, runs) in zip(try sweeps(), runs) { #expect(runs.contains { $0.arm == sweep.baseline }) }
  }
}
