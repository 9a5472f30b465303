public import Diagnostics
import Evaluation

extension Sweep {
  /// The sweep as it was resolved: every arm listed, nothing left to `quick`. Reading it gives the same runs.
  ///
  /// - Parameter arms: as `expanded()` gives them.
  func yaml(arms: [Arm]) -> String {
    var lines: [String] = []
    func add(_ key: String, _ value: String?) {
      if let value { lines.append("\(key): \(value)") }
    }
    func text(_ value: String?) -> String? { value.map(FlowYAML.quoted) }
    func settings(_ settings: [Setting]) -> String {
      // A key that is there twice is won by the last one, as on the command line.
      var last: [Setting] = []
      for setting in settings {
        last.removeAll { $0.key == setting.key }
        last.append(setting)
      }
      return "{" + last.map { "\(FlowYAML.quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
    }
    add("name", name.isEmpty ? nil : FlowYAML.quoted(name))
    add("question", text(question))
    add("hypothesis", text(hypothesis))
    add("recipe", FlowYAML.quoted(recipe))
    add("set", settings(self.settings))
    lines.append("arms:")
    for arm in arms { lines.append("  - {name: \(FlowYAML.quoted(arm.name)), set: \(settings(arm.settings))}") }
    if !seeds.isEmpty { add("seeds", "[" + seeds.map { "\($0)" }.joined(separator: ", ") + "]") }
    if !folds.isEmpty { add("folds", "[" + folds.map { "\($0)" }.joined(separator: ", ") + "]") }
    add("baseline", text(baseline))
    if !prepare.isEmpty {
      lines.append("prepare:")
      for step in prepare {
        let words = step.command.map(FlowYAML.quoted).joined(separator: ", ")
        lines.append("  - {makes: \(FlowYAML.quoted(step.makes)), run: [\(words)]}")
      }
    }
    lines.append("evaluate:")
    for set in evaluate {
      let index = set.index.map { ", index: \(FlowYAML.quoted($0))" } ?? ""
      lines.append(
        "  - {name: \(FlowYAML.quoted(set.name)), conversations: \(FlowYAML.quoted(set.conversations)), "
          + "qrels: \(FlowYAML.quoted(set.qrels))\(index), held_out: \(set.heldOut)}")
    }
    add("measures", FlowYAML.quoted(measures.map(\.description).joined(separator: " ")))
    add("depth", "\(depth)")
    var parts = ["cores_per_run: \(budget.coresPerRun)", "memory_per_run: \(budget.memoryPerRun)"]
    if let cores = budget.cores { parts.append("cores: \(cores)") }
    if let memory = budget.memory { parts.append("memory: \(memory)") }
    add("budget", "{\(parts.joined(separator: ", "))}")
    add("keep_students", "\(keepsStudents)")
    return lines.map { $0 + "\n" }.joined()
  }
}

extension Sweep {
  /// The same sweep with all arms listed, and its text for `sweep.yaml`.
  public func resolved() throws(ParlanceError) -> (sweep: Sweep, yaml: String) {
    let arms = try expanded()
    var sweep = self
    (sweep.arms, sweep.grid, sweep.random, sweep.quick) = (arms, [], nil, nil)
    return (sweep, yaml(arms: arms))
  }
}
