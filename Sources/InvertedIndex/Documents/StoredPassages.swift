public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors

/// The passages of an index with their vectors as they are kept, in the order of their documents, without those that were
/// deleted: what goes out to other engines.
///
/// Vectors are read in their order; memory is that of one range of passages.
public struct StoredPassages: PassageVectors {
  private let passages: MergedPassages

  init(_ segments: [IndexSegment]) { passages = MergedPassages(segments) }

  public var count: Int { passages.count }
  public func location(of index: Int) -> ParlanceError.Location { passages.location(of: index) }
  public func id(at index: Int) throws(ParlanceError) -> ExternalID { try passages.id(at: index) }
  public func vector(at index: Int) throws(ParlanceError) -> SparseVector { try passages.vector(at: index) }

  /// Titles and texts in the same order, once; `nil` where the index has none.
  public var texts: PassageSource? { passages.texts }
}

extension InvertedIndex {
  /// The passages that can be found, with the vectors that are scored.
  public var storedPassages: StoredPassages { StoredPassages(segments) }

  /// How many terms of each passage were kept, the heaviest; all of them when `nil`.
  public var keptTerms: Int? { manifest.keptTerms }
}
