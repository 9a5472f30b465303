public import Diagnostics
public import Identifiers
public import SparseVectors

/// The sparse vectors of a collection's passages, in the order that becomes the order of the index.
///
/// An index is built from anything that gives its vectors twice: once to find the greatest weight of each term, once to
/// write the postings. `.vectors` files are; what comes as a stream goes through `IndexWriter`, which keeps it in a
/// temporary one.
public protocol PassageVectors: Sendable {
  /// The number of passages.
  var count: Int { get }
  /// Names the vector in errors, such as the file and the row.
  func location(of index: Int) -> ParlanceError.Location
  /// The id of a passage, from 0 to below `count`.
  ///
  /// - Throws: `badInput` for what is damaged.
  func id(at index: Int) throws(ParlanceError) -> ExternalID
  /// Its vector, whose terms are of the vocabulary that the index is built over; the same each time.
  ///
  /// - Throws: as `id`.
  func vector(at index: Int) throws(ParlanceError) -> SparseVector
  /// Gives the vectors of `passages`, ascending; faster than one by one where vectors lie together. Memory is that of so many
  /// vectors at most. Several threads may do so at once, each for passages of its own.
  func forEachVector(
    in passages: Range<Int>, _ body: (SparseVector, Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError)
}

extension PassageVectors {
  public func forEachVector(
    in passages: Range<Int>, _ body: (SparseVector, Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    for index in passages { try body(try vector(at: index), index) }
  }
}
