import BinaryFiles
import Diagnostics
import Identifiers
import LineFiles
import SparseVectors
import StrictJSON

/// JSON lines that each begin with the step they belong to: `metrics.jsonl`, `samples.jsonl`.
///
/// A run that resumes cuts off what was written after the state that it resumes from.
final class StepLog {
  private let file: OutputFile

  /// - Parameters:
  ///   - step: the last step whose lines are kept; `nil` to begin anew.
  ///   - last: the last step whose validation is kept, as those of all kept steps are when `nil`; the lines end before the next.
  init(path: String, keepingThrough step: Int?, validationsThrough last: Int? = nil) throws(ParlanceError) {
    file = try OutputFile.locked(path: path)
    var kept = 0
    if let step, file.position > 0 {
      let reader = try LineReader(path: path)
      var end = 0
      while let line = try reader.nextString() {
        end += line.utf8.count + 1
        // A line that the power cut off is the last one.
        guard let json = try? JSONValue(parsing: Array(line.utf8), file: path), let own = json["step"]?.integer,
          own <= (Self.isValidation(json) ? last ?? step : step)
        else { break }
        kept = end
      }
    }
    try file.truncate(to: min(kept, file.position))
  }

  /// Whether a line tells how good the student was that would have left.
  static func isValidation(_ line: JSONValue) -> Bool {
    line.object?.contains { $0.0.hasPrefix("validation ") } ?? false
  }

  /// Brings the lines to the disk: a state must not remember a step whose lines are lost.
  func sync() throws(ParlanceError) { try file.sync() }

  /// Appends a line; `members` writes what follows the step.
  func write(step: Int, _ members: (inout JSONText) throws(ParlanceError) -> Void) throws(ParlanceError) {
    var json = JSONText()
    json.append(raw: "{\"step\":")
    json.append(integer: step)
    try members(&json)
    json.append(raw: "}\n")
    try file.write(json.bytes.rawSpan)
  }
}

extension StepLog {
  /// Numbers by name, in the order given.
  func write(step: Int, _ values: [(name: String, value: Double)]) throws(ParlanceError) {
    try write(step: step) { json throws(ParlanceError) in
      for (name, value) in values {
        json.append(raw: ",")
        json.append(string: name)
        json.append(raw: ":")
        if value.isFinite { json.append(double: value) } else { json.append(raw: "null") }
      }
    }
  }

  /// What a query was trained on: passages by their ids, the positives first, with the teacher's scores.
  func write(
    step: Int, _ query: ExternalID, _ sample: PassageSample, of vectors: VectorsFile
  ) throws(ParlanceError) {
    try write(step: step) { json throws(ParlanceError) in
      json.append(raw: ",\"id\":")
      json.append(string: query.string)
      json.append(raw: ",\"positives\":")
      json.append(integer: sample.positives)
      json.append(raw: ",\"passages\":[")
      for (place, passage) in sample.passages.enumerated() {
        if place > 0 { json.append(raw: ",") }
        json.append(string: try vectors.id(at: Int(passage)).string)
      }
      json.append(raw: "],\"scores\":[")
      for (place, score) in sample.teacherScores.enumerated() {
        if place > 0 { json.append(raw: ",") }
        json.append(float: score)
      }
      json.append(raw: "]")
    }
  }
}
