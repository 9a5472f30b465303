extension Chart {
  /// The room that a drawing has.
  public struct Size: Sendable, Equatable {
    public var width: Double
    /// Of the plot without its legend.
    public var height: Double

    public init(width: Double, height: Double) { (self.width, self.height) = (width, height) }

    public static let wide = Size(width: 720, height: 400)
    /// For telephones: the same size of letters on half the width.
    public static let narrow = Size(width: 350, height: 320)
  }

  /// A file of its own, with its style and for either ground.
  public func svg(_ size: Size = .wide) -> String {
    let style = """
      :root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --line: #d9d9e0; --card: #ffffff; }
      @media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #b0b4ba; --line: #363a3f; --card: #18191b; } }
      svg.chart { background: var(--card); }
      """
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + drawing(size, id: "chart", style: "<style>\n\(style)\n\(SeriesStyle.style)\n</style>\n", isFile: true)
  }

  /// An element of a page whose style has `SeriesStyle.style`.
  ///
  /// - Parameter id: one that the page has once.
  func element(_ size: Size, id: String) -> String { drawing(size, id: id, style: "", isFile: false) }

  private func drawing(_ size: Size, id: String, style: String, isFile: Bool) -> String {
    let plot = Plot(self, size)
    let namespace = isFile ? " xmlns=\"http://www.w3.org/2000/svg\"" : ""
    var lines = [
      "<svg\(namespace) class=\"chart\" viewBox=\"0 0 \(number(size.width)) \(number(plot.totalHeight))\" role=\"img\""
        + " aria-labelledby=\"\(id)-t \(id)-d\"\(isFile ? " width=\"\(number(size.width))\"" : "")>",
      "<title id=\"\(id)-t\">\(htmlEscaped(title))</title>", "<desc id=\"\(id)-d\">\(htmlEscaped(summary))</desc>",
    ]
    if !style.isEmpty { lines.append(style) }
    return (lines + plot.frame() + plot.content() + plot.legend() + ["</svg>", ""]).joined(separator: "\n")
  }

  /// What a person would say of it.
  private var summary: String {
    let known = series.filter { !$0.points.isEmpty }
    switch kind {
    case .points:
      let front = front.map(\.name).joined(separator: ", ")
      return "\(y) over \(x) of \(FixedDecimal.counted(known.count, "run")). No run is better at less: \(front)."
    case .lines:
      let ends = known.prefix(12).map { entry in
        let (first, last) = (entry.points[0], entry.points[entry.points.count - 1])
        return "\(entry.name) from \(FixedDecimal.text(first.y, digits: 3)) to \(FixedDecimal.text(last.y, digits: 3))"
      }
      return "\(y) over \(x): \(ends.joined(separator: "; "))."
    }
  }
}

private func number(_ value: Double) -> String {
  value == value.rounded() ? "\(Int(value))" : FixedDecimal.text(value, digits: 1)
}

/// The geometry of one drawing.
private struct Plot {
  let chart: Chart
  let size: Chart.Size
  let x: Axis
  let y: Axis
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  /// Beside the points, where all fit; in the legend otherwise.
  let labels: [LabelPlaces.Box]?
  private let legendRows: [LegendRow]

  /// Series whose names stand beside each other, or one whose name is broken over lines.
  private struct LegendRow {
    var entries: [(series: Int, lines: [String])] = []
    var height: Int { entries.map(\.lines.count).max() ?? 0 }
  }

