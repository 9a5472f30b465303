extension Recipe {
  /// The recipe without what only decides how its student leaves: pruning, the share of its start, the last gate, factors, and
  /// how it is called. Recipes whose steps are equal train the same weights, to the bit.
  ///
  /// `nil` where a validation decides which step's student leaves.
  public var steps: Recipe? {
    var steps = self
    steps.student.keptTerms = nil
    steps.student.leastImportance = nil
    steps.student.startShare = 0
    steps.student.residual?.final = nil
    steps.student.residual?.factors = nil
    for set in steps.data.indices { (steps.data[set].name, steps.data[set].licence) = (nil, nil) }
    if let validation {
      guard validation.keep == .last else { return nil }
      let unread = Validation()
      steps.validation?.measure = unread.measure
      steps.validation?.every = unread.every
    }
    return steps
  }
}
