/// Builds JSON; the caller writes the braces, this the strings and numbers, so that escapes have one place.
public struct JSONText: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets the text and keeps the memory.
  public mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Appends JSON as it is.
  public mutating func append(raw text: StaticString) {
    bytes.append(contentsOf: text.description.utf8)
  }

  /// Appends a string in quotation marks; what JSON does not demand to be escaped stays as it is.
  public mutating func append(string: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: append(raw: "\\n")
      case 0x09: append(raw: "\\t")
      case 0x0D: append(raw: "\\r")
      case 0..<0x20:
        append(raw: byte < 0x10 ? "\\u000" : "\\u001")
        bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func append(integer: some BinaryInteger) {
    bytes.append(contentsOf: String(integer).utf8)
  }

  /// Appends the shortest decimal that reads back as the same float32.
  ///
  /// - Precondition: it is finite, since JSON has no other numbers.
  public mutating func append(float: Float) {
    precondition(float.isFinite, "JSON has no such number")
    bytes.append(contentsOf: float.description.utf8)
  }

  /// Appends the shortest decimal that reads back as the same double.
  ///
  /// - Precondition: it is finite, since JSON has no other numbers.
  public mutating func append(double: Double) {
    precondition(double.isFinite, "JSON has no such number")
    bytes.append(contentsOf: double.description.utf8)
  }
}
