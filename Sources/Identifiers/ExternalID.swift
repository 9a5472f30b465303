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

  /// A string's own hash is that of all strings that are canonically equal, and of other than ASCII ones anybody can make as
  /// many of those as he likes.
  public func hash(into hasher: inout Hasher) {
    if string.utf8.allSatisfy({ $0 < 0x80 }) {
      hasher.combine(string)
    } else {
      for byte in string.utf8 { hasher.combine(byte) }
    }
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
