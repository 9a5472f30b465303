import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Retrieval
import SparseVectors

/// What the queries of runs cost: `--queries [RUN=]FILE...` against the indexes that they were searched in, or against the
/// passages' float vectors.
struct RunCosts {
  /// What is known of one run.
  struct Cost {
    var mean: QueryCost
    var byQuery: [ExternalID: QueryEffort]
  }

  /// The files of each run.
  private let files: [(run: NamedRun, paths: [String])]
  private let indexes: [InvertedIndex]
  /// The passages' own vectors, by whose activation frequencies FLOPS is defined.
  private let passages: (file: VectorsFile, frequencies: ActivationFrequencies)?
  private let interruption: Interruption

  /// - Parameters:
  ///   - queries: files of query vectors, each with the run that it belongs to before a `=`; without, a file is that of the
  ///     run with its own name, such as `student.vectors` of the run `student`.
  ///   - indexes: one for each passage space.
  ///   - vectors: the passages' vectors, in place of indexes.
  /// - Throws: `ParlanceError`: `usage` for a file of no run, as `InvertedIndex`.
  init(
    queries: [String], indexes: [String], vectors: String? = nil, runs: [NamedRun], interruption: Interruption
  ) throws(ParlanceError) {
    self.interruption = interruption
    passages = try vectors.map { path throws(ParlanceError) in
      let file = try VectorsFile(path: path)
      return (file, try ActivationFrequencies(file, interruption: interruption))
    }
    self.indexes = try indexes.map { path throws(ParlanceError) in try InvertedIndex(path: path) }
    files = try Self.assigned(queries, to: runs, option: "--queries").filter { !$0.paths.isEmpty }
  }

  /// The files of each run, named on the command line as `RUN=FILE` or by a file whose name is the run's.
  ///
  /// - Throws: `usage` for a file of no run.
  static func assigned(
    _ arguments: [String], to runs: [NamedRun], option: String
  ) throws(ParlanceError) -> [(run: NamedRun, paths: [String])] {
    var files: [(run: NamedRun, paths: [String])] = runs.map { ($0, []) }
    for argument in arguments {
      let (name, path) = parts(of: argument)
      guard let place = runs.firstIndex(where: { $0.run.name == name || stem(of: $0.file) == name }) else {
        throw ParlanceError(
          .usage,
          "no run is called '\(name)', to which the queries \(path) would belong; the runs are "
            + runs.map(\.run.name).joined(separator: ", ") + ", and \(option) RUN=FILE names one")
      }
      files[place].paths.append(path)
    }
    return files
  }

  /// What each query of runs cost when it was searched: the files of `search --costs`.
  ///
  /// - Throws: `usage` for a file of no run, `badInput` for a query that a run has twice.
  static func measured(
    _ arguments: [String], runs: [NamedRun], interruption: Interruption
  ) throws(ParlanceError) -> [String: [ExternalID: QueryEffort]] {
    var efforts: [String: [ExternalID: QueryEffort]] = [:]
    for (run, paths) in try assigned(arguments, to: runs, option: "--costs") {
      for path in paths {
        for (query, effort) in try QueryEffort.all(readingFrom: path, interruption: interruption) {
          guard efforts[run.run.name, default: [:]].updateValue(effort, forKey: query) == nil else {
            throw ParlanceError(
              .badInput, "the query '\(query)' is in another file of the run \(run.run.name) as well",
              at: .init(file: path))
          }
        }
      }
    }
    return efforts
  }

  /// `RUN=FILE`, or a file alone.
  private static func parts(of argument: String) -> (name: String, path: String) {
    guard let sign = argument.firstIndex(of: "="), !argument[..<sign].contains("/") else {
      return (stem(of: argument), argument)
    }
    return (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }

  /// By the runs' names.
  ///
  /// - Throws: `ParlanceError` with code `badInput` for vectors of other passages or other queries, and for a query that
  ///   a run has twice.
  func costs() throws(ParlanceError) -> [String: Cost] {
    var costs: [String: Cost] = [:]
    for (run, paths) in files { costs[run.run.name] = try cost(of: run, paths) }
    return costs
  }

  private func cost(of run: NamedRun, _ paths: [String]) throws(ParlanceError) -> Cost {
    var frequencies = ActivationFrequencies()
    var seen: [ExternalID: SparseVector] = [:]
    var used: InvertedIndex?
    for path in paths {
      let vectors = try VectorsFile(path: path)
      if let passages {
        try check(vectors, against: passages.file)
      } else {
        let index = try index(for: vectors)
        if let used, used.passageSpace != index.passageSpace {
          throw ParlanceError(
            .badInput,
            "expected queries for passages by \(used.passageSpace), as in the run's other files; found "
              + "\(index.passageSpace)", at: .init(file: path))
        }
        used = index
      }
      for position in 0..<vectors.count {
        let id = try vectors.id(at: position)
        let vector = try vectors.vector(at: position)
        guard seen.updateValue(vector, forKey: id) == nil else {
          throw ParlanceError(
            .badInput, "the query '\(id)' is in another file of the run \(run.run.name) as well", at: .init(file: path))
        }
        frequencies.add(vector)
        if position.isMultiple(of: 4096) { try interruption.check() }
      }
    }
    guard run.run.rankings.isEmpty || run.run.rankings.keys.contains(where: { seen[$0] != nil }) else {
      throw ParlanceError(
        .badInput, "expected the queries of the run \(run.run.name), none of \(seen.count) is one",
        at: .init(file: paths[0]))
    }
    var byQuery: [ExternalID: QueryEffort] = [:]
    if let used {
      for (id, vector) in seen { byQuery[id] = try QueryEffort(vector, index: used) }
      return Cost(mean: try QueryCost(frequencies, index: used), byQuery: byQuery)
    }
    let collection = passages?.frequencies ?? ActivationFrequencies()
    for (id, vector) in seen { byQuery[id] = QueryEffort(vector, passages: collection) }
    return Cost(
      mean: QueryCost(frequencies, passageCounts: collection.counts, passages: collection.vectors), byQuery: byQuery)
  }

  private func check(_ queries: VectorsFile, against passages: VectorsFile) throws(ParlanceError) {
    let (own, other) = (queries.description, passages.description)
    guard own.vocabulary == other.vocabulary, own.passageSpace == other.passageSpace else {
      throw ParlanceError(
        .badInput,
        "its queries are for passages by \(own.passageSpace), but \(passages.path) is by \(other.passageSpace)",
        at: .init(file: queries.path))
    }
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
