import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import SparseVectors

/// What the queries of runs cost: `--queries [RUN=]FILE...` against the indexes that they were searched in.
struct RunCosts {
  /// The files of each run.
  private let files: [(run: NamedRun, paths: [String])]
  private let indexes: [InvertedIndex]
  private let interruption: Interruption

  /// - Parameters:
  ///   - queries: files of query vectors, each with the run that it belongs to before a `=`; without, a file is that of the
  ///     run with its own name, such as `student.vectors` of the run `student`.
  ///   - indexes: one for each passage space.
  /// - Throws: `ParlanceError`: `usage` for a file of no run, as `InvertedIndex`.
  init(
    queries: [String], indexes: [String], runs: [NamedRun], interruption: Interruption
  ) throws(ParlanceError) {
    self.interruption = interruption
    self.indexes = try indexes.map { path throws(ParlanceError) in try InvertedIndex(path: path) }
    var files: [(run: NamedRun, paths: [String])] = runs.map { ($0, []) }
    for argument in queries {
      let (name, path) = Self.parts(of: argument)
      guard let place = runs.firstIndex(where: { $0.run.name == name || Self.stem(of: $0.file) == name }) else {
        throw ParlanceError(
          .usage,
          "no run is called '\(name)', to which the queries \(path) would belong; the runs are "
            + runs.map(\.run.name).joined(separator: ", ") + ", and --queries RUN=FILE names one")
      }
      files[place].paths.append(path)
    }
    self.files = files.filter { !$0.paths.isEmpty }
  }

  /// `RUN=FILE`, or a file alone.
  private static func parts(of argument: String) -> (name: String, path: String) {
    guard let sign = argument.firstIndex(of: "="), !argument[..<sign].contains("/") else {
      return (stem(of: argument), argument)
    }
    return (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }

  /// The last part of a path without its extensions.
  private static func stem(of path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    for suffix in [".gz", ".vectors", ".trec", ".txt", ".run"] where name.hasSuffix(suffix) {
      name.removeLast(suffix.utf8.count)
    }
    return name
  }

  /// By the runs' names.
  ///
  /// - Throws: `ParlanceError` with code `badInput` for vectors of other passages or other queries, and for a query that
  ///   a run has twice.
  func costs() throws(ParlanceError) -> [String: QueryCost] {
    var costs: [String: QueryCost] = [:]
    for (run, paths) in files { costs[run.run.name] = try cost(of: run, paths) }
    return costs
  }

  private func cost(of run: NamedRun, _ paths: [String]) throws(ParlanceError) -> QueryCost {
    var frequencies = ActivationFrequencies()
    var seen: Set<ExternalID> = []
    var used: InvertedIndex?
    for path in paths {
      let vectors = try VectorsFile(path: path)
      let index = try index(for: vectors)
      if let used, used.passageSpace != index.passageSpace {
        throw ParlanceError(
          .badInput,
          "expected queries for passages by \(used.passageSpace), as in the run's other files; found "
            + "\(index.passageSpace)", at: .init(file: path))
      }
      used = index
      for position in 0..<vectors.count {
        let id = try vectors.id(at: position)
        guard seen.insert(id).inserted else {
          throw ParlanceError(
            .badInput, "the query '\(id)' is in another file of the run \(run.run.name) as well", at: .init(file: path))
        }
        frequencies.add(try vectors.vector(at: position))
        if position.isMultiple(of: 4096) { try interruption.check() }
      }
    }
    guard let used, run.run.rankings.keys.contains(where: seen.contains) else {
      throw ParlanceError(
        .badInput, "expected the queries of the run \(run.run.name), none of \(seen.count) is one",
        at: .init(file: paths[0]))
    }
    var passageCounts: [Int] = []
    for term in frequencies.counts.indices {
      passageCounts.append(frequencies.counts[term] == 0 ? 0 : try used.passageCount(with: TermID(UInt32(term))))
    }
    return QueryCost(frequencies, passageCounts: passageCounts, passages: used.count)
  }

  private func index(for vectors: VectorsFile) throws(ParlanceError) -> InvertedIndex {
    let description = vectors.description
    var refusal: ParlanceError?
    for index in indexes {
      do {
        try index.check(
          description.encoder, distilledFor: description.passageSpace,
          vocabularyDigest: description.vocabulary.digest)
        return index
      } catch { refusal = refusal ?? error }
    }
    throw ParlanceError(
      .badInput,
      indexes.count == 1
        ? refusal?.message ?? "" : "none of the \(indexes.count) indexes is of passages by \(description.passageSpace)",
      at: .init(file: vectors.path))
  }
}
