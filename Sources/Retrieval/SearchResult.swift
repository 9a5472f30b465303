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
  /// The sum over the query's terms of their weight in the query times that in the index: its scale is the encoder's, and the scores
  /// of two queries say nothing about one another.
  public var score: Float
  /// Title, text and metadata, where the index holds texts.
  public var passage: Passage?

  public init(rank: Int, document: DocumentID, id: ExternalID, score: Float, passage: Passage? = nil) {
    self.rank = rank
    self.document = document
    self.id = id
    self.score = score
    self.passage = passage
  }
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

  public init(
    term: TermID, piece: String, weight: Float, source: FormedQuery.Source? = nil, frozenWeight: Float? = nil
  ) {
    self.term = term
    self.piece = piece
    self.weight = weight
    self.source = source
    self.frozenWeight = frozenWeight
  }
}

/// The answer to one query, and how it came about.
public struct SearchResult: Sendable {
  public var query: FormedQuery
  /// The query as it was searched with, which explanations are of.
  public let vector: SparseVector
  /// The query's active terms, heaviest first, to be shown.
  public var terms: [QueryTerm]
  /// Best first.
  public var passages: [FoundPassage]
  /// Whether it is exact, over which weights, how many postings were touched.
  public var answer: SearchAnswer
  /// Tokens that the encoder read, as of ``QueryVector``.
  public var tokenCount: Int
  /// Whether the oldest part of the conversation did not fit the encoder.
  public var isTruncated: Bool
  /// From words to vector.
  public var encodingTime: Duration
  /// From vector to passages, texts included.
  public var searchTime: Duration

  public init(
    query: FormedQuery, vector: SparseVector, terms: [QueryTerm], passages: [FoundPassage], answer: SearchAnswer,
    tokenCount: Int, isTruncated: Bool = false, encodingTime: Duration = .zero, searchTime: Duration = .zero
  ) {
    self.query = query
    self.vector = vector
    self.terms = terms
    self.passages = passages
    self.answer = answer
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
    self.encodingTime = encodingTime
    self.searchTime = searchTime
  }
}
