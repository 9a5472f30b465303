import Diagnostics
import RankedResults

/// A run with the file that it came from, under a name that no other run of the command has.
struct NamedRun {
  let file: String
  var run: RankedRun

  /// Reads runs; those with the same tag get their path into their name.
  ///
  /// - Throws: `ParlanceError`: as the reader, `usage` for a file that is named twice, `badInput` for a run without
  ///   lines.
  static func all(readingFrom files: [String], interruption: Interruption) throws(ParlanceError) -> [NamedRun] {
    for (position, file) in files.enumerated() where files[..<position].contains(file) {
      throw ParlanceError(.usage, "the run '\(file)' is named twice")
    }
    var runs: [NamedRun] = []
    for file in files {
      let run = try RankedRun(readingFrom: file, interruption: interruption)
      guard !run.rankings.isEmpty else { throw ParlanceError(.badInput, "the run is empty", at: .init(file: file)) }
      runs.append(NamedRun(file: file, run: run))
    }
    let tags = runs.map(\.run.name)
    for position in runs.indices where tags.count(where: { $0 == tags[position] }) > 1 {
      runs[position].run.name = "\(tags[position]) (\(runs[position].file))"
    }
    return runs
  }
}

extension ParlanceError {
  /// The error with the file it is about, where it does not name one yet.
  func located(in file: String) -> ParlanceError {
    location == nil ? ParlanceError(code, message, at: .init(file: file)) : self
  }
}
