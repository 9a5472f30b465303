public import Conversations
public import Diagnostics
public import Identifiers
public import InvertedIndex
public import Retrieval

/// What the tools search with. A server that reloads its index, or that lets only so many searches run at once, has one of its
/// own.
public protocol PassageSearch: Sendable {
  /// Finds passages for the last question of a conversation.
  ///
  /// - Parameters:
  ///   - form: which words make the query; what the encoder was trained on when `nil`.
  ///   - filter: which passages may be found, by their metadata.
  /// - Throws: as ``Searcher``: `unavailable` for a filter where the index was built without texts, `usage` for a `k` below 1.
  func search(
    _ turn: Turn, form: ConversationForm?, k: Int, filter: PassageFilter?
  ) async throws(ParlanceError) -> SearchResult

  /// The passage that has `id`; `nil` when there is none.
  ///
  /// - Throws: `unavailable` when the index was built without texts, `badInput` for a damaged one.
  func passage(_ id: ExternalID) async throws(ParlanceError) -> Passage?
}

extension Searcher: PassageSearch {
  public func search(
    _ turn: Turn, form: ConversationForm?, k: Int, filter: PassageFilter?
  ) async throws(ParlanceError) -> SearchResult {
    try await search(turn, form: form, rewrite: nil, k: k, filter: filter)
  }

  public func passage(_ id: ExternalID) async throws(ParlanceError) -> Passage? {
    guard let document = try index.document(for: id) else { return nil }
    return try index.passage(of: document)
  }
}
