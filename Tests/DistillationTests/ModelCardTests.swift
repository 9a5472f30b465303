import Checkpoints
import SparseVectors
import Testing

@testable import Distillation

@Suite("a student's model card")
struct ModelCardTests {
  /// A recipe all of whose files lie in somebody's folders.
  private var recipe: Recipe {
    var recipe = Recipe()
    recipe.student.model = "/home/somebody/models/tiny"
    recipe.student.residual = Recipe.Residual()
    recipe.student.residual?.model = "/home/somebody/models/frozen"
    recipe.student.passages = Recipe.Passages()
    recipe.student.passages?.texts = "/home/somebody/texts.jsonl"
    recipe.student.passages?.model = "hf:owner/passages"
    recipe.vectors = "/home/somebody/all.vectors"
    var set = Recipe.TrainingSet()
    set.conversations = "somebody/train.jsonl"
    set.teacher = "../somebody/own.teacher"
    set.qrels = "/home/somebody/qrels.txt"
    set.rewrites = "/home/somebody/rewrites.jsonl"
    recipe.data = [set]
    set.name = "mtrag | train"
    set.licence = "Apache-2.0"
    recipe.data.append(set)
    recipe.validation = Recipe.Validation()
    recipe.validation?.conversations = "/home/somebody/held.jsonl"
    recipe.validation?.qrels = "/home/somebody/held-qrels.txt"
    return recipe
  }

  @Test("it tells what becomes of a query's terms, and no more tokens than the model reads")
  func queries() throws {
    func card(_ recipe: Recipe) throws -> String {
      try ModelCard(
        recipe: recipe, start: Checkpoint(folder: TrainingFixture.model), passageSpace: .frozen, steps: 7,
        validation: nil
      ).text()
    }
    var recipe = recipe
    let whole = try card(recipe)
    #expect(!whole.contains("Its queries keep") && !whole.contains("multiplied by a factor"))
    recipe.student.keptTerms = 9
    recipe.student.leastImportance = 0.8
    recipe.student.residual?.factors = Recipe.Factors()
    recipe.student.maxLength = 100_000
    let pruned = try card(recipe)
    #expect(pruned.contains("is 0.8 or more and the 9 heaviest terms."), "\(pruned)")
    #expect(pruned.contains("multiplied by a factor") && !pruned.contains("up to 100000 tokens"), "\(pruned)")
  }

  @Test("it lists the sets that were learned from, not those with a share of 0")
  func sets() throws {
    var recipe = recipe
    recipe.data[0].share = 0
    let card = try ModelCard(
      recipe: recipe, start: Checkpoint(folder: TrainingFixture.model), passageSpace: .frozen, steps: 7,
      validation: nil
    ).text()
    #expect(!card.contains("| train.jsonl |") && card.contains(#"| mtrag \| train | own.teacher |"#), "\(card)")
  }

  @Test("it names files and stated names, and nobody's folders")
  func names() throws {
    let card = try ModelCard(
      recipe: recipe, start: Checkpoint(folder: TrainingFixture.model), passageSpace: .frozen, steps: 7,
      validation: nil
    ).text()
    #expect(!card.contains("somebody"), "\(card)")
    for name in [
      "texts.jsonl", "all.vectors", "train.jsonl", "own.teacher", "qrels.txt", "rewrites.jsonl", "held.jsonl",
      "held-qrels.txt", "hf:owner/passages", "model: frozen", "model: bert-old-names",
    ] {
      #expect(card.contains(name), "\(name)")
    }
    #expect(card.contains("\nbase_model: bert-old-names\n"))
    let odd = try Checkpoint(folder: TrainingFixture.model, name: "owner/a: #b")
    let other = try ModelCard(recipe: recipe, start: odd, passageSpace: .frozen, steps: 1, validation: nil).text()
    #expect(other.contains("\nbase_model: \"owner/a: #b\"\n"), "\(other)")
    #expect(card.contains("| train.jsonl | own.teacher | not stated |"))
    #expect(card.contains(#"| mtrag \| train | own.teacher | Apache-2.0 |"#))
  }
}
