import Checkpoints
import Diagnostics
import SparseVectors

/// The query side of a residual student: `gate * frozen(last question) + student(conversation)`.
package final class ResidualQueries: Sendable {
  let frozen: SparseEncoder
  let gate: StudentDeclaration.Gate
  let factors: TermFactors?

  init(frozen: SparseEncoder, _ declared: StudentDeclaration.Residual) {
    self.frozen = frozen
    gate = declared.gate
    factors = declared.factors
  }

  /// The last question of a formed query: what stands before its first separator.
  package static func lastQuestion(of text: String) -> String {
    text.firstRange(of: "[SEP]").map { String(text[..<$0.lowerBound]) } ?? text
  }

  /// - Parameters:
  ///   - student: the student's vector of the whole query, with the place that each term came from.
  ///   - frozen: the frozen encoder's of the last question, likewise.
  ///   - places: where the query's terms were said, asked for where the student has factors.
  func sum(_ student: SparseVector, _ frozen: SparseVector, _ places: () -> TermPlaces) -> ResidualSum {
    let own = (student.terms, student.weights)
    guard let factors else { return ResidualSum(student: own, frozen: frozen, gate: gate) }
    let places = places()
    return ResidualSum(student: own, frozen: frozen, gate: gate) { factors($0, in: places, isFrozen: $1) }
  }
}

extension SparseEncoder {
  /// Adds the frozen part to the students' vectors of whole queries.
  func addFrozen(
    _ residual: ResidualQueries, to encoded: inout [EncodedText], of texts: [String]
  ) async throws(ParlanceError) {
    let questions = texts.map(ResidualQueries.lastQuestion)
    for (place, own) in try await residual.frozen.encode(questions, as: .query).enumerated() {
      encoded[place].vector =
        residual.sum(encoded[place].vector, own.vector) { spokenTokens(of: texts[place]).places }.vector
    }
  }

  /// Adds the frozen part to a student's vector of a whole query; a term keeps the origin of its greater part.
  func sum(
    _ student: EncodedQuery, _ frozen: EncodedQuery, _ residual: ResidualQueries, of text: String
  ) -> EncodedQuery {
    let sum = residual.sum(student.vector, frozen.vector) { spokenTokens(of: text).places }
    var result = student
    var origins: [TermID: EncodedQuery.Origin] = [:]
    var frozenWeights: [TermID: Float] = [:]
    for (place, term) in sum.terms.enumerated() {
      let (own, other) = (Int(sum.studentPlaces[place]), Int(sum.frozenPlaces[place]))
      let share = sum.studentParts[place]
      frozenWeights[term] = other < 0 ? 0 : max(0, sum.weights[place] - share)
      let isOwn = other < 0 || (own >= 0 && share >= sum.weights[place] - share)
      origins[term] = isOwn ? student.origins[own] : frozen.origins[other]
    }
    result.vector = pruning(sum.vector)
    result.origins = result.vector.terms.compactMap { origins[$0] }
    result.frozenWeights = result.vector.terms.map { frozenWeights[$0] ?? 0 }
    return result
  }
}
