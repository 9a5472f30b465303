import Diagnostics
package import InvertedIndex
package import SparseEncoder
import SparseVectors

/// An index that passages can be added to, and what encodes them.
package struct WritableIndex: Sendable {
  package let live: LiveIndex
  package let encoder: SparseEncoder

  /// - Throws: `usage` for an index that nothing can be added to with this encoder.
  init(_ live: LiveIndex, _ encoder: SparseEncoder) throws(ParlanceError) {
    let index = live.snapshot
    let place = ParlanceError.Location(file: index.path)
    guard index.bm25 == nil else {
      throw ParlanceError(
        .usage, "BM25 weighs each word by the whole collection, so that its passages cannot be changed", at: place)
    }
    guard encoder.encodesPassages else {
      throw ParlanceError(
        .usage,
        "expected an encoder of passages, \(encoder.identity.name) encodes queries alone; name that of the index",
        at: place)
    }
    guard encoder.passageIdentity == index.passageSpace else {
      throw ParlanceError(
        .usage,
        "expected \(index.passageSpace), which encoded the passages, to encode further ones; found "
          + "\(encoder.passageIdentity)", at: place)
    }
    guard index.info.keptTerms == nil else {
      throw ParlanceError(
        .usage, "the index keeps the heaviest terms of its passages alone; change it with parlance index add", at: place
      )
    }
    self.live = live
    self.encoder = encoder
  }
}
