import BinaryFiles
import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Reports
import Retrieval
import SparseVectors

/// Searches many queries and writes a run.
struct RunSearch {
  let command: SearchCommand
  private let console = Console.standard

  init(command: SearchCommand) {
    self.command = command
  }

  func write(to path: String) async throws {
    let k = command.depth ?? 1000
    let outputs = [path, command.costs, command.saveQueries]
    try OutputPath.check(outputs, areNoneOf: [command.conversations, command.vectors, command.form.rewrites])
    for output in outputs { try OutputPath.check(output, isNotIn: command.index) }
    let bar = ProgressBar()
    defer { bar.finish() }
    let summary: BatchSummary
    if let vectors = command.vectors {
      summary = try await searchVectors(vectors, k: k, to: path, progress: bar.handler)
    } else {
      summary = try await searchConversations(k: k, to: path, progress: bar.handler)
    }
    bar.finish()
    console.note(Self.description(of: summary))
    if let approximation = try command.approximation, approximation.dial > 0 {
      console.note(
        "the run is approximate, by a dial of \(approximation.dial); bench search --approximate tells its recall")
    }
  }

  /// A run says by its name that it is approximate, unless its user names it.
  private func tag(_ name: String) throws -> String {
    if let tag = command.tag { return tag }
    guard let approximation = try command.approximation, approximation.dial > 0 else { return name }
    return "\(name)-approximate-\(approximation.dial)"
  }

  private var threads: Int { command.encoding.cores }

  private func searchVectors(
    _ vectors: String, k: Int, to path: String, progress: @escaping ProgressHandler
  ) async throws -> BatchSummary {
    let index = try InvertedIndex(path: command.index ?? "")
    try command.tellUnknownFields(of: index)
    let queries = try VectorsFile(path: vectors)
    let search = try VectorsSearch(
      index: index, k: k, threads: threads, keptTerms: command.keepTerms, filter: command.passageFilter,
      approximation: command.approximation, progress: progress, interruption: console.interruption)
    return try await search.run(
      queries, to: RunWriter(path: path, tag: tag("vectors")), trustingEncoder: command.trustModel)
  }

  private func searchConversations(
    k: Int, to path: String, progress: @escaping ProgressHandler
  ) async throws -> BatchSummary {
    let turns = try TurnReader.all(command.conversations ?? "", interruption: console.interruption)
    let rewrites = try command.form.openRewrites()
    let searcher = try await command.openSearcher(command.index ?? "")
    let form = command.reading(by: searcher.encoder).form
    let queries = try turns.map { turn throws(ParlanceError) in
      (turn.id, try command.form.query(for: turn, in: form, rewrites))
    }
    let batch = try BatchSearch(
      searcher: searcher, k: k, threads: threads, filter: command.passageFilter, progress: progress,
      interruption: console.interruption)
    let run = try RunWriter(path: path, tag: tag(form.rawValue))
    if let costs = command.costs {
      return try await searchTimed(
        queries, by: searcher, k: k, command.passageFilter, to: run, costs: costs, progress)
    }
    return try await saving(searcher.encoder) { writer throws(ParlanceError) in
      try await batch.run(queries, to: run, saving: writer)
    }
  }

  /// One turn after the other, with what each took.
  private func searchTimed(
    _ queries: [(ExternalID, FormedQuery)], by searcher: Searcher, k: Int, _ filter: PassageFilter?,
    to run: RunWriter, costs: String, _ progress: @escaping ProgressHandler
  ) async throws(ParlanceError) -> BatchSummary {
    let timed = TimedSearch(
      searcher: searcher, k: k, filter: filter, progress: progress, interruption: console.interruption)
    let efforts = try QueryEffortWriter(path: costs)
    return try await saving(searcher.encoder) { writer throws(ParlanceError) in
      var summary = BatchSummary()
      try await timed.run(queries.map { (id: $0, words: $1) }) { answer throws(ParlanceError) in
        try writer?.append(answer.id, answer.vector)
        try run.write(answer.id, answer.passages)
        try efforts.write(answer.id, answer.effort)
        summary.add(answer)
      }
      try efforts.finish()
      try run.finish()
      return summary
    }
  }

  /// Lets `body` write the queries' vectors where they are to be kept; nothing is left of them when it fails.
  private func saving(
    _ encoder: any QueryEncoder, _ body: (VectorsWriter?) async throws(ParlanceError) -> BatchSummary
  ) async throws(ParlanceError) -> BatchSummary {
    guard let saved = command.saveQueries else { return try await body(nil) }
    let writer = try VectorsWriter(
      path: saved,
      description: VectorsDescription(
        encoder: encoder.identity, passageSpace: encoder.passageSpace, vocabulary: encoder.vocabulary,
        keptTerms: command.keepTerms))
    do {
      let summary = try await body(writer)
      try writer.finish()
      return summary
    } catch {
      FileNames.remove(VectorsWriter.partialPath(for: saved), faults: nil)
      throw error
    }
  }

  private static func description(of summary: BatchSummary) -> String {
    guard summary.queries > 0 else { return "no queries" }
    let count = Double(summary.queries)
    let milliseconds = summary.searchTime.milliseconds / count
    var text = "\(FixedDecimal.grouped(summary.queries)) queries, "
    text += "\(FixedDecimal.text(Double(summary.terms) / count, digits: 1)) terms and "
    text += "\(FixedDecimal.grouped(summary.postingsTouched / summary.queries)) postings a query, "
    text += "\(FixedDecimal.text(milliseconds, digits: 2)) ms of search each"
    if summary.emptyQueries > 0 { text += "; \(summary.emptyQueries) had no terms and found nothing" }
    if summary.unmatchedQueries > 0 {
      text += "; \(summary.unmatchedQueries) had only terms that no passage has and found nothing"
    }
    return text
  }
}
