import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("sweeps")
struct SweepTests {
  private static let text = """
    name: negatives
    recipe: recipe.yaml
    set: {optimisation.epochs: 2, student.form: "last-turn"}
    arms:
      - {name: plain, set: {}}
      - name: Contrast (0.1)
        set:
          objective.contrastive.weight: 0.1
          sampling: {strategy: hardest, negatives: 4}
    grid:
      sampling.negatives: [4, 16]
    seeds: [1, 2]
    folds: [0, 1, 2]
    baseline: plain, negatives 16
    prepare:
      - {makes: all.vectors, run: "encode --model m --passages p.jsonl --out {out}"}
    evaluate:
      - {conversations: c.jsonl, qrels: q.txt}
    quick: {seeds: [1], folds: [0], arms: ["plain, negatives 4"], set: {optimisation.epochs: 1}}

    """

  private func sweep(_ text: String = Self.text) throws -> Sweep { try Sweep(yaml: text, file: "s.yaml") }

  @Test("arms, grid, seeds and folds are multiplied; the baseline comes first; settings follow in the order that wins")
  func runs() throws {
    let sweep = try sweep()
    let runs = try sweep.runs()
    #expect(runs.count == 4 * 2 * 3)
    #expect(runs[0].arm == "plain, negatives 16" && runs[0].id == "plain-negatives-16-s1-f0")
    #expect(Set(runs.map(\.id)).count == runs.count)
    let last = try #require(runs.last)
    #expect(last.arm == "Contrast (0.1), negatives 16")
    #expect(
      last.settings.map(\.text) == [
        "optimisation.epochs=2", "student.form=\"last-turn\"", "objective.contrastive.weight=0.1",
        "sampling={strategy: hardest, negatives: 4}", "sampling.negatives=16", "optimisation.seed=2",
        "validation.fold=2",
      ])
    #expect(sweep.prepare[0].command == ["encode", "--model", "m", "--passages", "p.jsonl", "--out", "{out}"])
    let folder = try self.sweep(Self.text.replacing("makes: all.vectors", with: "makes: all.index/"))
    #expect(folder.prepare[0].makes == "all.index")
  }

  @Test("what was resolved is read back as the same runs")
  func resolved() throws {
    let (resolved, yaml) = try sweep().resolved()
    let again = try sweep(yaml)
    #expect(try again.runs() == resolved.runs())
    #expect(again.arms == resolved.arms && again.baseline == resolved.baseline && again.measures == resolved.measures)
    #expect(again.evaluate == resolved.evaluate && again.prepare == resolved.prepare && again.budget == resolved.budget)
  }

  @Test("texts with commas, brackets and colons stay one text on one line, from the file and from the command line")
  func texts() throws {
    let text = """
      recipe: recipe.yaml
      set:
        data.0.licence: CC BY 4.0, for research
        data:
          - name: MTRAG, training [half]
            teacher: it's {here}
      evaluate: [{conversations: c.jsonl, qrels: q.txt}]

      """
    var sweep = try sweep(text)
    sweep.settings.append(try Sweep.Setting(parsing: "data.0.name=one, two"))
    sweep.settings.append(try Sweep.Setting(parsing: "validation="))
    let (resolved, yaml) = try sweep.resolved()
    #expect(
      resolved.settings.map(\.text) == [
        "data.0.licence=\"CC BY 4.0, for research\"",
        "data=[{name: \"MTRAG, training [half]\", teacher: \"it's {here}\"}]", "data.0.name=\"one, two\"",
        "validation=null",
      ])
    #expect(try self.sweep(yaml).runs() == resolved.runs())
    #expect(throws: ParlanceError.self) { try Sweep.Setting(parsing: "a=[") }
    let broken = #expect(throws: ParlanceError.self) { try self.sweep("recipe: r\nset: {a: [}\n") }
    #expect(broken?.location?.line == 2, "\(broken as Any)")
  }

  @Test("every file of a model counts, those of a pair's sides and of a frozen part too, and none that is hidden")
  func modelFiles() throws {
    let folder = try TestSupport.temporaryFolder("model")
    for name in ["config.json", "query/model.safetensors", "frozen/vocab.txt", ".git/config.json", "README.md"] {
      let path = URL(filePath: folder + "/" + name)
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(name.utf8).write(to: path)
    }
    let found = DataFingerprints.files(at: folder).map { String($0.dropFirst(folder.count + 1)) }
    #expect(found == ["config.json", "frozen/vocab.txt", "query/model.safetensors"])
    // By a link it is the same model.
    try FileManager.default.createSymbolicLink(atPath: folder + "-link", withDestinationPath: folder)
    #expect(DataFingerprints.files(at: folder + "-link").count == 3)
  }

  @Test("quick leaves what it says, and forgets a baseline that is not among it")
  func quick() throws {
    let quick = try sweep().quickened()
    let runs = try quick.runs()
    #expect(runs.map(\.id) == ["plain-negatives-4-s1-f0"])
    #expect(runs[0].settings.map(\.text).contains("optimisation.epochs=1"))
    #expect(quick.baseline == nil)
    let without = Self.text.split(separator: "\n").dropLast().joined(separator: "\n")
    let error = #expect(throws: ParlanceError.self) { try sweep(without).quickened() }
    #expect(error?.message == "the sweep has no part `quick`, which says what is left of it in a hurry")
  }

  @Test("keys of a grid that end alike are told apart in the arms' names by as many of their parts as that takes")
  func labels() throws {
    let text = """
      recipe: r.yaml
      grid:
        student.max_length: [64]
        student.passages.max_length: [32]
        data.0.share: [1]
        data.1.share: [0, 1]
        objective.contrastive.weight: [0.1]
      evaluate: [{conversations: c, qrels: q}]

      """
    let rest = "student max_length 64, passages max_length 32, 0 share 1, 1 share"
    let names = try sweep(text).expanded().map(\.name)
    #expect(names == [0, 1].map { "\(rest) \($0), contrastive weight 0.1" })
  }

  /// A folder with a recipe `r` over one conversation of one turn, `c`, with the judgments `q`, and `none` that say nothing.
  private func inRecipe(_ body: (String) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("folds")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let turn = #"{"id":"t","conversation":"c","turn":1,"messages":[{"role":"user","content":"why"}]}"# + "\n"
    let recipe = "student: {model: m}\nvectors: v\ndata: [{conversations: \(folder)/c, teacher: t}]\n"
    for (name, text) in [("c", turn), ("q", "t 0 p 1\n"), ("none", "t 0 p 0\n"), ("r", recipe)] {
      try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }
    try body(folder)
  }

  @Test("folds of a recipe that has none are refused with its key, and not trained once each")
  func foldsOfNone() throws {
    try inRecipe { folder in
      let sweep = try sweep(
        """
        recipe: \(folder)/r
        set: {validation: {conversations: d, qrels: q}}
        folds: [0, 1]
        evaluate: [{conversations: c, qrels: q}]

        """)
      let runs = try sweep.runs()
      _ = try runs[0].recipe(of: sweep)
      let error = #expect(throws: ParlanceError.self) { try runs[1].recipe(of: sweep) }
      let says = "`validation.folds`, which `validation` does not have"
      #expect(error?.message.contains(says) == true, "\(error as Any)")
    }
  }

  @Test("a fold without a judged turn is no fault; a set of which no run measures one is, before any of them begins")
  func emptyFolds() throws {
    try inRecipe { folder in
      func fault(folds: String, qrels: String = "q", heldOut: Bool = true) throws -> ParlanceError? {
        let sweep = try sweep(
          """
          recipe: \(folder)/r
          set: {validation.folds: 3, validation.keep: last}
          folds: \(folds)
          evaluate: [{conversations: \(folder)/c, qrels: \(folder)/\(qrels), held_out: \(heldOut)}]

          """)
        let runs = try sweep.runs().map { (run: $0, recipe: try $0.recipe(of: sweep)) }
        do throws(ParlanceError) {
          try sweep.checkTurns(of: runs)
          return nil
        } catch {
          return error
        }
      }
      let alone = try (0..<3).map { try fault(folds: "[\($0)]") }.compactMap(\.self)
      #expect(alone.count == 2)
      for error in alone {
        #expect(error.code == .badInput && error.location?.file == folder + "/c")
        #expect(error.message.hasSuffix("and is of a conversation that some run holds out"))
      }
      #expect(try fault(folds: "[0, 1, 2]") == nil)
      #expect(try fault(folds: "[0]", heldOut: false) == nil)
      let unjudged = try fault(folds: "[0, 1, 2]", qrels: "none", heldOut: false)
      #expect(unjudged?.message == "none of its turns has a relevant passage in \(folder)/none")
    }
  }

  @Test(
    "turns that a student was chosen by are known: those held out, or those that validation reads, where the best one stays",
    arguments: [
      ("{folds: 2}", "trained", true, true), ("{folds: 2}", "trained", false, true), ("{folds: 2}", "c", true, false),
      ("{folds: 2, keep: last}", "trained", true, false), ("{conversations: c, qrels: q}", "c", true, true),
      ("{conversations: c, qrels: q}", "c", false, true), ("{conversations: d, qrels: q}", "c", true, false),
      ("null", "trained", true, false),
    ])
  func chosen(validation: String, measured: String, heldOut: Bool, isChosen: Bool) throws {
    try inRecipe { folder in
      let sweep = try sweep(
        """
        recipe: \(folder)/r
        set: {validation: \(validation)}
        evaluate: [{conversations: \(measured == "trained" ? folder + "/c" : measured), qrels: q, held_out: \(heldOut)}]

        """)
      let run = try #require(try sweep.runs().first)
      let recipe = try run.recipe(of: sweep)
      #expect(sweep.evaluate[0].choosesStudent(of: recipe) == isChosen)
    }
  }

  @Test("draws follow from the seed alone and stay within what was asked for")
  func draws() throws {
    let text = """
      recipe: r.yaml
      random:
        count: 200
        seed: 7
        from:
          optimisation.learning_rate: {low: 1.0e-5, high: 1.0e-3, log: true}
          sampling.negatives: {low: 1, high: 4, whole: true}
          sampling.strategy: [uniform, hardest]
      evaluate: [{conversations: c, qrels: q}]
      """
    let draws = try sweep(text).expanded()
    #expect(draws.count == 200 && draws[6].name == "draw 007")
    #expect(try sweep(text).expanded() == draws)
    #expect(try sweep(text.replacing("seed: 7", with: "seed: 8")).expanded() != draws)
    let rates = draws.compactMap { Double($0.settings[0].value) }
    #expect(rates.count == 200 && rates.allSatisfy { (1e-5...1e-3).contains($0) })
    // Evenly over the logarithms: half of them below the geometric mean.
    #expect((70...130).contains(rates.count { $0 < 1e-4 }))
    #expect(Set(draws.map { $0.settings[1].value }) == ["1", "2", "3", "4"])
    #expect(Set(draws.map { $0.settings[2].value }) == ["uniform", "hardest"])
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("recpie: r.yaml", "s.yaml:1: no sweep has the key `recpie`; did you mean `recipe`?"),
      ("recipe: r\nfrobnicate: 1", "s.yaml:2: no sweep has the key `frobnicate`; there are"),
      ("[]", "s.yaml: expected a mapping"),
      ("recipe: r\nevaluate: []", "s.yaml:2: expected what the students are measured on"),
      ("evaluate: [{conversations: c, qrels: q}]", "expected the recipe's file"),
      (
        "recipe: r\ndepth: 10\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: `depth` is 10, and R@100 looks at more"
      ),
      ("recipe: r\narms: [{set: {}}]\n", "s.yaml:2: expected the name of the arm"),
      ("recipe: r\nevaluate: [{conversations: c}]", "`evaluate.0.qrels`"),
      ("recipe: r\nseeds: [x]", "expected a whole number of at least 0 as `seeds.0`"),
      ("recipe: r\nmeasures: nDCG\nevaluate: 3", "s.yaml:3: expected a list as `evaluate`"),
      ("recipe: r\nmeasures: frob", "measure 'frob'"),
      (
        "recipe: r\narms: [{name: a b}, {name: a-b}]\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: the names a b and a-b would give runs the same folder"
      ),
      (
        "recipe: r\nevaluate: [{name: Dev 1, conversations: c, qrels: q}, {name: dev-1, conversations: c, qrels: q}]",
        "s.yaml:2: the sets Dev 1 and dev-1 in `evaluate` would have the same files"
      ),
      (
        "recipe: r\nbaseline: x\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: no arm is called x, the `baseline`"
      ),
      ("recipe: r\nrandom: {count: 2, from: {a: {low: 2, high: 1}}}", "expected `low` below `high`"),
      ("recipe: r\ngrid: {a: []}", "expected values of `grid.a`"),
      (
        "recipe: r\nseeds: [1, 1]\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: a seed is there twice in `seeds`"
      ),
      (
        "recipe: r\nquick: {folds: [0, 0]}\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: a fold is there twice in `quick.folds`"
      ),
      ("recipe: r\nevaluate: [{conversations: c, qrels: q}]\nquick: {arms: [x]}", "s.yaml:3: no arm is called x"),
      ("recipe: r\nbudget: {memory_per_run: 0}", "expected GiB above 0"),
      ("recipe: r\nbudget: {memory: .inf}", "s.yaml:2: expected"),
      (
        "recipe: r\ngrid: {a: [1,2,3,4,5,6,7,8,9,10], b: [1,2,3,4,5,6,7,8,9,10], c: [1,2,3,4,5,6,7,8,9,10], "
          + "d: [1,2,3,4,5,6,7,8,9,10,11]}\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: expected at most 10000 arms, these are 11000"
      ),
      (
        "recipe: r\nrandom: {count: 2000000000, from: {a: [1, 2]}}\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:2: expected at most 10000 arms, these are 2000000000"
      ),
      (
        "recipe: r\ngrid: {b: [1, 2]}\nrandom: {count: 9223372036854775807, from: {a: [1]}}\nevaluate: [{conversations: c, qrels: q}]",
        "s.yaml:3: expected at most 10000 arms, these are far more"
      ),
    ])
  func faults(text: String, says: String) throws {
    let error = #expect(throws: ParlanceError.self) { try sweep(text) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.code == .badInput)
  }

  @Test("arms times seeds times folds are counted before any run is made")
  func tooManyRuns() throws {
    var sweep = try sweep()
    (sweep.seeds, sweep.folds) = ((0..<2000).map { UInt64($0) }, [0, 1])
    let many = sweep
    let error = #expect(throws: ParlanceError.self) { try many.runs() }
    #expect(error?.message == "expected at most 10000 runs, these are 16000")
    sweep.folds = [0]
    #expect(try sweep.runs().count == 8000)
  }

  @Test("an estimate takes what finished runs took of all cores for that, and gives what a run takes by the clock")
  func estimate() throws {
    var estimate = try SweepEstimate([], of: try sweep())
    estimate.work = ["a": .init(learned: 900, measured: 0), "b": .init(learned: 900, measured: 0)]
    let standard = SweepEstimate.standard
    #expect(estimate.seconds(of: "a", known: [:], cores: 2) == (900 * standard.learned + standard.fixed) / 2)
    #expect(estimate.seconds(of: "a", trains: false, known: [:], cores: 2) == standard.fixed / 2)
    // Of a run that is the same, 40 s of two cores are 20 s.
    #expect(estimate.seconds(of: "a", known: ["b": 40], cores: 2) == 20)
  }

  @Test(
    "an estimate counts the turns that are learned from, and of those that are measured the judged and held out ones")
  func counted() throws {
    let folder = try TestSupport.temporaryFolder("estimate")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let turns = (0..<4).map { turn in
      #"{"id":"t\#(turn)","conversation":"c\#(turn)","turn":1,"messages":[{"role":"user","content":"why"}]}"# + "\n"
    }
    let recipe = """
      student: {model: none}
      vectors: none
      data: [{conversations: \(folder)/c, teacher: none}]
      optimisation: {epochs: 3}

      """
    for (name, text) in [("c", turns.joined()), ("q", "t0 0 p 1\nt1 0 p 0\nt3 0 p 2\nt9 0 p 1\n"), ("r", recipe)] {
      try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }
    var sweep = try sweep("recipe: \(folder)/r\nevaluate: [{conversations: \(folder)/c, qrels: \(folder)/q}]\n")
    func work() throws -> SweepEstimate.Work? {
      let run = try #require(try sweep.runs().first)
      return try SweepEstimate([(run, try run.recipe(of: sweep))], of: sweep).work[run.id]
    }
    #expect(try work() == .init(learned: 12, measured: 2))
    sweep.settings = [.init("validation", "{folds: 4, keep: last}")]
    #expect(try work() == .init(learned: 9, measured: 0.5))
    sweep.evaluate[0].heldOut = false
    #expect(try work() == .init(learned: 9, measured: 2))
  }

  @Test("what is still to be made has no turns in an estimate, and is named; what nobody makes is a fault")
  func stillToMake() throws {
    let folder = try TestSupport.temporaryFolder("estimate")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let recipe = "student: {model: none}\nvectors: none\ndata: [{conversations: \(folder)/parts/1, teacher: none}]\n"
    try Data(recipe.utf8).write(to: URL(filePath: folder + "/r"))
    func estimate(making made: String) throws -> SweepEstimate {
      let sweep = try sweep(
        """
        recipe: \(folder)/r
        prepare: [{makes: \(made), run: "data split c --out {out}"}, {makes: \(folder)/q, run: "import q --out {out}"}]
        evaluate: [{conversations: \(folder)/parts/2, qrels: \(folder)/q}]

        """)
      let run = try #require(try sweep.runs().first)
      return try SweepEstimate([(run, try run.recipe(of: sweep))], of: sweep)
    }
    let found = try estimate(making: folder + "/parts")
    #expect(found.uncounted == ["parts/2", "q", "parts/1"].map { "\(folder)/\($0)" })
    #expect(Array(found.work.values) == [.init(learned: 0, measured: 0)])
    let error = #expect(throws: ParlanceError.self) { try estimate(making: folder + "/part") }
    #expect(error?.code == .noInput)
  }

  @Test("the divergence is 0 for the teacher's own scores, whatever is added to them, and by the definition otherwise")
  func divergence() {
    #expect(ListDivergence.divergence(teacher: [3, 1, 2], student: [13, 11, 12]) < 1e-12)
    let expected = 0.25 * (log2(0.25 / 0.5)) + 0.75 * (log2(0.75 / 0.5))
    let found = ListDivergence.divergence(teacher: [0, 1.0986122886681098], student: [5, 5])
    #expect(abs(found - expected * 0.6931471805599453) < 1e-12)
  }

  @Test("a long curve keeps its ends' steps and its mean")
  func thinned() {
    let points = (1...1000).map { TrainingCurve.Point(step: $0, value: Double($0)) }
    let thin = TrainingCurve.thinned(points)
    #expect(thin.count == 200 && thin.last?.step == 1000)
    #expect(abs(thin.map(\.value).reduce(0, +) / 200 - 500.5) < 1e-9)
  }
}
