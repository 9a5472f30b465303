/// A name that the outside world gave to a passage, a turn or a conversation.
///
/// Two ids are the same when their UTF-8 bytes are. Swift's `String` compares by canonical equivalence, so `é` in one
/// code point would equal `é` in two, and two passages of a collection would silently become one.
public struct ExternalID: Sendable {
  public let string: String

  public init(_ string: String) {
    var native = string
    native.makeContiguousUTF8()
    self.string = native
  }
}

extension ExternalID: Hashable {
  public static func == (left: ExternalID, right: ExternalID) -> Bool {
    // Strings that are not even canonically equal, nearly all that differ, are told apart by the library's fast path.
    left.string.utf8.count == right.string.utf8.count && left.string == right.string
      && left.string.utf8.elementsEqual(right.string.utf8)
  }

  /// Ids of the same bytes are canonically equal, so the string's own hash serves.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(string)
  }
}

extension ExternalID: Comparable {
  /// Order of the UTF-8 bytes, which is also the order of the code points and of C's `strcmp`.
  public static func < (left: ExternalID, right: ExternalID) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }
}

extension ExternalID: CustomStringConvertible {
  public var description: String { string }
}

extension ExternalID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}

extension ExternalID: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
  }
}
