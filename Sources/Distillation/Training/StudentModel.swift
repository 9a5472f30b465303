import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors
import TensorEngine

/// The student while it learns: its transformer, its gate, and the optimizers that move them. Lives on one engine thread.
final class StudentModel {
  let model: TrainableModel
  let optimizer: AdamW
  /// Of a residual student.
  let gate: TrainableGate?
  /// What multiplies its terms, of a student that leaves; one that learns has none.
  var factors: TermFactors?
  /// Where the passage encoder learns as well.
  let passages: LearnedPassages?
  let engine: TensorEngine
  private let device: Device

  init(
    _ checkpoint: Checkpoint, recipe: Recipe, pieces: Vocabulary, passages: LearnedPassages.Source? = nil,
    engine: TensorEngine, device: Device
  ) throws(ParlanceError) {
    self.engine = engine
    self.device = device
    let model = try TrainableModel(checkpoint, engine: engine, device: device)
    self.model = model
    let separate = try passages?.separate.map { checkpoint throws(ParlanceError) in
      try TrainableModel(checkpoint, engine: engine, device: device)
    }
    self.passages = passages.map { LearnedPassages(separate ?? model, $0, engine: engine) }
    var settings = AdamW.Configuration()
    settings.weightDecay = recipe.optimisation.weightDecay
    optimizer = try AdamW((model.parameters + (separate?.parameters ?? [])).map(\.tensor), settings)
    gate = try recipe.student.residual.map { residual throws(ParlanceError) in
      try TrainableGate(residual, model: model, vocabulary: pieces, engine: engine)
    }
  }

  /// The queries of a batch, and what is needed to bring a gradient back.
  struct Forward {
    /// The query vectors: the student's own, or the sum of a residual student.
    var queries: SparseRows
    /// The student's own weights, with their history.
    fileprivate var own: Tensor
    fileprivate var ownCount: Int
    fileprivate var ownStarts: [Int]
    /// Of a residual student.
    fileprivate(set) var sums: [ResidualSum] = []
    fileprivate var frozen: [SparseVector] = []
  }

  func forward(
    _ readings: [TrainingExample.Reading], dropout: Double, precision: TensorEngine.Precision = .float32
  ) throws(ParlanceError) -> Forward {
    let rows = try model(PackedBatch(readings.map(\.tokens)), dropout: dropout, precision: precision)
    let starts = rows.starts.map { Int($0) }
    let terms = rows.terms.map { TermID(UInt32(bitPattern: $0)) }
    let weights = try rows.weights.floats()
    guard let gate else {
      return Forward(
        queries: SparseRows(starts: starts, terms: terms, weights: weights, positions: rows.positions),
        own: rows.weights, ownCount: weights.count, ownStarts: starts)
    }
    let current = try gate.value()
    var sums: [ResidualSum] = []
    var queries = SparseRows(starts: [0], terms: [], weights: [], positions: [])
    for (place, reading) in readings.enumerated() {
      let range = starts[place]..<starts[place + 1]
      let places = factors == nil ? nil : reading.spoken?.places
      let sum = ResidualSum(
        student: (terms[range], weights[range]), frozen: reading.frozen, gate: current,
        factors: factors.flatMap { factors in
          places.map { places in { factors($0, in: places, isFrozen: $1) } }
        })
      queries.terms += sum.terms
      queries.weights += sum.weights
      queries.positions += [Int32](repeating: 0, count: sum.terms.count)
      queries.starts.append(queries.terms.count)
      sums.append(sum)
    }
    return Forward(
      queries: queries, own: rows.weights, ownCount: weights.count, ownStarts: starts, sums: sums,
      frozen: readings.map(\.frozen))
  }

  /// A row of `forward`'s queries as a vector; what a gate of 0 leaves has no term.
  func vector(of rows: SparseRows, _ row: Int) -> SparseVector {
    let kept = rows.range(of: row).filter { rows.weights[$0] > 0 }
    return SparseVector(unchecked: kept.map { rows.terms[$0] }, kept.map { rows.weights[$0] })
  }

  /// Adds the gradients of the parameters.
  ///
  /// - Precondition: there were no factors.
  /// - Parameter gradient: the loss's derivative with respect to each weight of `forward.queries`.
  func backward(_ forward: Forward, _ gradient: [Float]) throws(ParlanceError) {
    guard let gate else {
      guard forward.ownCount > 0 else { return }
      return try Tensor.backward([forward.own], from: [engine.tensor(gradient, shape: [gradient.count])])
    }
    var own = [Float](repeating: 0, count: forward.ownCount)
    var gateGradient = gate.zeroGradient
    var entry = 0
    for (place, sum) in forward.sums.enumerated() {
      var ofGate: Float = 0
      for term in sum.terms.indices {
        let slope = gradient[entry + term]
        if sum.studentPlaces[term] >= 0 { own[forward.ownStarts[place] + Int(sum.studentPlaces[term])] = slope }
        guard sum.frozenPlaces[term] >= 0 else { continue }
        let part = slope * forward.frozen[place].weights[Int(sum.frozenPlaces[term])]
        ofGate += part
        if case .term = gate.kind { gateGradient[Int(sum.terms[term].rawValue)] += part }
      }
      if case .scalar = gate.kind { gateGradient[0] += ofGate }
      if sum.gatePlace >= 0 { own[forward.ownStarts[place] + Int(sum.gatePlace)] = ofGate }
      entry += sum.terms.count
    }
    // A student that says nothing has a gate even so, which can still move.
    if forward.ownCount > 0 { try Tensor.backward([forward.own], from: [engine.tensor(own, shape: [own.count])]) }
    try gate.backward(gateGradient)
  }

  /// Moves all parameters and forgets the gradients.
  ///
  /// - Returns: the norm of the encoders' gradients before clipping.
  func step(learningRate: Double, gateLearningRate: Double, clipNorm: Double) throws(ParlanceError) -> Double {
    let norm = try optimizer.clipGradients(to: clipNorm)
    guard norm.isFinite else {
      try optimizer.clearGradients()
      return norm
    }
    try optimizer.step(learningRate: learningRate)
    try gate?.optimizer?.step(learningRate: gateLearningRate)
    return norm
  }
}
