import Diagnostics
import Testing

@testable import Distillation

@Suite("Recipes")
struct RecipeTests {
  private static let whole = """
    student: {model: m}
    vectors: p.vectors
    data:
      - {conversations: c.jsonl, teacher: t.teacher}
    """

  @Test("what a recipe leaves out has its default, and what is written reads back the same")
  func defaults() throws {
    let recipe = try Recipe(yaml: Self.whole, file: "r.yaml")
    #expect(recipe.optimisation == Recipe.Optimisation())
    #expect(recipe.sampling == Sampler.Configuration())
    #expect(recipe.validation == nil)
    #expect(try Recipe(yaml: recipe.yaml(), file: "r.yaml") == recipe)
  }

  @Test("numbers are written as every reader of YAML reads them")
  func numbers() throws {
    var recipe = try Recipe(yaml: Self.whole, file: "r.yaml")
    recipe.optimisation.learningRate = 3e-5
    recipe.optimisation.clipNorm = 1e300
    let lines = try recipe.yaml().split(separator: "\n").map { $0.drop { $0 == " " } }
    for line in ["learning_rate: 3.0e-05", "clip_norm: 1.0e+300", "warmup_ratio: 0.01", "dropout: 0.1", "epochs: 3.0"] {
      #expect(lines.contains { $0 == line }, "\(line) is not in \(lines)")
    }
    #expect(try Recipe(yaml: recipe.yaml(), file: "r.yaml") == recipe)
  }

  @Test("settings win over the file, through mappings, lists and parts that the file leaves out")
  func settings() throws {
    let recipe = try Recipe(
      yaml: Self.whole, file: "r.yaml",
      settings: [
        "optimisation.epochs=7", "data.0.share=0.5", "student.residual.gate=term", "sampling.window=[1, 50]",
        "data.0.qrels=", "validation=",
      ])
    #expect(recipe.data[0].qrels == nil && recipe.validation == nil)
    #expect(recipe.optimisation.epochs == 7)
    #expect(recipe.data[0].share == 0.5)
    #expect(recipe.student.residual?.gate == .term)
    #expect(recipe.sampling.strategy == .uniform(window: RankWindow(1, 50)))
  }

  @Test("null takes a choice back that may be left out, whichever it is")
  func nulls() throws {
    let own = ["student.model=m", "vectors=v", "data=[{conversations: c, teacher: t}]"]
    let optional = ["layers", "kept_terms", "least_importance", "residual.final", "residual.model", "residual.factors"]
    let recipe = try Recipe.best(settings: own + optional.map { "student.\($0)=null" })
    #expect(recipe.student.leastImportance == nil && recipe.student.residual?.final == nil)
    #expect(recipe.student.residual != nil && recipe.student.residual?.factors == nil)
  }

