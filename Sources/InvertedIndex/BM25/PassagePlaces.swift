import Diagnostics

/// Where passages came from: one entry for each run of passages that stand on the lines of a file one behind the other.
struct PassagePlaces {
  private var runs: [(first: Int, location: ParlanceError.Location)] = []

  /// - Parameter location: the place of passage `index`, which is behind all that were added before.
  mutating func add(_ index: Int, _ location: ParlanceError.Location?) {
    if let location, location != self.location(of: index) { runs.append((index, location)) }
  }

  /// The file and the line; without a file the number alone.
  func location(of index: Int) -> ParlanceError.Location {
    guard let run = runs.last(where: { $0.first <= index }) else {
      return .init(file: "passages", component: "passage \(index)")
    }
    var location = run.location
    location.line = location.line.map { $0 + index - run.first }
    return location
  }
}
