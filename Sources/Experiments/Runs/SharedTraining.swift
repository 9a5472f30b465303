import BinaryFiles
public import Diagnostics
public import Distillation

/// Which runs of a sweep take the same steps, and differ only in how their students leave: one of them trains, and its
/// `training.state` stays until the others have gone on from it.
public struct SharedTraining {
  private let folder: SweepFolder
  private let groups: [[PlannedRun]]
  /// The place in `groups` by a run's name; runs that share their steps with nobody have none.
  private let group: [String: Int]

  public init(_ runs: [(run: PlannedRun, recipe: Recipe)], in folder: SweepFolder) throws(ParlanceError) {
    self.folder = folder
    var places: [String: Int] = [:]
    var groups: [[PlannedRun]] = []
    for (run, recipe) in runs {
      guard let steps = try recipe.steps?.yaml() else { continue }
      if let place = places[steps] {
        groups[place].append(run)
      } else {
        places[steps] = groups.count
        groups.append([run])
      }
    }
    self.groups = groups.filter { $0.count > 1 }
    var group: [String: Int] = [:]
    for (place, runs) in self.groups.enumerated() {
      for run in runs { group[run.id] = place }
    }
    self.group = group
  }

  /// The runs in an order in which those that share steps follow one another, so that few states wait at a time.
  public func ordered(_ runs: [PlannedRun]) -> [PlannedRun] {
    let left = Set(runs.map(\.id))
    var placed: Set<String> = []
    var ordered: [PlannedRun] = []
    for run in runs where !placed.contains(run.id) {
      let together = group[run.id].map { groups[$0] } ?? [run]
      for next in together where left.contains(next.id) && placed.insert(next.id).inserted { ordered.append(next) }
    }
    return ordered
  }

  /// The place of the first run that has not to wait until one of those that are running has taken its steps.
  public func next(of waiting: [PlannedRun], beside running: [PlannedRun]) -> Int? {
    let busy = Set(running.compactMap { group[$0.id] }).filter { source(in: $0) == nil }
    return waiting.firstIndex { run in group[run.id].map { !busy.contains($0) } ?? true }
  }

  /// The finished run whose state is there for a run with its steps.
  public func source(for run: PlannedRun) -> PlannedRun? { group[run.id].flatMap(source) }

  private func source(in group: Int) -> PlannedRun? {
    groups[group].first { isFinished($0) && FileNames.exists(folder.state(of: $0.id)) }
  }

  private func isFinished(_ run: PlannedRun) -> Bool { FileNames.exists(folder.result(of: run.id)) }

  /// Whether one of some other runs takes the run's steps.
  public func sharesSteps(_ run: PlannedRun, with others: [PlannedRun]) -> Bool {
    guard let own = group[run.id] else { return false }
    return others.contains { group[$0.id] == own }
  }

  /// Removes the states of finished runs that no other goes on from.
  ///
  /// - Parameter left: the runs that wait or run.
  public func removeStates(neededBy left: [PlannedRun]) {
    let needed = Set(left.compactMap { group[$0.id] })
    for place in groups.indices where !needed.contains(place) {
      for run in groups[place] where isFinished(run) { FileNames.remove(folder.state(of: run.id), faults: nil) }
    }
  }
}
