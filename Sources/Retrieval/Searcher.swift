public import Conversations
public import Diagnostics
import Identifiers
public import InvertedIndex
import SparseEncoder
package import SparseVectors

/// Messages in, passages out: what the command line, a server and a Swift program share.
///
/// Open an index and the encoder of its queries once, and search as often as you like: one searcher serves any number of tasks.
///
/// ```swift
/// let index = try InvertedIndex(path: "index")
/// let searcher = try Searcher(index: index, encoder: await SparseEncoder.open("models/student"))
/// let result = try await searcher.search(turn, k: 5)
/// for found in result.passages { print(found.rank, found.id, found.passage?.title ?? "") }
/// ```
///
/// A ``search(_:form:rewrite:k:filter:)`` reads the conversation as it was said; ``search(_:k:filter:)-(String,_,_)`` takes a
/// question that stands by itself. ``explain(_:_:)`` and ``matches(_:_:in:)`` say why a passage was found. For thousands of
/// queries at once there is ``BatchSearch``.
///
/// Answers are exact over the weights that the index keeps: the passages are those that scoring every passage would give,
/// unless ``approximation`` is set. Each answer says which it is.
public struct Searcher: Sendable {
  /// What is searched.
  public let index: InvertedIndex
  /// What makes vectors of queries.
  public let encoder: any QueryEncoder
  /// What searches may leave out; they are exact when `nil`.
  public var approximation: Approximation?

  /// Joins an index and an encoder whose vectors fit it.
  ///
  /// - Parameters:
  ///   - index: what is searched; it stays what it was when it was opened, also when it is built anew meanwhile.
  ///   - encoder: the encoder of the passages, a student that was distilled for it, or for an index of BM25 weights a
  ///     ``BM25QueryEncoder``.
  ///   - trustingEncoder: search even with an encoder whose vectors are not known to fit the index's.
  /// - Throws: `badInput` when the encoder is neither that of the passages nor a student distilled for it, or when its
  ///   terms are of another vocabulary.
  public init(
    index: InvertedIndex, encoder: any QueryEncoder, trustingEncoder: Bool = false
  ) throws(ParlanceError) {
    try index.check(
      encoder.identity, distilledFor: encoder.passageSpace, vocabularyDigest: encoder.vocabulary.digest,
      trusted: trustingEncoder)
    self.index = index
    self.encoder = encoder
  }

  /// Finds passages for the last question of a conversation.
  ///
  /// - Parameters:
  ///   - turn: the conversation, whose last message is the question.
  ///   - form: which words of the conversation make the query; when `nil`, those that a student was trained on, and the
  ///     whole conversation for any other encoder.
  ///   - rewrite: a self-contained form of the question, for the forms that need one.
  ///   - k: how many passages, best first.
  ///   - filter: which passages may be found.
  /// - Returns: the passages, the query's terms with the messages they came from, and how long it took.
  /// - Throws: `badInput` when a rewrite is needed and missing; as `search(_:k:filter:)`.
  public func search(
    _ turn: Turn, form: ConversationForm? = nil, rewrite: String? = nil, k: Int = 10,
    filter: PassageFilter? = nil
  ) async throws(ParlanceError) -> SearchResult {
    let form = form ?? encoder.trained?.form ?? .conversation
    return try await search(form.query(for: turn, rewrite: rewrite), k: k, filter: filter)
  }

  /// Finds passages for a question that stands by itself.
  ///
  /// - Parameters:
  ///   - question: some words; nothing that was said before is known.
  ///   - k: how many passages, best first.
  ///   - filter: which passages may be found.
  /// - Throws: as `search(_:k:filter:)` of a query.
  public func search(
    _ question: String, k: Int = 10, filter: PassageFilter? = nil
  ) async throws(ParlanceError) -> SearchResult {
    try await search(FormedQuery(segments: [.init(text: question, source: .message(0))]), k: k, filter: filter)
  }

  /// Finds the best `k` passages for a query.
  ///
  /// - Parameters:
  ///   - query: the words, newest first.
  ///   - k: how many passages, best first.
  ///   - filter: which passages may be found, by their metadata.
  /// - Complexity: one pass of the encoder over at most its maximum length, then one addition for each posting of the
  ///   query's terms.
  /// - Throws: `usage` for a `k` below 1, `internalFault` when the engine fails, `unavailable` when its memory is short or a
  ///   filter asks an index without texts, `badInput` for a damaged index.
  public func search(
    _ query: FormedQuery, k: Int, filter: PassageFilter? = nil
  ) async throws(ParlanceError) -> SearchResult {
    let clock = ContinuousClock()
    let start = clock.now
    let encoded = try await encoder.encode(query)
    let middle = clock.now
    return try passages(for: encoded, of: query, k: k, filter: filter, encodingTime: middle - start)
  }

  /// Finds the best `k` passages for a query that is encoded already, on the calling thread: for who encodes the queries of
  /// many callers together.
  ///
  /// - Parameter reading: gives a passage that was found; the index does, unless somebody remembers passages.
  /// - Throws: as `search(_:k:)`; `interrupted`.
  package func passages(
    for encoded: QueryVector, of query: FormedQuery, k: Int, filter: PassageFilter? = nil, encodingTime: Duration,
    interruption: Interruption? = nil, reading: ((DocumentID) throws(ParlanceError) -> Passage)? = nil
  ) throws(ParlanceError) -> SearchResult {
    let clock = ContinuousClock()
    let start = clock.now
    let answer = try index.search(
      encoded.vector, k: k, filter: filter, approximation: approximation, interruption: interruption)
    let read = reading ?? index.passage(of:)
    var passages: [FoundPassage] = []
    passages.reserveCapacity(answer.hits.count)
    for (place, hit) in answer.hits.enumerated() {
      passages.append(
        FoundPassage(
          rank: place + 1, document: hit.document, id: try index.id(of: hit.document), score: hit.score,
          passage: index.hasTexts ? try read(hit.document) : nil))
    }
    return SearchResult(
      query: query, vector: encoded.vector, terms: terms(of: encoded), passages: passages, answer: answer,
      tokenCount: encoded.tokenCount, isTruncated: encoded.isTruncated, encodingTime: encodingTime,
      searchTime: clock.now - start)
  }

  private func terms(of query: QueryVector) -> [QueryTerm] {
    let vector = query.vector
    let hasSources = query.sources.count == vector.count
    return vector.terms.indices.map { place in
      QueryTerm(
        term: vector.terms[place], piece: encoder.vocabulary.piece(of: vector.terms[place]).string,
        weight: vector.weights[place], source: hasSources ? query.sources[place] : nil,
        frozenWeight: query.frozenWeights?[place])
    }
    .sorted { ($1.weight, $0.term) < ($0.weight, $1.term) }
  }
}