  @Test(
    "what cannot be a recipe is refused, and the message names the key",
    arguments: [
      ("optimisation: {learnin_rate: 1}", "`optimisation.learnin_rate`; did you mean `learning_rate`?"),
      ("trainer: {}", "no recipe has the key `trainer`"),
      ("optimisation: {epochs: many}", "`optimisation.epochs`"),
      ("optimisation: {precision: half}", "expected one of float32, bfloat16, found half"),
      ("optimisation: {epochs: 0}", "`optimisation.epochs` must be above 0"),
      ("optimisation: {batch_size: 0}", "`optimisation.batch_size`"),
      ("student: {model: m, form: rewrite}", "`student.form`"),
      ("student: {model: m, form: poem}", "`student.form`"),
      ("student: {model: m, layers: 0}", "`student.layers` must be above 0"),
      ("student: {model: m, layer: 1}", "`student.layer`; did you mean `layers`?"),
      ("student: {model: m, residual: {gate: golden}}", "`student.residual.gate`"),
      ("student: {model: m, residual: {gates: scalar}}", "did you mean `gate`?"),
      ("student: {model: m, passages: {encoder: shared}}", "`student.passages.texts`"),
      ("student: {model: m, passages: {encoder: both, texts: p}}", "`student.passages.encoder`"),
      ("student: {model: m, passages: {text: p}}", "`student.passages.text`; did you mean `texts`?"),
      ("student: {model: m, passages: {texts: p, at_once: 0}}", "`student.passages.at_once`"),
      ("student: {model: m, passages: {texts: p, model: n}}", "`student.passages.model`"),
      ("student: {model: m, kept_terms: 9, passages: {texts: p}}", "`student.kept_terms`"),
      ("validation: {}", "either `validation.conversations` or `validation.folds`"),
      ("validation: {folds: 5, fold: 5}", "`validation.fold`"),
      (
        "validation: {conversations: c, fold: 3}",
        "`validation.fold` is 3, one of the parts of `validation.folds`, which `validation` does not have"
      ),
      ("data: []", "at least one training set"),
      ("data: [{conversations: c, teacher: t, qrel: q}]", "`data.0.qrel`; did you mean `qrels`?"),
      ("data: [{conversations: c}]", "`data.0.teacher`"),
      ("vectors: ''", "`vectors`"),
      ("data: [{conversations: c, teacher: t, share: 1.0e+300}]", "`data.0.share` must be between 0 and 1000"),
      ("optimisation: {epochs: 1.0e+300}", "`optimisation.epochs` must be at most 1000000"),
      ("optimisation: {batch_size: 9223372036854775807}", "`optimisation.batch_size` must be between 1 and"),
      ("optimisation: {accumulation: 9223372036854775807}", "`optimisation.accumulation` must be between 1 and"),
      ("regularisation: {ramp_steps: 9223372036854775807}", "`regularisation.ramp_steps` between 0 and"),
      ("sampling: {strategy: mixture, hard: 9223372036854775807}", "`sampling.hard` between 0 and"),
      ("sampling: {strategy: stratified, bands: 9223372036854775807}", "`sampling.bands` between 1 and"),
      ("sampling: {strategy: mixture, hard: 0, uniform: 0, collection: 0}", "there are no negatives"),
      ("sampling: {negatives: 0}", "`sampling.negatives` between 1 and"),
      ("sampling: {strategy: proportional, temperature: 0}", "`sampling.temperature` above 0"),
      ("objective: {kld: {temperature: 0}}", "`objective.kld.temperature` above 0"),
      ("objective: {kld: {weight: 0}, contrastive: {weight: 0}}", "there is nothing to minimise"),
      ("regularisation: {query: {kind: df_flops, alpha: 1}}", "`regularisation.query.alpha` between 0 and 1"),
      ("validation: {folds: 5, measure: nDGC@3}", "`validation.measure`"),
      (
        "sampling: {strategy: uniform, bands: 8}",
        "`sampling.bands` goes with `stratified`; `sampling.strategy` is `uniform`"
      ),
      ("sampling: {bands: 8}", "`sampling.bands` goes with `stratified`; `sampling.strategy` is `uniform`"),
      ("sampling: {strategy: hardest, window: [1, 9]}", "`sampling.window` goes with `uniform`, `easiest`, "),
      ("sampling: {strategy: whole_list, negatives: 32}", "`sampling.strategy` is `whole_list`"),
      ("sampling: {strategy: mixture, negatives: 64}", "`sampling.strategy` is `mixture`"),
      ("sampling: {strategy: uniform, band: 8}", "no recipe has the key `sampling.band`; did you mean `bands`?"),
      (
        "regularisation: {query: {kind: l1, threshold: 32}}",
        "`regularisation.query.threshold` goes with `l0_flops`; `regularisation.query.kind` is `l1`"
      ),
      ("regularisation: {query: {kind: flops, decay: 0.9}}", "goes with `df_flops`"),
      ("regularisation: {weights: {query: 5.0e-3}, reference_reading: true}", "the passages' weight, which is 0"),
      ("student: [", "YAML"),
    ])
  func refusals(part: String, message: String) throws {
    let key = part.prefix { $0 != ":" }
    let others = Self.whole.split(separator: "\n", omittingEmptySubsequences: false)
    var kept: [Substring] = []
    var skipping = false
    for line in others {
      if !line.hasPrefix(" ") { skipping = line.hasPrefix(key + ":") }
      if !skipping { kept.append(line) }
    }
    let text = kept.joined(separator: "\n") + "\n" + part + "\n"
    let error = #expect(throws: ParlanceError.self) { try Recipe(yaml: text, file: "r.yaml") }
    #expect(error?.code == .badInput)
    #expect(error?.location?.file == "r.yaml")
    #expect(error?.message.contains(message) == true, "\(error as Any)")
  }

  /// Settings, and those that come to the same training.
  static let idleSettings: [(settings: [String], others: [String])] = [
    (["regularisation.query.kind=df_flops"], []), (["regularisation.depth_growth=0.2"], []),
    (["regularisation.ramp_steps=9"], []), (["regularisation.reference_reading=true"], []),
    (["regularisation.weights=high"], ["regularisation.weights={query: 5.0e-3}"]),
    (
      ["regularisation={weights: high, reference_reading: true, ramp_steps: 9}"],
      ["regularisation.weights={query: 1.0e-3}"]
    ),
    (["sampling.gold_in_list=false", "objective.positive_weight=4"], ["sampling.gold_in_list=false"]),
    (["objective={kld: {weight: 0, temperature: 2}, positive_weight: 4}"], ["objective={kld: {weight: 0}}"]),
    (["objective.contrastive={weight: 1}", "objective.positive_weight=4"], ["objective.contrastive={weight: 1}"]),
    (["objective.contrastive={weight: 0, temperature: 0.08}"], ["objective.contrastive={weight: 0}"]),
    (["objective.margin_mse.pairs=all"], []),
    (["student.residual={gate: conversation, learning_rate: 1}"], ["student.residual={gate: conversation}"]),
  ]

