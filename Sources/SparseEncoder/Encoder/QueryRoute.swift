/// The encoder of queries in an asymmetric model: a box, since an encoder holds another one here.
final class QueryRoute: Sendable {
  let encoder: SparseEncoder

  init(encoder: SparseEncoder) {
    self.encoder = encoder
  }
}
