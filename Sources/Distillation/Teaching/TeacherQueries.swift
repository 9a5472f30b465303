import BinaryFiles
public import Conversations
public import Diagnostics
public import Identifiers
public import Retrieval
public import SparseVectors

/// The words of one teacher's queries, and how they become vectors that are encoded once, however often the work is
/// interrupted.
public struct TeacherQueries: Sendable {
  /// The turns that the teacher says something about, in the order of the conversations.
  public let queries: [(id: ExternalID, words: FormedQuery)]
  /// Rewrites for turns that the conversations do not have.
  public let unknownRewrites: Int

  /// - Parameters:
  ///   - form: a form with rewrites, for an LLM's or a person's; or without, when the encoder is to teach itself.
  ///   - rewrites: needed where `form` says so. A turn without one is passed over.
  /// - Throws: `badInput` when there is no rewrite for any of the turns.
  public init(_ turns: [Turn], form: ConversationForm, rewrites: Rewrites? = nil) throws(ParlanceError) {
    var queries: [(id: ExternalID, words: FormedQuery)] = []
    for turn in turns {
      let rewrite = rewrites?[turn.id]
      if form.needsRewrite, rewrite == nil { continue }
      queries.append((turn.id, try form.query(for: turn, rewrite: rewrite)))
    }
    guard !queries.isEmpty else {
      throw ParlanceError(
        .badInput, "expected rewrites of the conversations' turns, none of \(rewrites?.count ?? 0) is for one of them",
        at: rewrites.map { .init(file: $0.path) })
    }
    self.queries = queries
    unknownRewrites = rewrites.map { $0.count - queries.count } ?? 0
  }

  /// Encodes the queries, or goes on where an earlier call was stopped.
  ///
  /// The vectors go to `OUTPUT.NAME-DIGEST.vectors`, which stays until the caller removes it. The digest covers encoder, ids
  /// and words: queries that changed are encoded anew.
  ///
  /// - Parameters:
  ///   - output: the file that is to be made of the vectors.
  ///   - name: the teacher's.
  /// - Throws: as `QueryEncoder.encode`, `VectorsWriter`; `interrupted`.
  public func encode(
    by encoder: any QueryEncoder, beside output: String, name: String, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> VectorsFile {
    let path = "\(output).\(name)-\(digest(encoder.identity).prefix(8)).vectors"
    if let finished = try? VectorsFile(path: path), finished.count == queries.count { return finished }
    let description = VectorsDescription(
      encoder: encoder.identity, passageSpace: encoder.passageSpace, vocabulary: encoder.vocabulary)
    let writer = try VectorsWriter(path: path, description: description, resuming: true)
    while writer.count < queries.count {
      try interruption?.check()
      let window = queries[writer.count...].prefix(Self.windowSize)
      let vectors = try await encoder.encode(window.map(\.words), interruption: interruption)
      for (query, vector) in zip(window, vectors) {
        try writer.append(query.id, vector)
      }
      progress?(Progress("encoding \(name)", completed: writer.count, total: queries.count, unit: "queries"))
    }
    try writer.finish()
    return try VectorsFile(path: path)
  }

  /// Two chunks of the vectors file: enough to keep all cores busy, little to lose.
  private static let windowSize = 512

  private func digest(_ encoder: EncoderIdentity) -> String {
    var hash = SHA256()
    hash.update(encoder.digest)
    for query in queries { hash.update("\n\(query.id) \(query.words.text)") }
    return hash.finish().hexadecimal
  }
}
