/// Everything that decides what an encoder makes of a query, or of a part of it.
struct QueryKey: Hashable, Sendable {
  /// The digest of the encoder.
  var encoder: String
  /// As `QueryPart.key` has it.
  var part: [UInt8]
}
