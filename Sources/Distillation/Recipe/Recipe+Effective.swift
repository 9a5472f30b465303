extension Recipe {
  /// The recipe with all that changes nothing beside its other keys as by default, such as the kind of a penalty whose weight is
  /// 0: two that come to one are one training, whatever they say.
  package var effective: Recipe {
    var part = self
    let isDistilling = objective.contrastive.weight < 1
    if !isDistilling || objective.kld.weight == 0 {
      part.objective.kld = .init()
      part.objective.kld.weight = objective.kld.weight
    }
    if !isDistilling || objective.kld.weight == 0 || !sampling.goldInList { part.objective.positiveWeight = 1 }
    if !isDistilling || objective.marginMSE.weight == 0 {
      part.objective.marginMSE = .init()
      part.objective.marginMSE.weight = objective.marginMSE.weight
    }
    if objective.contrastive.weight == 0 {
      part.objective.contrastive = .init()
      part.objective.contrastive.weight = 0
    }

    // A penalty on passages has no gradient while their encoder is frozen.
    let weights = regularisation.weights
    let onQueries = regularisation.referenceReading ? weights.passage : weights.query
    let onPassages = student.passages == nil ? 0 : weights.passage
    part.regularisation.weights = .given(query: onQueries, passage: onPassages)
    if regularisation.referenceReading || onQueries == 0 && onPassages == 0 { part.regularisation.rampSteps = 0 }
    part.regularisation.referenceReading = false
    if onQueries == 0 { (part.regularisation.query, part.regularisation.depthGrowth) = (.l1, 0) }

    // Read off the conversation, the gate is learned as the student is.
    if student.residual?.gate == .conversation { part.student.residual?.learningRate = Residual().learningRate }
    return part
  }
}
