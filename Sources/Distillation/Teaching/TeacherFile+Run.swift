public import Diagnostics
import Identifiers
public import RankedResults
public import SparseVectors

extension TeacherFile {
  /// Writes the lists as a run, so that other tools can measure a teacher. Scores stay as they are, equal ones as well: read
  /// back, the run gives the same lists. A query whose list is empty has no line in a run.
  ///
  /// - Parameters:
  ///   - passages: the vectors that were ranked; they have the ids.
  ///   - writer: one that keeps ties.
  /// - Throws: as `check(against:)`; `cannotWrite`; `interrupted`.
  public func writeRun(
    _ writer: RunWriter, passages: VectorsFile, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try check(against: passages)
    for index in 0..<count {
      let list = try list(at: index)
      var ranking: [RankedPassage] = []
      for (passage, score) in zip(list.passages, list.scores) {
        ranking.append(RankedPassage(passage: try passages.id(at: Int(passage)), score: Double(score)))
      }
      try writer.write(queryID(at: index), ranking)
      try interruption?.check()
      progress?(Progress("writing the run", completed: index + 1, total: count, unit: "queries"))
    }
    try writer.finish()
  }
}
