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
    distinct(try read(files, interruption))
  }

  /// Reads runs and the one that they are compared with, each file once: a pipe has nothing to say a second time.
  ///
  /// - Parameter baseline: a file, or the name of one of the runs. One that is not among them comes first.
  /// - Returns: the runs, and the place of the baseline.
  /// - Throws: as `all(readingFrom:interruption:)`.
  static func all(
    readingFrom files: [String], baseline: String?, interruption: Interruption
  ) throws(ParlanceError) -> (runs: [NamedRun], baseline: Int?) {
    let given = try read(files, interruption)
    let runs = distinct(given)
    guard let baseline else { return (runs, nil) }
    if let place = runs.firstIndex(where: { $0.file == baseline || $0.run.name == baseline }) { return (runs, place) }
    return (distinct(try read([baseline], interruption) + given), 0)
  }

  private static func read(_ files: [String], _ interruption: Interruption) throws(ParlanceError) -> [NamedRun] {
    for (position, file) in files.enumerated() where files[..<position].contains(file) {
      throw ParlanceError(.usage, "the run '\(file)' is named twice")
    }
    return try files.map { file throws(ParlanceError) in
      let run = try RankedRun(readingFrom: file, interruption: interruption)
      guard !run.rankings.isEmpty else { throw ParlanceError(.badInput, "the run is empty", at: .init(file: file)) }
      return NamedRun(file: file, run: run)
    }
  }

  private static func distinct(_ runs: [NamedRun]) -> [NamedRun] {
    let tags = runs.map(\.run.name)
    return runs.map { named in
      guard tags.count(where: { $0 == named.run.name }) > 1 else { return named }
      var renamed = named
      renamed.run.name = "\(named.run.name) (\(named.file))"
      return renamed
    }
  }
}

extension ParlanceError {
  /// The error with the file it is about, where it does not name one yet.
  func located(in file: String) -> ParlanceError {
    location == nil ? ParlanceError(code, message, at: .init(file: file)) : self
  }
}
