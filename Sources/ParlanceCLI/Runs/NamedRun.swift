import Diagnostics
import Evaluation
import RankedResults

/// A run with the file that it came from, under a name that no other run of the command has.
struct NamedRun {
  let file: String
  var run: RankedRun

  /// Reads runs; those with the same tag get their path into their name. One without lines is of a system that found nothing, and is
  /// told.
  ///
  /// - Parameter allowingEmpty: whether a run without lines is taken where another has some.
  /// - Throws: `ParlanceError`: as the reader, `usage` for a file that is named twice, `badInput` for a run without lines that is not
  ///   taken.
  static func all(
    readingFrom files: [String], allowingEmpty: Bool = true, interruption: Interruption
  ) throws(ParlanceError) -> [NamedRun] {
    try told(distinct(try read(files, interruption)), allowingEmpty: allowingEmpty)
  }

  /// Reads runs and the one that they are compared with, each file once: a pipe has nothing to say a second time.
  ///
  /// - Parameter baseline: a file, or the name of one of the runs. One that is not among them comes first.
  /// - Returns: the runs, and the place of the baseline.
  /// - Throws: as `all(readingFrom:allowingEmpty:interruption:)`.
  static func all(
    readingFrom files: [String], baseline: String?, interruption: Interruption
  ) throws(ParlanceError) -> (runs: [NamedRun], baseline: Int?) {
    let given = try read(files, interruption)
    let runs = distinct(given)
    guard let baseline else { return (try told(runs), nil) }
    if let place = runs.firstIndex(where: { $0.file == baseline || $0.run.name == baseline }) {
      return (try told(runs), place)
    }
    return (try told(distinct(try read([baseline], interruption) + given)), 0)
  }

  /// What the run is worth; one without lines has the value 0 for each query.
  ///
  /// - Throws: as `Evaluation.evaluate`, with the file.
  func evaluation(
    _ qrels: Qrels, _ measures: [Measure], interruption: Interruption
  ) throws(ParlanceError) -> Evaluation {
    guard !run.rankings.isEmpty else {
      let queries = qrels.queries()
      return Evaluation(
        name: run.name, measures: measures, queries: queries,
        values: measures.map { _ in [Double](repeating: 0, count: queries.count) }, missing: queries)
    }
    do throws(ParlanceError) {
      return try evaluate(run, qrels: qrels, measures: measures, interruption: interruption)
    } catch {
      throw error.located(in: file)
    }
  }

  private static func read(_ files: [String], _ interruption: Interruption) throws(ParlanceError) -> [NamedRun] {
    for (position, file) in files.enumerated() where files[..<position].contains(file) {
      throw ParlanceError(.usage, "the run '\(file)' is named twice")
    }
    return try files.map { file throws(ParlanceError) in
      var run = try RankedRun(readingFrom: file, interruption: interruption)
      // Without a line there is no tag.
      if run.rankings.isEmpty { run.name = stem(of: file) }
      return NamedRun(file: file, run: run)
    }
  }

  private static func told(_ runs: [NamedRun], allowingEmpty: Bool = true) throws(ParlanceError) -> [NamedRun] {
    let empty = runs.filter(\.run.rankings.isEmpty)
    if let first = empty.first, !allowingEmpty || empty.count == runs.count {
      throw ParlanceError(.badInput, "the run is empty", at: .init(file: first.file))
    }
    for named in empty {
      Console.standard.warn("\(named.file): the run is empty; it is taken for that of a system that found nothing")
    }
    return runs
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
