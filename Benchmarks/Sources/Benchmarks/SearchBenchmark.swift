import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder
import SparseVectors

/// Exact search on one thread, against other engines over the same vectors: splade-index on numba, PISA, BMP, Seismic.
///
/// `SEARCH_PASSAGES` and `SEARCH_QUERIES` name `.vectors` files; without them 4,096 passages of the demo corpus and the
/// example conversations are encoded. `SEARCH_COUNT` makes the collection larger by mixtures of its passages;
/// `SEARCH_WEIGHTS` names the kinds of weights, all of them unless said; `SEARCH_PEERS` the engines (`splade-index,pisa`). Each line says how much of the best k agrees with
/// scoring in f32, where that is among them; then come the slowest queries, each searched by itself.
enum SearchBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/parlance-bench-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = ProcessInfo.processInfo.environment
    var (passages, queries) = try await vectors(input, in: folder)
    if let count = environment["SEARCH_COUNT"].flatMap({ Int($0) }), count > passages.count {
      passages = try recombined(passages, count: count, to: folder + "/recombined.vectors")
    }
    let kinds = environment["SEARCH_WEIGHTS"]?.split(separator: ",").compactMap { StoredWeights(rawValue: String($0)) }
    let queryVectors = try (0..<queries.count).map { try queries.vector(at: $0) }
    let terms = Double(queries.termCount) / Double(queries.count)
    print("  \(passages.count) passages, \(queries.count) queries of \(rounded(terms)) terms")

    let files = try VectorsFiles(paths: [passages.path])
    let indexes = try (kinds ?? StoredWeights.allCases).map { weights in
      var builder = IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary)
      builder.configuration.weights = weights
      let cost = try Cost.ofWork { try builder.build(files, at: folder + "/" + weights.rawValue) }
      let index = try InvertedIndex(path: folder + "/" + weights.rawValue)
      print(
        "  \(weights.rawValue): \(index.info.postings) postings, \(rounded(index.info.bytesPerPosting)) bytes each, built in "
          + "\(rounded(cost.processorSeconds)) processor seconds")
      return index
    }
    let peers = try SearchPeers(input, passages: passages, queries: queries, in: folder).all()
    for depth in [10, 100, 1000] where depth <= passages.count {
      try await compare(indexes, peers, queryVectors, depth: depth, in: folder)
    }
  }

  private static func compare(
    _ indexes: [InvertedIndex], _ peers: [SearchPeers.Named], _ queries: [SparseVector], depth: Int, in folder: String
  ) async throws {
    func found(_ index: InvertedIndex) throws -> [[Int]] {
      try queries.map { try index.search($0, k: depth).hits.map { Int($0.document.rawValue) } }
    }
    guard let judge = indexes.first(where: { $0.weights == .f32 }) ?? indexes.first else { return }
    let reference = try found(judge)
    func agreement(_ found: [[Int]]) -> String { "\(share(of: found, in: reference)) of \(judge.weights.rawValue)'s" }
    var contenders: [AlternatingRuns.Contender] = []
    for index in indexes {
      contenders.append(
        .init(name: "top \(depth), parlance \(index.weights.rawValue), \(try agreement(found(index)))") {
          try await Cost.of { for query in queries { _ = try index.search(query, k: depth) } }
        })
      guard index.weights == .u8 else { continue }
      contenders.append(
        .init(name: "top \(depth), the same by every posting") {
          try await Cost.of { for query in queries { _ = try index.search(query, k: depth, method: .everyPosting) } }
        })
    }
    for (name, peer) in peers {
      let path = folder + "/found"
      _ = try peer.run("\(depth) \(path)")
      let others = try String(contentsOfFile: path, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false
      )
      .prefix(queries.count).map { $0.split(separator: " ").compactMap { Int($0) } }
      contenders.append(.init(name: "top \(depth), \(name), \(agreement(others))") { try peer.run("\(depth)") })
    }
    try await AlternatingRuns(rounds: 6, amount: Double(queries.count), unit: "queries", showsLatency: true)
      .compare(contenders)
    try compareSlowest(indexes, peers, queries, depth: depth, in: folder)
  }

  /// Each query by itself, in turn with the peers, the best of five times of each: what is left is what the query costs. The first one
  /// of a turn finds the caches as the engine before left them, so it is searched once before, here and by splade-index.
  private static func compareSlowest(
    _ indexes: [InvertedIndex], _ peers: [SearchPeers.Named], _ queries: [SparseVector], depth: Int, in folder: String
  ) throws {
    let row = [Double](repeating: .infinity, count: queries.count)
    var best = [[Double]](repeating: row, count: indexes.count + peers.count)
    for _ in 0..<5 {
      for (row, index) in indexes.enumerated() {
        if let first = queries.first { _ = try index.search(first, k: depth) }
        for (number, query) in queries.enumerated() {
          let start = Cost.threadTime()
          _ = try index.search(query, k: depth)
          best[row][number] = min(best[row][number], Cost.threadTime() - start)
        }
      }
      for (row, peer) in peers.map(\.peer).enumerated() {
        _ = try peer.run("each \(depth) \(folder)/times")
        let times = try String(contentsOfFile: folder + "/times", encoding: .utf8).split(separator: "\n")
        for (number, time) in times.enumerated() {
          best[indexes.count + row][number] = min(best[indexes.count + row][number], Double(time) ?? .nan)
        }
      }
    }
    let names = indexes.map { "parlance \($0.weights.rawValue)" } + peers.map(\.name)
    for (name, times) in zip(names, best) {
      let sorted = times.sorted()
      func at(_ share: Double) -> String {
        rounded(1000 * sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
      }
      print(
        "  top \(depth), \(name), one query a call, processor ms: mean "
          + "\(rounded(1000 * times.reduce(0, +) / Double(times.count))), p50 \(at(0.5)), p95 \(at(0.95)), p99 \(at(0.99))"
      )
    }
  }

  private static func recombined(_ passages: VectorsFile, count: Int, to path: String) throws -> VectorsFile {
    let mixtures = RecombinedPassages(base: passages, count: count)
    try VectorsWriter.write(path, passages.description) { writer throws(ParlanceError) in
      for index in 0..<count { try writer.append(mixtures.id(at: index), mixtures.vector(at: index)) }
    }
    return try VectorsFile(path: path)
  }

  /// Documents that score nothing may be in a peer's list and are not in ours, so the reference counts.
  private static func share(of found: [[Int]], in reference: [[Int]]) -> String {
    let common = zip(found, reference).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
    let all = reference.reduce(0) { $0 + $1.count }
    return String(format: "%.2f %%", 100 * Double(common) / Double(max(1, all)))
  }

  private static func vectors(
    _ input: BenchmarkInput, in folder: String
  ) async throws -> (passages: VectorsFile, queries: VectorsFile) {
    let environment = ProcessInfo.processInfo.environment
    if let passages = environment["SEARCH_PASSAGES"], let queries = environment["SEARCH_QUERIES"] {
      return (try VectorsFile(path: passages), try VectorsFile(path: queries))
    }
    let encoder = try QueryLatencyBenchmark.encoder(input.model)
    let turns = try TurnReader(
      path: URL(filePath: input.peers).deletingLastPathComponent().deletingLastPathComponent().path
        + "/Examples/conversations.jsonl")
    var questions: [String] = []
    while let turn = try turns.next() {
      questions.append(try ConversationForm.conversation.query(for: turn, rewrite: nil).text)
    }
    return (
      try await encode(input.sample(4096), with: encoder, side: .passage, to: folder + "/passages.vectors"),
      try await encode(questions, with: encoder, side: .query, to: folder + "/queries.vectors")
    )
  }

  private static func encode(
    _ texts: [String], with encoder: SparseEncoder, side: SparseEncoder.Side, to path: String
  ) async throws -> VectorsFile {
    let encoded = try await encoder.encode(texts, as: side)
    let description = VectorsDescription(encoder: encoder.identity, vocabulary: encoder.vocabulary)
    try VectorsWriter.write(path, description) { writer throws(ParlanceError) in
      for (number, text) in encoded.enumerated() { try writer.append(ExternalID("\(number)"), text.vector) }
    }
    return try VectorsFile(path: path)
  }
}
