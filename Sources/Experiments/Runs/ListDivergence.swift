import Diagnostics
import Distillation
import Identifiers
import SparseVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far a student's ranking is from its teacher's, over the teacher's whole list and at temperature 1, whatever the run
/// was trained on: one figure that runs with other samples can be compared by.
struct ListDivergence {
  private let teachers: [TeacherFile]
  private let vectors: VectorsFile

  init(_ teachers: [TeacherFile], _ vectors: VectorsFile) { (self.teachers, self.vectors) = (teachers, vectors) }

  /// `sum_j p_j (log p_j - log q_j)`, p the softmax of the teacher's scores and q that of the student's.
  ///
  /// - Returns: the mean over the teachers that have a list for the query, several where a turn is in several training sets;
  ///   `nil` for one without a list.
  func value(of query: SparseVector, for id: ExternalID) throws(ParlanceError) -> Double? {
    var (sum, lists) = (0.0, 0)
    for teacher in teachers {
      guard let place = teacher.index(of: id), teacher.passageCount(at: place) > 0 else { continue }
      let list = try teacher.list(at: place)
      var scores: [Double] = []
      for passage in list.passages { scores.append(query.dot(try vectors.vector(at: Int(passage)))) }
      sum += Self.divergence(teacher: list.scores.map(Double.init), student: scores)
      lists += 1
    }
    return lists > 0 ? sum / Double(lists) : nil
  }

  static func divergence(teacher: [Double], student: [Double]) -> Double {
    let (p, q) = (logSoftmax(teacher), logSoftmax(student))
    return max(0, zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) })
  }
}
