import BinaryFiles
public import Diagnostics
public import Distillation

extension Sweep {
  /// Whether a run by the recipe searches the index of the recipe's vectors, for validation or to be measured.
  public func searchesVectors(of recipe: Recipe) -> Bool {
    recipe.student.passages == nil && (recipe.validation != nil || evaluate.contains { $0.index == nil })
  }

  /// Whether a file that is not there is one that `prepare` makes, or lies in a folder that it makes.
  func isStillToMake(_ path: String) -> Bool {
    !FileNames.exists(path)
      && prepare.contains {
        !MadeNote.isMade($0.makes) && (path == $0.makes || path.hasPrefix($0.makes + "/"))
      }
  }

  /// Looks at what can only be told of all runs together, before any of them begins.
  ///
  /// - Throws: `badInput` for an index that an arm's student cannot search, and for arms that would be measured on other turns.
  public func check(_ runs: [(run: PlannedRun, recipe: Recipe)]) throws(ParlanceError) {
    var arms: [String] = []
    var heldOut: [String: Set<[Int]>] = [:]
    for (run, recipe) in runs {
      if recipe.student.passages != nil, let index = evaluate.compactMap(\.index).first {
        throw ParlanceError(
          .badInput,
          "the arm \(run.arm) makes vectors of its own of the passages (`student.passages`), which this index does not have; leave "
            + "`index` out of `evaluate`, and each run builds its own", at: .init(file: index))
      }
      if heldOut[run.arm] == nil { arms.append(run.arm) }
      let part = recipe.validation?.folds.map { [$0, recipe.validation?.fold ?? 0] } ?? []
      heldOut[run.arm, default: []].insert(part)
    }
    guard evaluate.contains(where: \.heldOut), let first = arms.first,
      let other = arms.first(where: { heldOut[$0] != heldOut[first] })
    else { return }
    throw ParlanceError(
      .badInput,
      "the arms \(first) and \(other) hold out other turns, so that they would not be measured on the same ones; `folds` in the "
        + "sweep, or the same `validation` in all arms")
  }
}
