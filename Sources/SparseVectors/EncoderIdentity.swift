/// Which encoder made a vector: two vectors may be compared only when their encoders fit.
///
/// The digest covers weights, tokenizer, pooling, activation, max length and passage text template. The identity of the
/// passage encoder is the *passage space* of its vectors and of the indexes built from them.
public struct EncoderIdentity: Hashable, Sendable, Codable, CustomStringConvertible {
  /// SHA-256 over everything that changes a vector, in lower-case hexadecimal.
  public var digest: String
  /// What a person calls it, such as `splade-tiny`; not part of the identity.
  public var name: String

  public init(digest: String, name: String) {
    self.digest = digest
    self.name = name
  }

  public static func == (left: EncoderIdentity, right: EncoderIdentity) -> Bool { left.digest == right.digest }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  public var description: String { "\(name) (\(digest.prefix(12)))" }
}
