import ArgumentParser
import Diagnostics
import Evaluation
import InvertedIndex
import Reports
import SparseVectors
import WorkerThreads

struct BenchSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The latency of single queries on one core, and queries a second on all.",
    discussion: """
      Searches your index with your queries: vectors that `encode` or `search --save-queries` made. Encoding is not \
      part of it; see `bench encode`. All queries are searched as is fastest and by adding up every posting, in turn, \
      so that it shows what leaving terms out gains on your index, and why it does where it does.

      --approximate searches all queries by that dial as well, in turn with the exact search, and says what share of the \
      exact answers it found: the recall of the dial on your index and your queries.

      Examples:
        parlance bench search --index index --vectors queries.vectors
        parlance bench search --index index --vectors queries.vectors \\
          -k 1000 --threads 4 --json
        parlance bench search --index index --vectors queries.vectors \\
          --approximate 0.3
      """)

  @Option(help: ArgumentHelp("The index to search.", valueName: "dir"))
  var index: String

  @Option(help: ArgumentHelp("The queries.", valueName: "file"))
  var vectors: String

  @Option(
    name: [.customShort("k"), .customLong("k")], help: ArgumentHelp("How many passages to find.", valueName: "n"))
  var depth = 10

  @Option(help: "How often each query is searched.")
  var repetitions = 5

  @Option(help: ArgumentHelp("Cores to use for queries at once; all by default.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp("Measure an approximate search by this dial as well, from 0 to below 1.", valueName: "dial"))
  var approximate: Double?

  @Flag(help: "Search with vectors that are not known to fit the index.")
  var trustModel = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if depth < 1 || repetitions < 1 || (threads ?? 1) < 1 {
      throw ValidationError("-k, --repetitions and --threads must be at least 1")
    }
  }

  /// `--json`
  struct Result: Encodable {
    var passages: Int
    var postings: Int
    var bytesPerPosting: Double
    var weights: String
    var queries: Int
    var k: Int
    /// Means over the queries.
    var terms: Double
    var postingsTouched: Double
    var postingsLookedUp: Double
    var postingsSkipped: Double
    var rangesSearched: Double
    var rangesSplit: Double
    var rangesSkipped: Double
    /// How many queries were searched how.
    var algorithms: [Algorithm]
    /// By which instructions.
    var instructions: String
    /// The first search of each query, when the index may not be in memory yet.
    var firstMilliseconds: Latency
    /// All later ones.
    var milliseconds: Latency?
    /// Those of the same searches by adding up every posting; like `milliseconds` without the first search of each query.
    var everyPostingMilliseconds: Latency?
    var threads: Int
    var queriesPerSecond: Double
    var approximate: Approximate?
  }

  struct Algorithm: Encodable {
    var queries: Int
    var algorithm: String
  }

  /// What a dial does.
  struct Approximate: Encodable {
    var dial: Double
    /// The share of the exact answers' passages that were found, or others with the same score.
    var recall: Double
    /// The least of a query.
    var leastRecall: Double
    var postingsTouched: Double
    var milliseconds: Latency
  }

  struct Latency: Encodable {
    var mean: Double
    var p50: Double
    var p95: Double
    var p99: Double

    /// - Parameter times: milliseconds; `nil` where there are none.
    init?(_ times: [Double]) {
      guard let found = times.percentiles([0.5, 0.95, 0.99]) else { return nil }
      mean = times.reduce(0, +) / Double(times.count)
      (p50, p95, p99) = (found[0], found[1], found[2])
    }
  }

  func run() async throws {
    let index = try InvertedIndex(path: index)
    let file = try VectorsFile(path: vectors)
    try index.check(
      file.description.encoder, distilledFor: file.description.passageSpace,
      vocabularyDigest: file.description.vocabulary.digest, trusted: trustModel)
    let queries = try (0..<file.count).map { row throws(ParlanceError) in try file.vector(at: row) }
    guard !queries.isEmpty else {
      throw ParlanceError(.badInput, "expected at least one query, found none", at: .init(file: vectors))
    }
    var (first, later): ([Double], [Double]) = ([], [])
    var every: [Double] = []
    var answers: [SearchAnswer] = []
    let approximation = try approximate.map { dial throws(ParlanceError) in try Approximation(dial: dial) }
    let interruption = Console.standard.interruption
    var (approximateTimes, recalls, looked): ([Double], [Double], Int) = ([], [], 0)
    let clock = ContinuousClock()
    // All queries by one method, then all by the other, in turn the one or the other first: right after its twin a search would
    // find its postings in the caches.
    for repetition in 0..<repetitions {
      let methods: [SearchMethod] = [.fastest, .everyPosting]
      for method in repetition.isMultiple(of: 2) ? methods : methods.reversed() {
        for query in queries {
          try interruption.check()
          let start = clock.now
          let answer = try index.search(query, k: depth, method: method, interruption: interruption)
          let time = (clock.now - start).milliseconds
          if method == .everyPosting {
            every.append(time)
          } else if repetition == 0 {
            first.append(time)
            answers.append(answer)
          } else {
            later.append(time)
          }
        }
      }
      guard let approximation else { continue }
      for (place, query) in queries.enumerated() {
        try interruption.check()
        let start = clock.now
        let other = try index.search(query, k: depth, approximation: approximation, interruption: interruption)
        approximateTimes.append((clock.now - start).milliseconds)
        if repetition == 0 {
          looked += other.postingsTouched
          recalls.append(Self.recall(of: other, in: answers[place]))
        }
      }
    }
    guard let firstLatency = Latency(first) else { return }
    let count = Double(queries.count)
    // As with the exact search, the first time of each query is left out where there are more.
    func counted(_ times: [Double]) -> Latency? {
      Latency(repetitions > 1 ? Array(times.dropFirst(queries.count)) : times)
    }
    func mean(_ part: (SearchAnswer) -> Int) -> Double { Double(answers.reduce(0) { $0 + part($1) }) / count }
    let approximate = counted(approximateTimes).flatMap { latency in
      approximation.map {
        Approximate(
          dial: $0.dial, recall: recalls.reduce(0, +) / count, leastRecall: recalls.min() ?? 1,
          postingsTouched: Double(looked) / count, milliseconds: latency)
      }
    }
    let cores = threads ?? WorkerThreads.availableCores
    try show(
      Result(
        passages: index.count, postings: index.info.postings, bytesPerPosting: index.info.bytesPerPosting,
        weights: index.weights.rawValue, queries: queries.count, k: depth,
        terms: mean(\.queryTerms), postingsTouched: mean(\.postingsTouched), postingsLookedUp: mean(\.postingsLookedUp),
        postingsSkipped: mean(\.postingsSkipped), rangesSearched: mean(\.rangesSearched),
        rangesSplit: mean(\.rangesSplit), rangesSkipped: mean(\.rangesSkipped),
        algorithms: Self.algorithms(of: answers),
        instructions: InvertedIndex.instructions, firstMilliseconds: firstLatency, milliseconds: Latency(later),
        everyPostingMilliseconds: Latency(Array(every.dropFirst(queries.count))), threads: cores,
        queriesPerSecond: try await rate(index, queries, threads: cores), approximate: approximate))
  }

  /// The most frequent first.
  private static func algorithms(of answers: [SearchAnswer]) -> [Algorithm] {
    Dictionary(grouping: answers, by: \.algorithm.description)
      .map { Algorithm(queries: $0.value.count, algorithm: $0.key) }
      .sorted { ($0.queries, $1.algorithm) > ($1.queries, $0.algorithm) }
  }

  /// The share of an exact answer's passages that another has. Passages that score as the last of the exact answer count
  /// for one another.
  private static func recall(of other: SearchAnswer, in exact: SearchAnswer) -> Double {
    guard let last = exact.hits.last else { return 1 }
    let found = other.hits.count { $0.score >= last.score }
    return Double(min(found, exact.hits.count)) / Double(exact.hits.count)
  }

  /// Queries a second, each core taking every so many of them.
  private func rate(_ index: InvertedIndex, _ queries: [SparseVector], threads: Int) async throws -> Double {
    let (depth, repetitions) = (depth, repetitions)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for first in 0..<threads {
        group.addTask {
          for place in stride(from: first, to: queries.count * repetitions, by: threads) {
            _ = try index.search(queries[place % queries.count], k: depth, interruption: Console.standard.interruption)
          }
        }
      }
      try await group.waitForAll()
    }
    return Double(queries.count * repetitions) / (ContinuousClock.now - start).seconds
  }

  private func show(_ result: Result) throws {
    let console = Console.standard
    if json { return try console.print(json: result) }
    func text(_ latency: Latency) -> String {
      [("mean", latency.mean), ("p50", latency.p50), ("p95", latency.p95), ("p99", latency.p99)].map {
        "\($0) \(FixedDecimal.text($1, digits: 3))"
      }.joined(separator: ", ")
    }
    try console.print(
      "\(FixedDecimal.grouped(result.passages)) passages, \(FixedDecimal.grouped(result.postings)) postings of "
        + "\(FixedDecimal.text(result.bytesPerPosting, digits: 2)) bytes, \(result.weights) weights")
    try console.print(
      "\(FixedDecimal.counted(result.queries, "query", plural: "queries")) of \(FixedDecimal.text(result.terms, digits: 1)) terms, "
        + "k \(result.k): \(FixedDecimal.grouped(Int(result.postingsTouched))) postings each, "
        + "\(FixedDecimal.grouped(Int(result.postingsLookedUp))) of them looked up; "
        + "\(FixedDecimal.grouped(Int(result.postingsSkipped))) skipped")
    try console.print("one core, ms: \(text(result.milliseconds ?? result.firstMilliseconds))")
    if let every = result.everyPostingMilliseconds { try console.print("by every posting, ms: \(text(every))") }
    if result.milliseconds != nil { try console.print("the first time: \(text(result.firstMilliseconds))") }
    if let approximate = result.approximate {
      try console.print(
        "approximate, dial \(approximate.dial): recall \(FixedDecimal.text(approximate.recall, digits: 4)), at least "
          + "\(FixedDecimal.text(approximate.leastRecall, digits: 2)) of each query; "
          + "\(FixedDecimal.grouped(Int(approximate.postingsTouched))) postings; ms: \(text(approximate.milliseconds))")
    }
    try console.print(
      "\(FixedDecimal.counted(result.threads, "core")): \(FixedDecimal.grouped(Int(result.queriesPerSecond))) queries/s"
    )
    for own in result.algorithms {
      try console.print("\(FixedDecimal.counted(own.queries, "query", plural: "queries")): \(own.algorithm)")
    }
    try console.print(
      "by \(result.instructions); of \(FixedDecimal.text(result.rangesSearched + result.rangesSkipped, digits: 1)) ranges "
        + "\(FixedDecimal.text(result.rangesSplit, digits: 1)) are scanned for some terms, "
        + "\(FixedDecimal.text(result.rangesSkipped, digits: 1)) are skipped")
  }
}
