public import Conversations
public import Identifiers
public import InvertedIndex
public import SparseVectors

/// A passage that answers, as a person or a program wants it.
public struct FoundPassage: Hashable, Sendable {
  /// From 1.
  public var rank: Int
  public var document: DocumentID
  public var id: ExternalID
  public var score: Float
  /// Title, text and metadata, where the index holds texts.
  public var passage: Passage?
}

/// A term of the query: its piece, its weight, and which words of the conversation it came from.
public struct QueryTerm: Hashable, Sendable {
  public var term: TermID
  public var piece: String
  public var weight: Float
  /// `nil` where it came from a token that stands around the words.
  public var source: FormedQuery.Source?
  /// What of the weight a residual student's frozen encoder gave, from the last question; the rest is what the student adds.
  /// `nil` for any other encoder.
  public var frozenWeight: Float?
}

/// The answer to one query, and how it came about.
public struct SearchResult: Sendable {
  public var query: FormedQuery
  /// The query's active terms, heaviest first.
  public var terms: [QueryTerm]
  /// Best first.
  public var passages: [FoundPassage]
  /// Whether it is exact, over which weights, how many postings were touched.
  public var answer: SearchAnswer
  /// Tokens that the encoder read.
  public var tokenCount: Int
  /// Whether the oldest part of the conversation did not fit the encoder.
  public var isTruncated: Bool
  /// From words to vector.
  public var encodingTime: Duration
  /// From vector to passages, texts included.
  public var searchTime: Duration
}