  private func recipe(_ settings: [String]) throws -> Recipe {
    try Recipe(yaml: Self.whole, file: "r.yaml", settings: settings)
  }

  @Test("what changes nothing beside the other keys makes no other training", arguments: idleSettings)
  func idle(settings: [String], others: [String]) throws {
    let (one, other) = (try recipe(settings), try recipe(others))
    #expect(one != other && one.effective == other.effective)
  }

  @Test(
    "what changes something makes another training",
    arguments: [
      ["regularisation={weights: high, query: {kind: flops}}"], ["regularisation={weights: high, ramp_steps: 9}"],
      ["regularisation={weights: high, depth_growth: 0.2}"],
      ["regularisation={weights: high, reference_reading: true}"],
      ["regularisation={weights: high}", "student.passages={texts: p}"], ["regularisation.anti_zero=true"],
      ["objective.positive_weight=4"], ["objective.kld.temperature=2"], ["objective.contrastive.temperature=2"],
      ["objective.margin_mse={weight: 1, pairs: all}"], ["student.residual={learning_rate: 1}"],
    ])
  func effective(settings: [String]) throws {
    let changed = try recipe(settings).effective
    let others: [[String]] = [
      [], ["regularisation.weights=high"], ["objective.margin_mse.weight=1"], ["student.residual={}"],
      ["student.passages={texts: p}", "regularisation.weights={query: 5.0e-3}"],
    ]
    for other in others { #expect(try recipe(other).effective != changed, "\(other)") }
    #expect(changed == changed.effective)
  }

  @Test("a recipe that is made in Swift is checked alike, and its faults are of usage")
  func madeInSwift() throws {
    var recipe = try Recipe(yaml: Self.whole, file: "r.yaml")
    try recipe.check()
    recipe.validation = Recipe.Validation()
    recipe.validation?.folds = 0
    let error = #expect(throws: ParlanceError.self) { try recipe.check() }
    #expect(error?.code == .usage && error?.message == "`validation.folds` must be above 1", "\(error as Any)")
    #expect(!recipe.isHeldOut("c"))
  }

  @Test(
    "of a text that is no YAML the place is told, and a readable part of its line",
    arguments: [
      ("student: {model: m}\nvectors: [a, b\ndata: c\n", 3, "in column 5"),
      ("student: \u{1}", 1, "control characters are not allowed"),
      ("vectors: a\nvectors: b\n", 1, "expected each key once, found `vectors` twice"),
      ("student: \"open", 1, "unexpected end of stream"),
    ])
  func notYAML(text: String, line: Int, message: String) {
    let error = #expect(throws: ParlanceError.self) { try Recipe(yaml: text, file: "r.yaml") }
    #expect(error?.location?.line == line, "\(error as Any)")
    #expect(error?.message.contains(message) == true, "\(error as Any)")
  }

  @Test(
    "long lines, keys and values are cut in messages",
    arguments: [
      String(repeating: "x", count: 5000) + ": [" + String(repeating: "y ", count: 50_000),
      "vectors: {" + String(repeating: "k: v, ", count: 20_000) + "]",
      "optimisation: {epochs: " + String(repeating: "many", count: 50_000) + "}",
      "optimisation: {" + String(repeating: "epoch", count: 200) + ": 1}",
      "objective: {margin_mse: {pairs: " + String(repeating: "all", count: 50_000) + "}}",
    ])
  func longLines(text: String) throws {
    let error = try #require(#expect(throws: ParlanceError.self) { try Recipe(yaml: text, file: "r.yaml") })
    #expect(error.description.unicodeScalars.count < 500, "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test("an excerpt has the place that it is around")
  func excerpts() {
    let text = (0..<200).map { "\($0 % 10)" }.joined()
    #expect("short\t1".excerpt() == "short 1")
    #expect(text.excerpt(10) == "0123456789…")
    #expect(text.excerpt(10, around: 105) == "…0123456789…")
    #expect(text.excerpt(10, around: 199) == "…0123456789")
    #expect(text.excerpt(10, around: 5000) == "…0123456789")
    #expect("".excerpt() == "")
  }

  @Test("a setting that is none is a fault of usage", arguments: ["epochs", "=5", "data.3.share=1", "data.x=1"])
  func badSettings(setting: String) throws {
    let error = #expect(throws: ParlanceError.self) {
      try Recipe(yaml: Self.whole, file: "r.yaml", settings: [setting])
    }
    #expect(error?.code == .usage)
  }
}
