import BinaryFiles
public import Diagnostics
public import Distillation

/// Which runs of a sweep train the same weights, and differ only in how their students leave: one of them takes the steps, and
/// its `training.state` stays until the others have gone on from it.
public struct SharedTraining {
  private let folder: SweepFolder
  private let groups: [[PlannedRun]]
  /// The place of a run's group, by the run's name.
  private let places: [String: Int]

  public init(_ runs: [(run: PlannedRun, recipe: Recipe)], in folder: SweepFolder) throws(ParlanceError) {
    self.folder = folder
    var (groups, places): ([[PlannedRun]], [String: Int]) = ([], [:])
    var known: [String: Int] = [:]
    for (run, recipe) in runs {
      let part = try recipe.trainingPart?.yaml()
      if let place = part.flatMap({ known[$0] }) {
        groups[place].append(run)
        places[run.id] = place
      } else {
        if let part { known[part] = groups.count }
        places[run.id] = groups.count
        groups.append([run])
      }
    }
    (self.groups, self.places) = (groups, places)
  }

  /// The runs in an order in which those of one training follow one another, so that few states wait at a time.
  public func ordered(_ runs: [PlannedRun]) -> [PlannedRun] {
    let left = Set(runs.map(\.id))
    var placed: Set<String> = []
    var ordered: [PlannedRun] = []
    for run in runs where !placed.contains(run.id) {
      let together = places[run.id].map { groups[$0] } ?? [run]
      for next in together where left.contains(next.id) && placed.insert(next.id).inserted { ordered.append(next) }
    }
    return ordered
  }

  /// Those of some runs that will train, in the order given, by name; the others will go on from their states.
  public func training(of left: [PlannedRun]) -> Set<String> {
    var trained: Set<Int> = []
    return Set(
      left.filter { run in
        places[run.id].map { source(in: $0) == nil && trained.insert($0).inserted } ?? true
      }.map(\.id))
  }

  /// The place of the first run that has not to wait until one of those that are running has taken its steps.
  public func next(of waiting: [PlannedRun], beside running: [PlannedRun]) -> Int? {
    let busy = Set(running.compactMap { places[$0.id] }).filter { source(in: $0) == nil }
    return waiting.firstIndex { run in places[run.id].map { !busy.contains($0) } ?? true }
  }

  /// The finished run whose state is there for a run of its training.
  public func source(for run: PlannedRun) -> PlannedRun? { places[run.id].flatMap(source) }

  private func source(in place: Int) -> PlannedRun? {
    groups[place].first { isFinished($0) && FileNames.exists(folder.state(of: $0.id)) }
  }

  private func isFinished(_ run: PlannedRun) -> Bool { FileNames.exists(folder.result(of: run.id)) }

  /// Whether one of some other runs is of the same training.
  public func isShared(_ run: PlannedRun, with others: [PlannedRun]) -> Bool {
    guard let own = places[run.id] else { return false }
    return others.contains { places[$0.id] == own }
  }

  /// Removes the states of finished runs that no other goes on from.
  ///
  /// - Parameter left: the runs that wait or run.
  public func removeStates(neededBy left: [PlannedRun]) {
    let needed = Set(left.compactMap { places[$0.id] })
    for place in groups.indices where !needed.contains(place) {
      for run in groups[place] where isFinished(run) { FileNames.remove(folder.state(of: run.id), faults: nil) }
    }
  }
}
