public import Checkpoints
public import SparseVectors

/// `query = gate * frozen(last question) + student(conversation)`, with what is needed to differentiate it; where the student
/// has factors, either part times its own.
///
/// Terms are those of either part whose weight in the sum is above zero.
public struct ResidualSum: Sendable {
  public private(set) var terms: [TermID] = []
  public private(set) var weights: [Float] = []
  /// For each term what the student's part is of its weight, factor included, and what the last question's is.
  public private(set) var studentParts: [Float] = []
  public private(set) var frozenParts: [Float] = []
  /// For each term its place in the student's vector; -1 where the student does not have it.
  public private(set) var studentPlaces: [Int32] = []
  /// For each term its place in the frozen vector; -1 where the last question does not have it.
  public private(set) var frozenPlaces: [Int32] = []
  /// The place of the gate's column in the student's vector; -1 where it has none.
  public private(set) var gatePlace: Int32 = -1

  /// - Parameters:
  ///   - student: terms of the student's vector, ascending, and their weights.
  ///   - frozen: the frozen encoder's vector of the last question.
  ///   - factors: what multiplies the two parts of a term; the second argument tells whether the last question has it.
  public init(
    student: (terms: some RandomAccessCollection<TermID>, weights: some RandomAccessCollection<Float>),
    frozen: SparseVector, gate: StudentDeclaration.Gate,
    factors: ((TermID, Bool) -> (student: Float, frozen: Float))? = nil
  ) {
    let own = Array(student.terms), ownWeights = Array(student.weights)
    var column: TermID?
    if case .column(let index) = gate {
      column = TermID(UInt32(index))
      gatePlace = Int32(own.firstIndex(of: TermID(UInt32(index))) ?? -1)
    }
    func factor(_ term: TermID) -> Float {
      switch gate {
      case .scalar(let value): value
      case .terms(let values): values[Int(term.rawValue)]
      case .column: gatePlace < 0 ? 0 : ownWeights[Int(gatePlace)]
      }
    }
    func append(_ term: TermID, _ i: Int?, _ j: Int?) {
      if term == column { return }
      var parts = (i.map { ownWeights[$0] } ?? 0, j.map { factor(term) * frozen.weights[$0] } ?? 0)
      if let factors {
        let both = factors(term, j != nil)
        parts = (parts.0 * both.student, parts.1 * both.frozen)
      }
      terms.append(term)
      weights.append(parts.0 + parts.1)
      studentParts.append(parts.0)
      frozenParts.append(parts.1)
      studentPlaces.append(Int32(i ?? -1))
      frozenPlaces.append(Int32(j ?? -1))
    }
    terms.reserveCapacity(own.count + frozen.count)
    var (i, j) = (0, 0)
    while i < own.count || j < frozen.count {
      if j == frozen.count || (i < own.count && own[i] < frozen.terms[j]) {
        append(own[i], i, nil)
        i += 1
      } else if i == own.count || frozen.terms[j] < own[i] {
        append(frozen.terms[j], nil, j)
        j += 1
      } else {
        append(own[i], i, j)
        i += 1
        j += 1
      }
    }
  }

  /// The sum as a vector; a gate of 0 leaves out what only the last question has.
  public var vector: SparseVector {
    let kept = weights.indices.filter { weights[$0] > 0 }
    return SparseVector(unchecked: kept.map { terms[$0] }, kept.map { weights[$0] })
  }
}
