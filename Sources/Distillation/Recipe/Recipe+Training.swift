extension Recipe {
  /// The recipe without what only decides how its student leaves: pruning, the share of its start, the last gate, factors, and
  /// what its card calls the sets. Recipes whose training parts are one text train the same weights, to the bit.
  ///
  /// `nil` where a validation decides which step's student leaves.
  public var trainingPart: Recipe? {
    guard validation?.keep != .best else { return nil }
    var part = self
    part.student.keptTerms = nil
    part.student.leastImportance = nil
    part.student.startShare = 0
    part.student.residual?.final = nil
    part.student.residual?.factors = nil
    for set in part.data.indices { (part.data[set].name, part.data[set].licence) = (nil, nil) }
    return part
  }
}
