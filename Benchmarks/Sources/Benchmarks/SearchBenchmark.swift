import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder
import SparseVectors

/// Exact search on one thread, against splade-index on numba, over the same vectors.
///
/// `SEARCH_PASSAGES` and `SEARCH_QUERIES` name `.vectors` files; without them 4,096 passages of the demo corpus and the
/// example conversations are encoded. Each line says how much of the best k agrees with scoring in f32.
enum SearchBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/parlance-bench-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (passages, queries) = try await vectors(input, in: folder)
    let queryVectors = try (0..<queries.count).map { try queries.vector(at: $0) }
    let terms = Double(queries.termCount) / Double(queries.count)
    print("  \(passages.count) passages, \(queries.count) queries of \(rounded(terms)) terms")

    let files = try VectorsFiles(paths: [passages.path])
    let indexes = try StoredWeights.allCases.map { weights in
      var builder = IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary)
      builder.configuration.weights = weights
      try builder.build(files, at: folder + "/" + weights.rawValue)
      return try InvertedIndex(path: folder + "/" + weights.rawValue)
    }
    let peer = try peer(input, passages: passages, queries: queries, in: folder)
    for depth in [10, 100, 1000] where depth <= passages.count {
      try await compare(indexes, peer, queryVectors, depth: depth, in: folder)
    }
  }

  private static func compare(
    _ indexes: [InvertedIndex], _ peer: Peer?, _ queries: [SparseVector], depth: Int, in folder: String
  ) async throws {
    func found(_ index: InvertedIndex) throws -> [[Int]] {
      try queries.map { try index.search($0, k: depth).hits.map { Int($0.document.rawValue) } }
    }
    guard let reference = try indexes.first(where: { $0.weights == .f32 }).map(found) else { return }
    var contenders: [AlternatingRuns.Contender] = []
    for index in indexes {
      contenders.append(
        .init(name: "top \(depth), parlance \(index.weights.rawValue), \(try agreement(found(index), reference))") {
          try await Cost.of { for query in queries { _ = try index.search(query, k: depth) } }
        })
    }
    if let peer {
      let path = folder + "/found"
      _ = try peer.run("\(depth) \(path)")
      let others = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: " ").compactMap { Int($0) }
      }
      contenders.append(
        .init(name: "top \(depth), splade-index, \(agreement(others, reference))") { try peer.run("\(depth)") })
    }
    try await AlternatingRuns(rounds: 5, amount: Double(queries.count), unit: "queries", showsLatency: true)
      .compare(contenders)
  }

  /// Documents that score nothing may be in a peer's list and are not in ours, so the reference counts.
  private static func agreement(_ found: [[Int]], _ reference: [[Int]]) -> String {
    let common = zip(found, reference).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
    let all = reference.reduce(0) { $0 + $1.count }
    return String(format: "%.2f %% of f32's", 100 * Double(common) / Double(max(1, all)))
  }

  private static func peer(
    _ input: BenchmarkInput, passages: VectorsFile, queries: VectorsFile, in folder: String
  ) throws -> Peer? {
    guard let python = input.python else { return nil }
    let (left, right) = (folder + "/passages.npz", folder + "/queries.npz")
    try VectorsNpz.export(passages, to: left)
    try VectorsNpz.export(queries, to: right)
    do {
      return try Peer(python: python, script: input.peers + "/search.py", texts: [], arguments: [left, right])
    } catch {
      print("  without the peer (\(error)); Peers/search.py says what it needs")
      return nil
    }
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
