import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Distillation

@Suite("The recipes that come with Parlance")
struct RecipeFilesTests {
  static let names = [String](
    (try? FileManager.default.contentsOfDirectory(atPath: TestSupport.packageRoot + "/Recipes")) ?? []
  ).filter { $0.hasSuffix(".yaml") }

  @Test("each can be read, and between them they use every strategy, penalty, gate and pair rule")
  func all() throws {
    var recipes: [Recipe] = []
    for name in Self.names {
      let recipe = try Recipe(reading: TestSupport.packageRoot + "/Recipes/" + name)
      // As it is saved beside a student, which leaves nothing out.
      #expect(try Recipe(yaml: recipe.yaml(), file: name) == recipe)
      recipes.append(recipe)
    }
    #expect(Set(recipes.map(\.sampling.strategy.kind)) == Set(SamplingStrategy.Kind.allCases))
    #expect(Set(recipes.map(\.regularisation.query.kind)) == Set(QueryPenalty.Kind.allCases))
    #expect(Set(recipes.compactMap(\.student.residual?.gate)) == Set(Recipe.Residual.Gate.allCases))
    #expect(Set(recipes.compactMap(\.student.passages?.encoder)) == Set(Recipe.Passages.Encoder.allCases))
    #expect(recipes.contains { $0.objective.kld.weight == 0 && $0.objective.marginMSE.weight > 0 })
    #expect(recipes.contains { $0.objective.contrastive.weight == 0 })
    #expect(recipes.contains { $0.objective.termMSE.weight > 0 && $0.student.residual?.factors != nil })
  }

  @Test("what train does without a recipe is what Recipes/best.yaml says, over the files that settings name")
  func best() throws {
    let file = try Recipe(reading: TestSupport.packageRoot + "/Recipes/best.yaml")
    let settings = [
      "student.model=m", "vectors=v", "data.0.conversations=c", "data.0.teacher=t", "data.1.teacher=u",
      "data.1.conversations=d", "optimisation.epochs=2",
    ]
    let recipe = try Recipe.best(settings: settings)
    #expect(recipe.vectors == "v" && recipe.data.map(\.conversations) == ["c", "d"] && recipe.data[1].teacher == "u")
    #expect(recipe.optimisation.epochs == 2)
    var expected = file
    (expected.student.model, expected.vectors, expected.data) = ("m", "v", recipe.data)
    expected.optimisation.epochs = 2
    #expect(recipe == expected)
    for left in 0..<4 {
      var fewer = settings
      let setting = fewer.remove(at: left)
      let error = #expect(throws: ParlanceError.self) { try Recipe.best(settings: fewer) }
      let key = setting.prefix { $0 != "=" }
      #expect(error?.message.contains("`\(key)`") == true, "\(setting): \(error.map { "\($0)" } ?? "")")
    }
  }

  @Test(
    "the option in the recipe to start from is a fourth set, once its marks are off, as Scripts/student.sh takes them off"
  )
  func option() throws {
    let text = try String(
      contentsOfFile: TestSupport.packageRoot + "/Recipes/best.yaml", encoding: .utf8)
    #expect(try Recipe(yaml: text, file: "r.yaml").data.count == 3)
    let whole = text.replacing(#/\n {2}#([- ] )/#) { "\n  \($0.1)" }
    let sets = try Recipe(yaml: whole, file: "r.yaml").data
    #expect(sets.count == 4)
    #expect(sets.last?.share == 0.1 && sets.last?.teacher == "data/marco_weak.teacher" && sets.last?.qrels == nil)
  }
}
