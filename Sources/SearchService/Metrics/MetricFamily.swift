/// Samples of one name, as Prometheus has them.
struct MetricFamily: Sendable {
  enum Kind: Sendable {
    case counter
    case gauge
    /// With the upper bounds of its buckets, ascending.
    case histogram([Double])
  }

  private struct Histogram: Sendable {
    var counts: [Int]
    var sum = 0.0
    var count = 0
  }

  let name: String
  private let help: String
  private let kind: Kind
  /// By the text of the labels, so that the order of the samples is the same every time.
  private var values: [String: Double] = [:]
  private var histograms: [String: Histogram] = [:]

  init(_ name: String, _ kind: Kind, help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  mutating func add(_ value: Double, labels: [(String, String)] = []) {
    let key = Self.text(labels)
    if case .histogram(let bounds) = kind {
      var histogram = histograms[key] ?? Histogram(counts: Array(repeating: 0, count: bounds.count))
      if let bucket = bounds.firstIndex(where: { value <= $0 }) { histogram.counts[bucket] += 1 }
      histogram.sum += value
      histogram.count += 1
      histograms[key] = histogram
    } else {
      values[key, default: 0] += value
    }
  }

  mutating func set(_ value: Double, labels: [(String, String)] = []) {
    values[Self.text(labels)] = value
  }

  /// The family in Prometheus's text format, version 0.0.4.
  func write(to text: inout String) {
    let kindName =
      switch kind {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kindName)\n"
    for (labels, value) in values.sorted(by: { $0.key < $1.key }) {
      text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(value))\n"
    }
    guard case .histogram(let bounds) = kind else { return }
    for (labels, histogram) in histograms.sorted(by: { $0.key < $1.key }) {
      let before = labels.isEmpty ? "" : labels + ","
      var total = 0
      for (bound, count) in zip(bounds, histogram.counts) {
        total += count
        text += "\(name)_bucket{\(before)le=\"\(Self.number(bound))\"} \(total)\n"
      }
      text += "\(name)_bucket{\(before)le=\"+Inf\"} \(histogram.count)\n"
      let own = labels.isEmpty ? "" : "{\(labels)}"
      text += "\(name)_sum\(own) \(Self.number(histogram.sum))\n\(name)_count\(own) \(histogram.count)\n"
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
  }

  private static func text(_ labels: [(String, String)]) -> String {
    labels.map { name, value in
      var escaped = ""
      for character in value.unicodeScalars {
        switch character {
        case "\\": escaped += "\\\\"
        case "\"": escaped += "\\\""
        case "\n": escaped += "\\n"
        default: escaped.unicodeScalars.append(character)
        }
      }
      return "\(name)=\"\(escaped)\""
    }.joined(separator: ",")
  }
}
