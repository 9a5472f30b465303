/// A step's or a validation's figures for a person who waits.
enum TrainingFigures {
  /// What matters most stands first: a narrow terminal cuts the line.
  private static let shown = [
    ("loss", "loss"), ("query_terms", "L0"), ("learning_rate", "lr"), ("examples_per_second", "examples/s"),
    ("kld", "kld"), ("margin_mse", "margin mse"), ("contrastive", "contrastive"), ("gate", "gate"),
    ("gradient_norm", "gradient"),
  ]

  /// `loss 1.055  L0 39.1  lr 2.4e-4  examples/s 41.3  kld 0.977  contrastive 2.946`
  ///
  /// - Parameter line: the figures by the names that `metrics.jsonl` has them under, and `examples_per_second`.
  static func line(_ line: [(name: String, value: Double)]) -> String {
    var figures: [String] = []
    for (name, label) in shown {
      if let value = line.first(where: { $0.name == name })?.value { figures.append("\(label) \(short(value))") }
    }
    for (name, value) in line where name.hasPrefix("validation ") {
      let label = name.dropFirst("validation ".count)
      figures.append("\(label == "query_terms" ? "L0" : label) \(short(value))")
    }
    return figures.joined(separator: "  ")
  }

  /// A validation's figures for a model card, in Markdown.
  ///
  /// - Parameter turns: how many were measured.
  static func table(_ line: [(name: String, value: Double)], turns: Int) -> String {
    var rows = [
      "On the \(turns) judged turns that the recipe validates with:", "", "| figure | value |", "| --- | --- |",
    ]
    for (name, value) in line where name.hasPrefix("validation ") {
      let label = name.dropFirst("validation ".count)
      rows.append("| \(label == "query_terms" ? "terms of a query" : label) | \(short(value)) |")
    }
    return rows.joined(separator: "\n")
  }

  /// Three digits that matter.
  static func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6, value == 0 || abs(value) >= 0.01 else { return scientific(value) }
    if abs(value) >= 100 { return "\(Int(value.rounded()))" }
    let digits = abs(value) >= 10 ? 10.0 : 1000.0
    return "\((value * digits).rounded() / digits)"
  }

  /// `2.4e-4`
  private static func scientific(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    var (mantissa, exponent) = (value, 0)
    while abs(mantissa) < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    while abs(mantissa) >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return "\((mantissa * 10).rounded() / 10)e\(exponent)"
  }
}
