/// A drawing in SVG without scripts: points with intervals, or lines over a number.
///
/// ```swift
/// let chart = Chart(
///   title: "nDCG@3 against FLOPS", kind: .points, x: "FLOPS", y: "nDCG@3",
///   series: [.init(name: "bm25", points: [.init(x: 1.02, y: 0.512)])])
/// print(chart.svg())
/// ```
public struct Chart: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// A confidence interval of y.
    public var interval: ClosedRange<Double>?
    /// Of how many queries it is, where the points of a line are of more and fewer.
    public var queries: Int?

    public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil, queries: Int? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
      self.queries = queries
    }
  }

  public struct Series: Sendable, Equatable {
    public var name: String
    public var points: [Point]

    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  public enum Kind: Sendable, Equatable {
    /// One point a series, named beside it; with the Pareto front of those that cost less across and are higher up.
    case points
    /// A line a series, over whole numbers where `isWhole`.
    case lines(isWhole: Bool)
  }

  public var title: String
  public var kind: Kind
  public var x: String
  public var y: String
  public var series: [Series]
  /// Whether y begins at 0 whatever the values are.
  public var fromZero = false
  /// What the points' intervals are called.
  public var intervalLevel = "95 %"

  public init(title: String, kind: Kind, x: String, y: String, series: [Series], fromZero: Bool = false) {
    self.title = title
    self.kind = kind
    self.x = x
    self.y = y
    self.series = series
    self.fromZero = fromZero
  }

  /// The same drawing with the set of turns that it is of at the end of its title, where there is something to tell.
  func titled(of set: String?) -> Chart {
    var chart = self
    if let set { chart.title += ", \(set)" }
    return chart
  }

  var isEmpty: Bool { series.allSatisfy(\.points.isEmpty) }

  /// The series of which no other costs less and is at least as good, by cost.
  public var front: [Series] {
    let sorted = series.filter { !$0.points.isEmpty }.sorted {
      ($0.points[0].x, -$0.points[0].y) < ($1.points[0].x, -$1.points[0].y)
    }
    var front: [Series] = []
    for entry in sorted where entry.points[0].y > front.last?.points[0].y ?? -.infinity { front.append(entry) }
    return front
  }

  /// The same figures as a table, for who does not see the drawing.
  public func table() -> Table {
    if case .points = kind {
      var table = Table(columns: [.label("run"), .figure(x), .figure(y)])
      let hasIntervals = series.contains { $0.points.contains { $0.interval != nil } }
      if hasIntervals { table.columns.append(.figure("\(intervalLevel) interval")) }
      table.rows = series.compactMap { entry in
        guard let point = entry.points.first else { return nil }
        var row = [Table.Cell(entry.name), .figure(point.x, digits: 2), .figure(point.y, digits: 3)]
        if hasIntervals {
          row.append(
            Table.Cell(
              point.interval.map {
                FixedDecimal.text($0.lowerBound, digits: 3) + " to " + FixedDecimal.text($0.upperBound, digits: 3)
              } ?? ""))
        }
        return row
      }
      return table
    }
    let hasQueries = series.contains { $0.points.contains { $0.queries != nil } }
    var table = Table(columns: [.figure(x)])
    if hasQueries { table.columns.append(.figure("queries")) }
    table.keyColumns = table.columns.count
    table.columns += series.map { .figure($0.name) }
    let places = Set(series.flatMap { $0.points.map(\.x) }).sorted()
    // A curve of training has hundreds of steps; a table of every tenth of them tells as much.
    let stride = max(1, (places.count + 39) / 40)
    for (number, place) in places.enumerated() where number % stride == 0 || number == places.count - 1 {
      let points = series.map { entry in entry.points.first { $0.x == place } }
      var row: [Table.Cell] = [.figure(place, digits: place == place.rounded() ? 0 : 2)]
      if hasQueries { row.append(Self.queries(of: points)) }
      table.rows.append(row + points.map { point in point.map { .figure($0.y, digits: 3) } ?? "" })
    }
    return table
  }

  /// `12`, or `3 to 12` where they are not as many on every line.
  private static func queries(of points: [Point?]) -> Table.Cell {
    let counts = points.compactMap { $0?.queries }
    guard let fewest = counts.min(), let most = counts.max() else { return "" }
    return fewest == most
      ? .count(most) : Table.Cell("\(FixedDecimal.grouped(fewest)) to \(FixedDecimal.grouped(most))")
  }
}
