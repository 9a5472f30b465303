public import Diagnostics
import LineFiles
import StrictJSON

/// One figure of a training by step, such as the loss.
public struct TrainingCurve: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public var step: Int
    public var value: Double

    public init(step: Int, value: Double) { (self.step, self.value) = (step, value) }
  }

  public var name: String
  public var points: [Point]

  public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }

  /// Enough to draw; a figure of each step is the mean of the steps since the point before.
  static let mostPoints = 200

  /// Reads a run's `metrics.jsonl`, by names in the order in which they come.
  ///
  /// - Throws: as `LineReader`. A line that was cut off ends the curves.
  public static func all(readingFrom path: String) throws(ParlanceError) -> [TrainingCurve] {
    let reader = try LineReader(path: path)
    var curves: [TrainingCurve] = []
    while let line = try reader.nextString() {
      guard let json = try? JSONValue(parsing: Array(line.utf8), file: path), let members = json.object,
        let step = json["step"]?.integer
      else { break }
      for (name, value) in members where name != "step" {
        guard let number = value.double else { continue }
        if let place = curves.firstIndex(where: { $0.name == name }) {
          curves[place].points.append(.init(step: step, value: number))
        } else {
          curves.append(TrainingCurve(name: name, points: [.init(step: step, value: number)]))
        }
      }
    }
    return curves.map { TrainingCurve(name: $0.name, points: thinned(byStep($0.points))) }
  }

  /// The last value of each step: a validation's line has the step of the one before it.
  private static func byStep(_ points: [Point]) -> [Point] {
    var kept: [Point] = []
    for point in points {
      if kept.last?.step == point.step { kept.removeLast() }
      kept.append(point)
    }
    return kept
  }

  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > mostPoints else { return points }
    let width = (points.count + mostPoints - 1) / mostPoints
    return stride(from: 0, to: points.count, by: width).map { first in
      let part = points[first..<min(points.count, first + width)]
      return Point(
        step: part[part.endIndex - 1].step, value: part.reduce(0) { $0 + $1.value } / Double(part.count))
    }
  }
}
