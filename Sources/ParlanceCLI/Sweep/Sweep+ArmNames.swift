import Diagnostics
import Experiments

extension Sweep {
  /// - Throws: `usage` for a name that no listed arm has, with the nearest that one has.
  func checkArm(_ name: String) throws(ParlanceError) {
    guard !arms.contains(where: { $0.name == name }) else { return }
    let nearest = arms.map { (name: $0.name, distance: MistypedSubcommand.distance(name, $0.name)) }
      .min { $0.distance < $1.distance }
    let hint = nearest.flatMap { $0.distance <= max(2, name.count / 3) ? "; did you mean '\($0.name)'?" : nil } ?? ""
    throw ParlanceError(
      .usage, "the sweep has no arm '\(name)'\(hint); there are \(arms.map(\.name).joined(separator: "; "))")
  }
}
