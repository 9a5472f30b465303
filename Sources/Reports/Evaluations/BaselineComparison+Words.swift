import Evaluation

extension BaselineComparison.Entry {
  /// The mark beside the run's mean: none where the difference that was tested has another sign than the one that is shown.
  var mark: Table.Mark? {
    guard isSignificant else { return nil }
    if tested > 0, difference > 0 { return .better }
    return tested < 0 && difference < 0 ? .worse : nil
  }

  /// Why a significant difference has no mark, in words.
  func contradiction(digits: Int) -> String? {
    guard isSignificant, mark == nil else { return nil }
    return "\(run), \(measure): without a mark, as the mean of the conversations' means differs significantly, by "
      + "\(FixedDecimal.signed(tested, digits: digits)), but the mean over queries by "
      + "\(FixedDecimal.signed(difference, digits: digits))."
  }
}

extension BaselineComparison {
  /// What the marks rest on, in words.
  var procedure: String {
    let test = configuration.test == .randomisation ? "paired randomisation test" : "paired t test"
    var units = "\(FixedDecimal.grouped(queries)) queries"
    if configuration.unit == .conversation, let conversations {
      units = "\(FixedDecimal.grouped(conversations)) conversations, " + units
    }
    let correction =
      configuration.correction == .none
      ? "uncorrected"
      : "after \(configuration.correction.title) over \(entries.count) comparison\(entries.count == 1 ? "" : "s")"
    let alpha = "\(configuration.alpha)"
    return "\(test) by \(configuration.unit.rawValue) (\(units)), two-sided, p < \(alpha) \(correction)"
  }
}

extension Correction {
  /// The correction's author, for people.
  var title: String {
    switch self {
    case .none: "uncorrected"
    case .bonferroni: "Bonferroni"
    case .holm: "Holm"
    }
  }
}
