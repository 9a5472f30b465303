import Diagnostics
import Experiments

extension Sweep {
  /// - Throws: `usage` for a name that no listed arm has, with the nearest that one has.
  func checkArm(_ name: String) throws(ParlanceError) {
    guard !arms.contains(where: { $0.name == name }) else { return }
    let hint =
      NearestName.of(name, among: arms.map(\.name), within: max(2, name.count / 3)).map { "; did you mean '\($0)'?" }
      ?? ""
    throw ParlanceError(
      .usage, "the sweep has no arm '\(name)'\(hint); there are \(arms.map(\.name).joined(separator: "; "))")
  }
}