  init(_ chart: Chart, _ size: Chart.Size) {
    self.chart = chart
    self.size = size
    let points = chart.series.flatMap(\.points)
    let isNarrow = size.width < 500
    if case .lines(let isWhole) = chart.kind {
      var x = Axis(points.map(\.x), wanted: isNarrow ? 4 : 8)
      if isWhole { x = Self.whole(points.map(\.x), most: isNarrow ? 8 : 16) }
      self.x = x
    } else {
      x = Axis(points.map(\.x), wanted: isNarrow ? 4 : 7)
    }
    y = Axis(
      points.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }, fromZero: chart.fromZero)
    let (xAxis, yAxis) = (x, y)
    let from = 36 + (yAxis.ticks.map { LabelPlaces.width(yAxis.label($0)) }.max() ?? 30)
    let (to, low, high) = (size.width - 14, size.height - 44, 14.0)
    (left, right, top, bottom) = (from, to, high, low)
    let places = chart.series.flatMap { entry in
      entry.points.prefix(1).map { point in
        (
          x: from + xAxis.share(of: point.x) * (to - from), y: low - yAxis.share(of: point.y) * (low - high),
          name: entry.name
        )
      }
    }
    var obstacles: [LabelPlaces.Box] = []
    for entry in chart.series {
      guard let point = entry.points.first, let interval = point.interval else { continue }
      let across = from + xAxis.share(of: point.x) * (to - from)
      let ends = [interval.upperBound, interval.lowerBound].map { low - yAxis.share(of: $0) * (low - high) }
      obstacles.append(.init(left: across - 4, top: ends[0], width: 8, height: ends[1] - ends[0]))
    }
    let front = chart.front.map { entry in
      (
        x: from + xAxis.share(of: entry.points[0].x) * (to - from),
        y: low - yAxis.share(of: entry.points[0].y) * (low - high)
      )
    }
    for (left, right) in zip(front, front.dropFirst()) {
      for step in 1..<12 {
        let share = Double(step) / 12
        let (x, y) = (left.x + share * (right.x - left.x), left.y + share * (right.y - left.y))
        obstacles.append(.init(left: x - 3, top: y - 2, width: 6, height: 4))
      }
    }
    let frame = LabelPlaces.Box(left: from + 5, top: 2, width: to + 5 - from, height: low - 2)
    labels =
      chart.kind == .points
      ? LabelPlaces.place(places, avoiding: obstacles, within: frame) : nil
    var rows: [LegendRow] = []
    if labels == nil, chart.kind == .points || chart.series.count > 1 {
      let room = size.width - 16
      var used = room
      for place in chart.series.indices {
        let characters = Int((room - Self.legendWidth("")) / LabelPlaces.characterWidth)
        let lines = wrapped(chart.series[place].name, width: characters)
        let width = lines.count > 1 ? room : Self.legendWidth(lines[0])
        if used + width > room {
          rows.append(LegendRow())
          used = 0
        }
        rows[rows.count - 1].entries.append((place, lines))
        used += width
      }
    }
    legendRows = rows
  }

  private static func legendWidth(_ name: String) -> Double { 36 + LabelPlaces.width(name) }

  /// Turns and the like: every one has its tick, as far as there is room.
  private static func whole(_ values: [Double], most: Int) -> Axis {
    var axis = Axis(values)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let step = max(1, Int(((high - low) / Double(most)).rounded(.up)))
    (axis.low, axis.high) = high > low ? (low, high) : (low - 1, high + 1)
    axis.ticks = stride(from: axis.low, through: axis.high, by: Double(step)).map(\.self)
    axis.digits = 0
    return axis
  }

  var totalHeight: Double {
    size.height + Double(legendRows.reduce(0) { $0 + $1.height }) * 20 + (legendRows.isEmpty ? 0 : 6)
  }

  func across(_ value: Double) -> Double { left + x.share(of: value) * (right - left) }
  func down(_ value: Double) -> Double { bottom - y.share(of: value) * (bottom - top) }

  func frame() -> [String] {
    var lines: [String] = []
    for tick in y.ticks {
      let place = number(down(tick))
      lines.append("<path class=\"grid\" d=\"M\(number(left)) \(place)H\(number(right))\"/>")
      lines.append(
        "<text class=\"tick\" x=\"\(number(left - 8))\" y=\"\(number(down(tick) + 4))\" text-anchor=\"end\">\(y.label(tick))</text>"
      )
    }
    for tick in x.ticks {
      let place = number(across(tick))
      lines.append("<path class=\"axis\" d=\"M\(place) \(number(bottom))v5\"/>")
      lines.append(
        "<text class=\"tick\" x=\"\(place)\" y=\"\(number(bottom + 19))\" text-anchor=\"middle\">\(x.label(tick))</text>"
      )
    }
    lines.append("<path class=\"axis\" d=\"M\(number(left)) \(number(bottom))H\(number(right))\"/>")
    lines.append(
      "<text x=\"\(number((left + right) / 2))\" y=\"\(number(bottom + 38))\" text-anchor=\"middle\">\(htmlEscaped(chart.x))</text>"
    )
    let middle = number((top + bottom) / 2)
    lines.append(
      "<text x=\"13\" y=\"\(middle)\" text-anchor=\"middle\" transform=\"rotate(-90 13 \(middle))\">\(htmlEscaped(chart.y))</text>"
    )
    return lines
  }

  func content() -> [String] { chart.kind == .points ? points() : curves() }

  private func points() -> [String] {
    var lines: [String] = []
    let front = chart.front.map { "\(number(across($0.points[0].x))) \(number(down($0.points[0].y)))" }
    if front.count > 1 { lines.append("<path class=\"front\" d=\"M\(front.joined(separator: "L"))\"/>") }
    var label = 0
    for (place, entry) in chart.series.enumerated() {
      guard let point = entry.points.first else { continue }
      let (x, y) = (across(point.x), down(point.y))
      let figures =
        "\(entry.name): \(chart.y) \(FixedDecimal.text(point.y, digits: 3)), \(chart.x) \(FixedDecimal.text(point.x, digits: 2))"
      lines.append("<g class=\"\(SeriesStyle.name(place))\"><title>\(htmlEscaped(figures))</title>")
      if let interval = point.interval {
        let (high, low) = (number(down(interval.upperBound)), number(down(interval.lowerBound)))
        lines.append(
          "<path class=\"whisker\" d=\"M\(number(x)) \(high)V\(low)M\(number(x - 4)) \(high)h8M\(number(x - 4)) \(low)h8\"/>"
        )
      }
      lines.append(SeriesStyle.mark(place, x: x, y: y) + "</g>")
      guard let box = labels?[label] else { continue }
      label += 1
      let (right, middle) = (box.left + box.width, box.top + box.height / 2)
      let near = (x: min(max(x, box.left), right), y: min(max(y, box.top), box.top + box.height))
      if abs(near.x - x) + abs(near.y - y) > 22 {
        lines.append("<path class=\"leader\" d=\"M\(number(x)) \(number(y))L\(number(near.x)) \(number(near.y))\"/>")
      }
      // The estimate of the width may be off: the side that is next to the point is the one that is held.
      let isLeft = right < x
      lines.append(
        "<text class=\"halo\" x=\"\(number(isLeft ? right : box.left))\" y=\"\(number(middle + 4))\""
          + "\(isLeft ? " text-anchor=\"end\"" : "")>\(htmlEscaped(entry.name))</text>")
    }
    return lines
  }

  private func curves() -> [String] {
    var lines: [String] = []
    for (place, entry) in chart.series.enumerated() where !entry.points.isEmpty {
      let path = entry.points.map { "\(number(across($0.x))) \(number(down($0.y)))" }.joined(separator: "L")
      lines.append("<g class=\"\(SeriesStyle.name(place))\"><title>\(htmlEscaped(entry.name))</title>")
      lines.append("<path class=\"curve\"\(SeriesStyle.dash(place)) d=\"M\(path)\"/>")
      // Marks on a few of the points tell lines apart where colours do not; on each, where there are few.
      let every = max(1, entry.points.count / 12)
      for (number, point) in entry.points.enumerated()
      where number % every == place * every / max(1, chart.series.count) || entry.points.count <= 24 {
        lines.append(SeriesStyle.mark(place, x: across(point.x), y: down(point.y), radius: 3.5))
      }
      lines.append("</g>")
    }
    return lines
  }

  func legend() -> [String] {
    var lines: [String] = []
    var line = size.height + 12
    for row in legendRows {
      var place = 10.0
      for (entry, names) in row.entries {
        lines.append("<g class=\"\(SeriesStyle.name(entry))\">")
        if chart.kind != .points {
          lines.append(
            "<path class=\"curve\"\(SeriesStyle.dash(entry)) d=\"M\(number(place)) \(number(line - 4))h22\"/>")
        }
        lines.append(SeriesStyle.mark(entry, x: place + 11, y: line - 4, radius: 4) + "</g>")
        for (below, name) in names.enumerated() {
          let down = number(line + Double(below) * 20)
          lines.append("<text x=\"\(number(place + 28))\" y=\"\(down)\">\(htmlEscaped(name))</text>")
        }
        place += Self.legendWidth(names[0])
      }
      line += Double(row.height) * 20
    }
    return lines
  }
}
