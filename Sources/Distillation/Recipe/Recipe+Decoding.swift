// Every part of a recipe may leave out what is as by default.

extension Recipe {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    student = try from.value(.student, or: student)
    vectors = try from.value(.vectors, or: vectors)
    data = try from.value(.data, or: data)
    sampling = try from.value(.sampling, or: sampling)
    objective = try from.value(.objective, or: objective)
    regularisation = try from.value(.regularisation, or: regularisation)
    optimisation = try from.value(.optimisation, or: optimisation)
    validation = try from.decodeIfPresent(Validation.self, forKey: .validation)
  }
}

extension Recipe.Student {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    model = try from.value(.model, or: model)
    layers = try from.decodeIfPresent(Int.self, forKey: .layers)
    form = try from.name(.form, or: form)
    maxLength = try from.value(.maxLength, or: maxLength)
    keptTerms = try from.decodeIfPresent(Int.self, forKey: .keptTerms)
    leastImportance = try from.decodeIfPresent(Double.self, forKey: .leastImportance)
    startShare = try from.value(.startShare, or: startShare)
    residual = try from.decodeIfPresent(Recipe.Residual.self, forKey: .residual)
    passages = try from.decodeIfPresent(Recipe.Passages.self, forKey: .passages)
  }
}

extension Recipe.Residual {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    gate = try from.name(.gate, or: gate)
    start = try from.value(.start, or: start)
    learningRate = try from.value(.learningRate, or: learningRate)
    final = try from.decodeIfPresent(Double.self, forKey: .final)
    model = try from.decodeIfPresent(String.self, forKey: .model)
    factors = try from.decodeIfPresent(Recipe.Factors.self, forKey: .factors)
  }
}

extension Recipe.Factors {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    ridge = try from.value(.ridge, or: ridge)
    turns = try from.value(.turns, or: turns)
  }
}

extension Recipe.TrainingSet {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    name = try from.decodeIfPresent(String.self, forKey: .name)
    conversations = try from.value(.conversations, or: conversations)
    teacher = try from.value(.teacher, or: teacher)
    qrels = try from.decodeIfPresent(String.self, forKey: .qrels)
    share = try from.value(.share, or: share)
    rewrites = try from.decodeIfPresent(String.self, forKey: .rewrites)
    rewriteShare = try from.value(.rewriteShare, or: rewriteShare)
    licence = try from.decodeIfPresent(String.self, forKey: .licence)
  }
}

extension Recipe.Optimisation {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try from.value(.learningRate, or: learningRate)
    weightDecay = try from.value(.weightDecay, or: weightDecay)
    warmupRatio = try from.value(.warmupRatio, or: warmupRatio)
    clipNorm = try from.value(.clipNorm, or: clipNorm)
    batchSize = try from.value(.batchSize, or: batchSize)
    accumulation = try from.value(.accumulation, or: accumulation)
    epochs = try from.value(.epochs, or: epochs)
    dropout = try from.value(.dropout, or: dropout)
    historyDropout = try from.value(.historyDropout, or: historyDropout)
    foreignHistory = try from.value(.foreignHistory, or: foreignHistory)
    precision = try from.name(.precision, or: precision)
    seed = try from.value(.seed, or: seed)
  }
}

extension Recipe.Validation {
  public init(from decoder: any Decoder) throws {
    let from = try decoder.container(keyedBy: CodingKeys.self)
    conversations = try from.decodeIfPresent(String.self, forKey: .conversations)
    qrels = try from.decodeIfPresent(String.self, forKey: .qrels)
    folds = try from.decodeIfPresent(Int.self, forKey: .folds)
    fold = try from.value(.fold, or: fold)
    keep = try from.name(.keep, or: keep)
    measure = try from.value(.measure, or: measure)
    every = try from.value(.every, or: every)
    patience = try from.decodeIfPresent(Int.self, forKey: .patience)
  }
}
