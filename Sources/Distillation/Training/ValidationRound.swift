import Diagnostics
import SparseEncoder
import SparseVectors
import TensorEngine

/// Measures the student as it would leave: encodes the held-out turns, and the collection where its encoder learns too, and
/// has them searched and judged.
struct ValidationRound {
  let validator: Validator
  let leaving: LeavingStudent
  /// Of the passages before training: their ids, and what encoded them.
  let vectors: VectorsFile
  /// Where the collection's vectors are written that a learning encoder makes.
  let path: String
  let progress: ProgressHandler?
  let interruption: Interruption?

  /// - Parameter step: how many steps the student has learned for.
  /// - Throws: `badInput` for hidden states that are no numbers; `interrupted`.
  func callAsFunction(at step: Int) throws(ParlanceError) -> Validator.Outcome {
    try leaving(at: step) { student throws(ParlanceError) in
      let queries = try encode(validator.queries, with: student)
      let index = try student.passages.map { passages throws(ParlanceError) in
        try validator.index(of: encodeCollection(passages))
      }
      return try validator.score(queries, in: index)
    }
  }

  private func encode(
    _ queries: [Validator.Query], with student: StudentModel
  ) throws(ParlanceError) -> [SparseVector] {
    try student.engine.withoutRecording { () throws(ParlanceError) -> [SparseVector] in
      var vectors: [SparseVector] = []
      let batch = 16
      for start in stride(from: 0, to: queries.count, by: batch) {
        let part = queries[start..<min(queries.count, start + batch)]
        let rows = try student.forward(part.map(\.reading), dropout: 0).queries
        for row in 0..<rows.count { vectors.append(leaving.pruning(student.vector(of: rows, row))) }
      }
      return vectors
    }
  }

  /// The vectors of all passages, as the passage encoder is now.
  private func encodeCollection(_ passages: LearnedPassages) throws(ParlanceError) -> String {
    let description = VectorsDescription(
      encoder: vectors.description.encoder, vocabulary: vectors.description.vocabulary)
    try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
      for start in stride(from: 0, to: vectors.count, by: 64) {
        try interruption?.check()
        let range = start..<min(vectors.count, start + 64)
        for (place, vector) in zip(range, try passages.vectors(UInt32(range.lowerBound)..<UInt32(range.upperBound))) {
          try writer.append(try vectors.id(at: place), vector)
        }
        progress?(
          Progress("encoding passages", completed: range.upperBound, total: vectors.count, unit: "passages"))
      }
    }
    return path
  }
}
