import BinaryFiles
import Conversations
public import Diagnostics
public import Distillation
import Evaluation
import Identifiers
import RankedResults

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

  /// Looks whether there is something to measure, once the files are there and before any run begins. A fold without a judged turn
  /// is no fault as long as another has one.
  ///
  /// - Throws: `badInput` for a set of which no run measures a turn; as the readers of its files.
  public func checkTurns(
    of runs: [(run: PlannedRun, recipe: Recipe)], interruption: Interruption? = nil
  ) throws(ParlanceError) {
    var parts: Set<[Int]> = []
    let recipes = runs.map(\.recipe).filter { recipe in
      parts.insert(recipe.validation?.folds.map { [$0, recipe.validation?.fold ?? 0] } ?? []).inserted
    }
    for set in evaluate {
      let judged = Set(try Qrels(readingFrom: set.qrels, interruption: interruption).queries())
      let reader = try TurnReader(path: set.conversations, interruption: interruption)
      var isMeasured = false
      while !isMeasured, let turn = try reader.next() {
        isMeasured = judged.contains(turn.id) && recipes.contains { set.measures(turn, by: $0) }
      }
      guard isMeasured else {
        throw ParlanceError(
          .badInput,
          "none of its turns has a relevant passage in \(set.qrels)"
            + (set.heldOut ? " and is of a conversation that some run holds out" : ""),
          at: .init(file: set.conversations))
      }
    }
  }
}

extension Sweep.Judged {
  /// Whether a run by the recipe lets the student leave that validated best on turns of this set which it measures, so that the
  /// figures are too high.
  public func choosesStudent(of recipe: Recipe) -> Bool {
    guard let validation = recipe.validation, validation.keep == .best else { return false }
    guard validation.folds != nil else { return validation.conversations == conversations }
    return recipe.data.contains { $0.conversations == conversations }
  }

  /// Whether a run by the recipe measures a turn that is judged.
  func measures(_ turn: Turn, by recipe: Recipe) -> Bool {
    !heldOut || recipe.validation?.folds == nil || recipe.isHeldOut(turn.conversation)
  }
}
