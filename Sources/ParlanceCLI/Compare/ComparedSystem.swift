import Conversations
import Diagnostics
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Reports
import Retrieval

/// One of the systems that are compared: what it answered, and how long that took where it was run.
struct ComparedSystem {
  var run: RankedRun
  /// Milliseconds from words to passages, a turn each; nothing for a run out of a file.
  var latencies: [Double] = []
  /// Where the texts of its passages are.
  var index: InvertedIndex?
  /// Turns that it did not answer for want of a rewrite, which `rewrite` leaves out where it failed.
  var unanswered = 0
  /// Whether somebody else's rewriting went before, which the latencies do not hold.
  var readsRewrites = false

  /// Runs a system over conversations, one turn after the other, as a user would meet it.
  init(
    _ system: SearchedSystem, over turns: [Turn], k: Int, encoding: EncodingOptions, bar: ProgressBar,
    interruption: Interruption
  ) async throws {
    let index = try InvertedIndex(path: system.index)
    let encoder = try await encoding.queryEncoder(system.model, of: index, at: system.index, option: "model=")
    let searcher = try Searcher(index: index, encoder: encoder)
    let rewrites = try system.rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
    readsRewrites = rewrites != nil
    let answered = system.form.needsRewrite ? turns.filter { rewrites?[$0.id] != nil } : turns
    unanswered = turns.count - answered.count
    if answered.isEmpty, !turns.isEmpty {
      throw ParlanceError(
        .badInput, "expected rewrites of the conversations' turns, there is none",
        at: system.rewrites.map { .init(file: $0) })
    }
    run = RankedRun(name: system.name)
    self.index = index.hasTexts ? index : nil
    // Opening maps files and warms up nothing: the first search pays for that, and is done twice.
    for (place, turn) in (answered.prefix(1) + answered).enumerated() {
      try interruption.check()
      let query: FormedQuery
      do { query = try system.form.query(for: turn, rewrite: rewrites?[turn.id]) } catch {
        throw ParlanceError(error.code, error.message, at: system.rewrites.map { .init(file: $0) })
      }
      let result = try await searcher.search(query, k: k)
      run.rankings[turn.id] = result.passages.map { RankedPassage(passage: $0.id, score: Double($0.score)) }
      guard place > 0 else { continue }
      latencies.append((result.encodingTime + result.searchTime).milliseconds)
      bar.handler(Progress("searching as \(system.name)", completed: place, total: answered.count, unit: "turns"))
    }
  }

  init(run: RankedRun) { self.run = run }

  /// The latency that this share of the turns does not exceed.
  func latency(_ share: Double) -> Double? { latencies.percentile(share) }

  static let shares: [(name: String, share: Double)] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)]

  /// What each of them took, where any was run.
  static func latencyTable(_ systems: [ComparedSystem]) -> Table? {
    guard systems.contains(where: { !$0.latencies.isEmpty }) else { return nil }
    var table = Table(
      columns: [.label("system")] + shares.map { .figure("ms \($0.name)") } + [.figure("turns")],
      notes: ["From words to passages with their texts, one turn after the other, the first one warmed up."])
    let rewritten = systems.filter { $0.readsRewrites && !$0.latencies.isEmpty }.map(\.run.name)
    if !rewritten.isEmpty {
      table.notes.append(
        "Not in it: the rewriting itself, whose results \(rewritten.joined(separator: ", ")) read from a file.")
    }
    for system in systems where system.unanswered > 0 {
      table.notes.append(
        "\(system.run.name) left out \(FixedDecimal.counted(system.unanswered, "turn")) that have no rewrite.")
    }
    for system in systems where !system.latencies.isEmpty {
      table.rows.append(
        [Table.Cell(system.run.name)]
          + shares.map { .figure(system.latency($0.share) ?? 0, digits: 2) } + [.count(system.latencies.count)])
    }
    return table
  }

  var json: OrderedJSON {
    .object([
      ("name", .string(run.name)), ("queries", .integer(run.rankings.count)),
      ("unanswered", unanswered > 0 ? .integer(unanswered) : nil),
      (
        "milliseconds",
        latencies.isEmpty
          ? nil : .object(Self.shares.map { ($0.name, latency($0.share).map { .number($0) } ?? .null) })
      ),
    ])
  }
}
