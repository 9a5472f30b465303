import Conversations
import Diagnostics
import Evaluation
import Identifiers
import RankedResults
import StrictJSON

/// The line formats that people hand over: JSON records and TREC's columns.
enum RecordTargets {
  static let all: [FuzzTarget] = [
    FuzzTarget(name: "json") { bytes throws(ParlanceError) in
      _ = try JSONValue(parsing: bytes, file: "value.json")
    },
    FuzzTarget(name: "measures") { bytes throws(ParlanceError) in
      for measure in try Measure.list(parsing: String(decoding: bytes, as: UTF8.self)) {
        precondition((try? Measure(parsing: measure.description)) == measure, "\(measure) is not read back")
      }
    },
    .file("passages", suffix: ".jsonl") { path throws(ParlanceError) in
      let reader = try PassageReader(path: path)
      while try reader.next() != nil {}
    },
    .file("turns", suffix: ".jsonl") { path throws(ParlanceError) in
      let reader = try TurnReader(path: path)
      while let turn = try reader.next() {
        for form in ConversationForm.allCases { _ = try form.query(for: turn, rewrite: "it") }
      }
    },
    .file("rewrites", suffix: ".jsonl") { path throws(ParlanceError) in
      let reader = try RewriteReader(path: path)
      while try reader.next() != nil {}
    },
    .file("run", suffix: ".trec") { path throws(ParlanceError) in
      _ = try RankedRun(readingFrom: path)
    },
    .file("qrels", suffix: ".txt") { path throws(ParlanceError) in
      _ = try Qrels(readingFrom: path)
    },
  ]
}
