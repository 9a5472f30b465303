import BinaryFiles
import Diagnostics
import LineFiles
import StrictJSON

/// `metrics.jsonl`: one line a step or validation, each with the step it belongs to.
///
/// A run that resumes cuts off what was written after the state that it resumes from.
final class MetricsLog {
  private let file: OutputFile

  /// - Parameter step: the last step whose lines are kept; 0 to begin anew.
  init(path: String, keepingThrough step: Int) throws(ParlanceError) {
    file = try OutputFile.locked(path: path)
    var kept = 0
    if step > 0, file.position > 0 {
      let reader = try LineReader(path: path)
      var end = 0
      while let line = try reader.nextString() {
        end += line.utf8.count + 1
        // A line that the power cut off is the last one.
        guard let json = try? JSONValue(parsing: Array(line.utf8), file: path), let own = json["step"]?.integer,
          own <= step
        else { break }
        kept = end
      }
    }
    try file.truncate(to: min(kept, file.position))
  }

  /// Appends a line of numbers by name, in the order given.
  func write(step: Int, _ values: [(name: String, value: Double)]) throws(ParlanceError) {
    var json = JSONText()
    json.append(raw: "{\"step\":")
    json.append(integer: step)
    for (name, value) in values {
      json.append(raw: ",")
      json.append(string: name)
      json.append(raw: ":")
      if value.isFinite { json.append(double: value) } else { json.append(raw: "null") }
    }
    json.append(raw: "}\n")
    try file.write(json.bytes.rawSpan)
  }
}
