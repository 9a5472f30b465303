import BinaryFiles
public import Diagnostics
import Distillation
import Evaluation
import Yams

extension Sweep {
  /// Reads a sweep's file.
  ///
  /// - Throws: `badInput` that names the line and the key.
  public init(reading path: String) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    guard let text = String(validating: file.bytes.array(), as: UTF8.self) else {
      throw ParlanceError(.badInput, "expected a sweep in UTF-8", at: .init(file: path))
    }
    try self.init(yaml: text, file: path)
  }

  public init(yaml text: String, file: String) throws(ParlanceError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      let fault = YAMLFault(error)
      throw ParlanceError(.badInput, fault.words, at: .init(file: file, line: fault.line))
    }
    guard let root, root.mapping != nil else {
      throw ParlanceError(.badInput, "expected a mapping with the parts of a sweep", at: .init(file: file))
    }
    self.init()
    let node = SweepNode(node: root, path: "", file: file)
    let members = try node.members(Self.keys)
    for (key, value) in members { try read(key, value) }
    try check(node, Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first })
  }

  private static let keys = [
    "name", "question", "hypothesis", "recipe", "set", "arms", "grid", "random", "seeds", "folds", "baseline",
    "prepare",
    "evaluate", "measures", "depth", "budget", "keep_students", "quick",
  ]

  private mutating func read(_ key: String, _ value: SweepNode) throws(ParlanceError) {
    switch key {
    case "name": name = try value.text()
    case "question": question = try value.text()
    case "hypothesis": hypothesis = try value.text()
    case "recipe": recipe = try value.text()
    case "set": settings = try Self.settings(value)
    case "arms": arms = try Self.list(value, Self.arm)
    case "grid":
      grid = []
      for (key, axis) in try value.members() {
        grid.append(Axis(key: key, values: try axis.elements().map(\.flow)))
        if grid.last?.values.isEmpty == true { throw axis.fault("expected values of `\(axis.path)`") }
      }
    case "random": random = try Self.random(value)
    case "seeds": seeds = try Self.list(value) { seed throws(ParlanceError) in UInt64(try seed.integer()) }
    case "folds": folds = try Self.list(value) { fold throws(ParlanceError) in try fold.integer() }
    case "baseline": baseline = try value.text()
    case "prepare": prepare = try Self.list(value, Self.preparation)
    case "evaluate": evaluate = try Self.list(value, Self.judged)
    case "measures":
      do {
        measures = try Measure.list(parsing: try value.text())
      } catch {
        throw value.fault(error.message)
      }
    case "depth": depth = try value.integer(from: 1)
    case "budget": budget = try Self.budget(value)
    case "keep_students": keepsStudents = try value.bool()
    case "quick": quick = try Self.quick(value)
    default: break
    }
  }

  private static func list<Element>(
    _ value: SweepNode, _ read: (SweepNode) throws(ParlanceError) -> Element
  ) throws(ParlanceError) -> [Element] {
    var list: [Element] = []
    for element in try value.elements() { list.append(try read(element)) }
    return list
  }

  private static func settings(_ value: SweepNode) throws(ParlanceError) -> [Setting] {
    try value.members().map { Setting($0.key, $0.value.flow) }
  }

  private static func arm(_ value: SweepNode) throws(ParlanceError) -> Arm {
    var arm = Arm(name: "", settings: [])
    for (key, part) in try value.members(["name", "set"]) {
      if key == "name" { arm.name = try part.text() } else { arm.settings = try settings(part) }
    }
    guard !arm.name.isEmpty else { throw value.fault("expected the name of the arm, as `\(value.path).name`") }
    return arm
  }

  private static func random(_ value: SweepNode) throws(ParlanceError) -> RandomDraws {
    var draws = RandomDraws(count: 0, seed: 0, from: [])
    for (key, part) in try value.members(["count", "seed", "from"]) {
      switch key {
      case "count": draws.count = try part.integer(from: 1)
      case "seed": draws.seed = UInt64(try part.integer())
      default:
        for (key, source) in try part.members() { draws.from.append((key, try self.source(source))) }
      }
    }
    guard draws.count > 0, !draws.from.isEmpty else {
      throw value.fault("expected `\(value.path).count` draws, and what is drawn as `\(value.path).from`")
    }
    return draws
  }

  private static func source(_ value: SweepNode) throws(ParlanceError) -> RandomDraws.Source {
    if value.node.sequence != nil {
      let values = try value.elements().map(\.flow)
      guard !values.isEmpty else { throw value.fault("expected values of `\(value.path)`") }
      return .choice(values)
    }
    var (low, high, isLogarithmic, isWhole) = (Double.nan, Double.nan, false, false)
    for (key, part) in try value.members(["low", "high", "log", "whole"]) {
      switch key {
      case "low": low = try part.number()
      case "high": high = try part.number()
      case "log": isLogarithmic = try part.bool()
      default: isWhole = try part.bool()
      }
    }
    guard low < high, !isLogarithmic || low > 0, !isWhole || abs(low) < 1e9 && abs(high) < 1e9 else {
      throw value.fault(
        "expected `low` below `high` in `\(value.path)`, both above 0 where `log` is true; or a list of values")
    }
    return .range(low: low, high: high, isLogarithmic: isLogarithmic, isWhole: isWhole)
  }

  private static func preparation(_ value: SweepNode) throws(ParlanceError) -> Preparation {
    var preparation = Preparation(makes: "", command: [])
    for (key, part) in try value.members(["makes", "run"]) {
      if key == "makes" {
        // A folder's lock and note lie beside it, not in it.
        preparation.makes = FileNames.withoutTrailingSlashes(try part.text())
      } else if part.node.sequence != nil {
        preparation.command = try list(part) { word throws(ParlanceError) in try word.text() }
      } else {
        preparation.command = try part.text().split(whereSeparator: \.isWhitespace).map(String.init)
      }
    }
    guard !preparation.makes.isEmpty, !preparation.command.isEmpty else {
      throw value.fault(
        "expected `\(value.path).makes`, a file, and the subcommand that makes it as `\(value.path).run`")
    }
    return preparation
  }

  private static func judged(_ value: SweepNode) throws(ParlanceError) -> Judged {
    var judged = Judged(name: "", conversations: "", qrels: "", index: nil, heldOut: true)
    for (key, part) in try value.members(["name", "conversations", "qrels", "index", "held_out"]) {
      switch key {
      case "name": judged.name = try part.text()
      case "conversations": judged.conversations = try part.text()
      case "qrels": judged.qrels = try part.text()
      case "index": judged.index = try part.text()
      default: judged.heldOut = try part.bool()
      }
    }
    guard !judged.conversations.isEmpty, !judged.qrels.isEmpty else {
      throw value.fault("expected `\(value.path).conversations` and `\(value.path).qrels`, two files")
    }
    return judged
  }

  private static func budget(_ value: SweepNode) throws(ParlanceError) -> Budget {
    var budget = Budget()
    for (key, part) in try value.members(["cores", "cores_per_run", "memory", "memory_per_run"]) {
      switch key {
      case "cores": budget.cores = try part.integer(from: 1)
      case "cores_per_run": budget.coresPerRun = try part.integer(from: 1)
      case "memory": budget.memory = try gibibytes(part)
      default: budget.memoryPerRun = try gibibytes(part)
      }
    }
    return budget
  }

  private static func gibibytes(_ value: SweepNode) throws(ParlanceError) -> Double {
    let number = try value.number()
    guard number > 0, number.isFinite else { throw value.fault("expected GiB above 0, found \(number)") }
    return number
  }

  private static func quick(_ value: SweepNode) throws(ParlanceError) -> Quick {
    var quick = Quick()
    for (key, part) in try value.members(["set", "arms", "seeds", "folds"]) {
      switch key {
      case "set": quick.settings = try settings(part)
      case "arms": quick.arms = try list(part) { name throws(ParlanceError) in try name.text() }
      case "seeds": quick.seeds = try list(part) { seed throws(ParlanceError) in UInt64(try seed.integer()) }
      default: quick.folds = try list(part) { fold throws(ParlanceError) in try fold.integer() }
      }
    }
    return quick
  }

  /// Which of the parts that arms are made of is refused.
  private func keyAtFault() -> String {
    var less = self
    less.random = nil
    if (try? less.expanded()) != nil { return "random" }
    less.grid = []
    return (try? less.expanded()) == nil ? "arms" : "grid"
  }

  /// - Parameter parts: by their keys, so that a fault names its own line.
  private mutating func check(_ node: SweepNode, _ parts: [String: SweepNode]) throws(ParlanceError) {
    func part(_ key: String) -> SweepNode { parts[key] ?? node }
    let sets = (try? parts["evaluate"]?.elements()) ?? []
    func set(_ place: Int) -> SweepNode { sets.indices.contains(place) ? sets[place] : node }
    guard !recipe.isEmpty else { throw node.fault("expected the recipe's file, as `recipe`") }
    guard !evaluate.isEmpty else {
      throw part("evaluate").fault("expected what the students are measured on, as `evaluate`")
    }
    for place in evaluate.indices where evaluate[place].name.isEmpty {
      evaluate[place].name = evaluate.count == 1 ? "all" : "set \(place + 1)"
    }
    if let deep = measures.first(where: { ($0.cutoff ?? 0) > depth }) {
      throw (parts["depth"] ?? part("measures")).fault("`depth` is \(depth), and \(deep) looks at more passages")
    }
    var folders: [String: String] = [:]
    for (place, name) in evaluate.map(\.name).enumerated() {
      if let other = folders.updateValue(name, forKey: Self.folderName(name)) {
        throw set(place).fault(
          other == name
            ? "two sets in `evaluate` are called \(name)"
            : "the sets \(other) and \(name) in `evaluate` would have the same files")
      }
    }
    if Set(seeds).count < seeds.count { throw part("seeds").fault("a seed is there twice in `seeds`") }
    if Set(folds).count < folds.count { throw part("folds").fault("a fold is there twice in `folds`") }
    if let quick {
      let (seeds, folds) = (quick.seeds ?? [], quick.folds ?? [])
      if Set(seeds).count < seeds.count { throw part("quick").fault("a seed is there twice in `quick.seeds`") }
      if Set(folds).count < folds.count { throw part("quick").fault("a fold is there twice in `quick.folds`") }
    }
    // Everything that `expanded()` refuses is refused here already.
    let arms: [Arm]
    do { arms = try expanded() } catch { throw part(keyAtFault()).fault(error.message) }
    if let baseline, !arms.contains(where: { $0.name == baseline }) {
      throw part("baseline").fault(
        "no arm is called \(baseline), the `baseline`; there are \(arms.map(\.name).joined(separator: "; "))")
    }
    for name in quick?.arms ?? [] where !arms.contains(where: { $0.name == name }) {
      throw part("quick").fault("no arm is called \(name), in `quick.arms`")
    }
  }
}

extension Sweep.Setting {
  /// `key=value` of a command line, the value in YAML.
  ///
  /// - Throws: `usage` when it is none.
  public init(parsing text: String) throws(ParlanceError) {
    let (key, value) = try RecipeSetting.parse(text)
    self.init(key, FlowYAML.text(of: value))
  }
}
