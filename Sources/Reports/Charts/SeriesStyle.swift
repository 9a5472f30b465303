/// How a series looks: a colour, a shape and a dash, so that series are told apart without colour, too.
///
/// The colours are Okabe and Ito's, made for all kinds of colour vision; those of the page's dark ground are lighter.
enum SeriesStyle {
  /// Beyond these, series share colours, and shapes and dashes go on telling them apart.
  static let colours = 7
  private static let shapes = 8
  private static let dashes = ["", "6 3", "2 3", "8 3 2 3"]

  /// The class that has the colour as `stroke` and `fill`.
  static func name(_ series: Int) -> String { "s\(series % colours)" }

  static func dash(_ series: Int) -> String {
    let dash = dashes[series / colours % dashes.count]
    return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
  }

  /// A mark around a place: disc, square, diamond, triangle, cross, triangle on its tip, saltire, bar.
  static func mark(_ series: Int, x: Double, y: Double, radius: Double = 5) -> String {
    let r = radius
    func text(_ value: Double) -> String { FixedDecimal.text(value, digits: 1) }
    func path(_ points: [(Double, Double)]) -> String {
      "<path d=\"M" + points.map { "\(text(x + $0.0)) \(text(y + $0.1))" }.joined(separator: "L") + "Z\"/>"
    }
    switch series % shapes {
    case 0: return "<circle cx=\"\(text(x))\" cy=\"\(text(y))\" r=\"\(text(r))\"/>"
    case 1: return path([(-r, -r), (r, -r), (r, r), (-r, r)])
    case 2: return path([(0, -1.4 * r), (1.4 * r, 0), (0, 1.4 * r), (-1.4 * r, 0)])
    case 3: return path([(0, -1.3 * r), (1.25 * r, r), (-1.25 * r, r)])
    case 5: return path([(0, 1.3 * r), (1.25 * r, -r), (-1.25 * r, -r)])
    case 6:
      let (a, b) = (r * 1.15, r * 0.45)
      return path([
        (-a, -a + b), (-a + b, -a), (0, -b), (a - b, -a), (a, -a + b), (b, 0), (a, a - b), (a - b, a), (0, b),
        (-a + b, a),
        (-a, a - b), (-b, 0),
      ])
    case 7: return path([(-1.3 * r, -0.5 * r), (1.3 * r, -0.5 * r), (1.3 * r, 0.5 * r), (-1.3 * r, 0.5 * r)])
    default:
      let (a, b) = (r * 1.2, r * 0.4)
      return path([
        (-a, -b), (-b, -b), (-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b),
      ])
    }
  }

  /// The rules that charts need, in a page or in a file of their own.
  static let style = """
    :root { --s0: #0072b2; --s1: #d55e00; --s2: #007f5f; --s3: #a8487f; --s4: #9a6b00; --s5: #6b4fc4; --s6: #4d4d4d; }
    @media (prefers-color-scheme: dark) { :root { --s0: #4fb3ef; --s1: #ff8a3d; --s2: #2fc79d; --s3: #e79ac6;
      --s4: #e8b339; --s5: #b9a3ff; --s6: #c4c4c4; } }
    svg.chart { font: 12px system-ui, sans-serif; }
    svg.chart text { fill: var(--text); } svg.chart .tick { fill: var(--soft); }
    svg.chart .grid { stroke: var(--line); stroke-width: 1; } svg.chart .axis { stroke: var(--soft); stroke-width: 1; }
    svg.chart .front { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
    svg.chart .whisker { stroke-width: 1.25; opacity: .55; fill: none; }
    svg.chart .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
    svg.chart .leader { stroke: var(--soft); stroke-width: .75; fill: none; }
    svg.chart .halo { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
    """
    + (0..<colours).map { "\nsvg.chart .s\($0) { stroke: var(--s\($0)); fill: var(--s\($0)); }" }.joined()
    + "\nsvg.chart path.curve { fill: none; }"
}
