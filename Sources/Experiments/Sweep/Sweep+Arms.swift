public import Diagnostics

extension Sweep {
  /// The most runs of one sweep: more is a slip of the hand.
  static let mostRuns = 10_000

  /// Every arm: the listed ones, times the grid, times the draws.
  ///
  /// - Throws: `badInput` for two arms of one name, and for too many.
  public func expanded() throws(ParlanceError) -> [Arm] {
    var expanded = arms.isEmpty ? [Arm(name: "", settings: [])] : arms
    for (axis, label) in zip(grid, Self.labels(grid.map(\.key))) {
      try Self.checkCount(of: "arms", expanded.count, axis.values.count)
      expanded = expanded.flatMap { arm in
        axis.values.map { value in
          Arm(
            name: Self.joined(arm.name, "\(label) \(value)"), settings: arm.settings + [Setting(axis.key, value)])
        }
      }
      try check(expanded)
    }
    if let random {
      try Self.checkCount(of: "arms", expanded.count, random.count)
      let draws = random.draws()
      let width = "\(draws.count)".count
      expanded = expanded.flatMap { arm in
        draws.enumerated().map { place, settings in
          let number = "\(place + 1)"
          let name = "draw " + String(repeating: "0", count: width - number.count) + number
          return Arm(name: Self.joined(arm.name, name), settings: arm.settings + settings)
        }
      }
    }
    if expanded.count == 1, expanded[0].name.isEmpty { expanded[0].name = "recipe" }
    try check(expanded)
    return expanded
  }

  /// Refuses too many before any of them is made.
  ///
  /// - Parameter counts: of what is multiplied.
  private static func checkCount(of what: String, _ counts: Int...) throws(ParlanceError) {
    var product = 1
    for count in counts {
      let (next, isTooGreat) = product.multipliedReportingOverflow(by: count)
      product = isTooGreat ? Int.max : next
    }
    guard product <= mostRuns else {
      throw ParlanceError(
        .badInput,
        "expected at most \(mostRuns) \(what), these are \(product == Int.max ? "far more" : "\(product)")")
    }
  }

  private func check(_ arms: [Arm]) throws(ParlanceError) {
    try Self.checkCount(of: "arms", arms.count)
    var folders: [String: String] = [:]
    for arm in arms {
      if let other = folders.updateValue(arm.name, forKey: Self.folderName(arm.name)) {
        throw ParlanceError(
          .badInput,
          other == arm.name
            ? "two arms are called \(arm.name)" : "the names \(other) and \(arm.name) would give runs the same folder")
      }
    }
  }

  private static func joined(_ left: String, _ right: String) -> String {
    left.isEmpty ? right : "\(left), \(right)"
  }

  /// The last part of each key, with the one before where that alone says too little, and as many as tell it from the others.
  private static func labels(_ keys: [String]) -> [String] {
    let parts = keys.map { $0.split(separator: ".") }
    return keys.indices.map { place in
      let own = parts[place]
      guard let last = own.last else { return keys[place] }
      var count = ["weight", "temperature", "kind"].contains(last) ? 2 : 1
      func isShared() -> Bool {
        parts.indices.contains { $0 != place && parts[$0].suffix(count) == own.suffix(count) }
      }
      while count < own.count, isShared() { count += 1 }
      return own.suffix(count).joined(separator: " ")
    }
  }

  /// The sweep with less of everything, as its `quick` says.
  ///
  /// - Throws: `usage` when it says nothing.
  public func quickened() throws(ParlanceError) -> Sweep {
    guard let quick else {
      throw ParlanceError(.usage, "the sweep has no part `quick`, which says what is left of it in a hurry")
    }
    var less = self
    less.settings += quick.settings
    if let seeds = quick.seeds { less.seeds = seeds }
    if let folds = quick.folds { less.folds = folds }
    if let kept = quick.arms {
      less.arms = try expanded().filter { kept.contains($0.name) }
      (less.grid, less.random) = ([], nil)
      if let baseline, !kept.contains(baseline) { less.baseline = nil }
    }
    less.quick = nil
    return less
  }

  /// Every run, in the order in which they are begun: all seeds and folds of the baseline first, so that the first comparison
  /// is there early.
  public func runs() throws(ParlanceError) -> [PlannedRun] {
    var arms = try expanded()
    if let baseline, let place = arms.firstIndex(where: { $0.name == baseline }) {
      arms.insert(arms.remove(at: place), at: 0)
    }
    let seeds: [UInt64?] = seeds.isEmpty ? [nil] : seeds
    let folds: [Int?] = folds.isEmpty ? [nil] : folds
    try Self.checkCount(of: "runs", arms.count, seeds.count, folds.count)
    var runs: [PlannedRun] = []
    for arm in arms {
      for seed in seeds {
        for fold in folds {
          var settings = self.settings + arm.settings
          if let seed { settings.append(Setting("optimisation.seed", "\(seed)")) }
          if let fold { settings.append(Setting("validation.fold", "\(fold)")) }
          runs.append(PlannedRun(arm: arm.name, seed: seed, fold: fold, settings: settings))
        }
      }
    }
    return runs
  }

  /// A name that is good for a folder.
  static func folderName(_ name: String) -> String {
    var folder = ""
    for scalar in name.lowercased().unicodeScalars {
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == ".")
      if isPlain {
        folder.unicodeScalars.append(scalar)
      } else if !folder.hasSuffix("-"), !folder.isEmpty {
        folder += "-"
      }
    }
    while folder.hasSuffix("-") || folder.hasSuffix(".") { folder.removeLast() }
    return folder.isEmpty ? "arm" : folder
  }
}

/// One training of a sweep.
public struct PlannedRun: Sendable, Hashable {
  public var arm: String
  public var seed: UInt64?
  public var fold: Int?
  /// In the order in which they win over the recipe's file, and over one another.
  public var settings: [Sweep.Setting]

  /// The run's folder and name: `kld-alone-s123-f0`.
  public var id: String {
    Sweep.folderName(arm) + (seed.map { "-s\($0)" } ?? "") + (fold.map { "-f\($0)" } ?? "")
  }
}
