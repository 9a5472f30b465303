import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors
import TensorEngine

/// In what a student that leaves differs from the one that learns: a share of the weights it started from, the gate, the
/// factors of its terms, and those that its queries drop.
final class LeavingStudent {
  let pruning: TermPruning
  private let student: StudentModel
  private let gate: Float?
  private let startShare: Double
  /// The parameters before the first step; empty when none of them is to be left.
  private let start: [Tensor]
  private let fitting: FactorFitting?
  /// The factors of the last step that was asked for: a validation and the student that it keeps have the same.
  private var fitted: (step: Int, factors: TermFactors)?
  private let engine: TensorEngine

  /// - Parameter student: before its first step.
  init(
    _ student: StudentModel, recipe: Recipe, pruning: TermPruning, fitting: FactorFitting? = nil, engine: TensorEngine
  ) throws(ParlanceError) {
    self.student = student
    self.fitting = fitting
    self.pruning = pruning
    self.engine = engine
    gate = recipe.student.residual?.final.map { Float($0) }
    startShare = recipe.student.startShare
    start =
      startShare > 0 ? try Self.copies(of: student.model.parameters.map(\.tensor), engine) : []
  }

  private static func copies(of tensors: [Tensor], _ engine: TensorEngine) throws(ParlanceError) -> [Tensor] {
    var copies: [Tensor] = []
    for tensor in tensors {
      let copy = try engine.full(0, shape: tensor.shape(), on: tensor.device())
      try copy.assign(tensor)
      copies.append(copy)
    }
    return copies
  }

  /// Gives `body` the student as it leaves; afterwards it has its own weights again, to the bit.
  ///
  /// Weights between those before and after training do better than either where the data differ from what was trained on
  /// (WiSE-FT, arXiv 2109.01903).
  ///
  /// - Parameter step: how many steps it has learned for.
  func callAsFunction<Result>(
    at step: Int, _ body: (StudentModel) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    student.gate?.override = gate
    defer { student.gate?.override = nil }
    guard startShare > 0 else { return try withFactors(at: step, body) }
    let parameters = student.model.parameters.map(\.tensor)
    let own = try Self.copies(of: parameters, engine)
    let result: Swift.Result<Result, ParlanceError>
    do throws(ParlanceError) {
      try engine.withoutRecording { () throws(ParlanceError) -> Void in
        for place in parameters.indices {
          try parameters[place].assign(
            own[place].scaled(by: 1 - startShare).adding(start[place].scaled(by: startShare)))
        }
      }
      result = .success(try withFactors(at: step, body))
    } catch { result = .failure(error) }
    for place in parameters.indices { try parameters[place].assign(own[place]) }
    return try result.get()
  }

  /// Gives `body` the student with the factors that fit its weights as they are.
  private func withFactors<Result>(
    at step: Int, _ body: (StudentModel) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    guard let fitting else { return try body(student) }
    if fitted?.step != step {
      let factors = try engine.withoutRecording { () throws(ParlanceError) in try fitting(student) }
      fitted = (step, factors)
    }
    student.factors = fitted?.factors
    defer { student.factors = nil }
    return try body(student)
  }
}
