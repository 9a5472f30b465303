import StrictJSON

/// The headers that repeat what a request without a handshake says, so that a proxy need not read the body. The body counts, and
/// a header that says otherwise may be an attempt to get past the proxy.
enum MirroredHeaders {
  /// What is missing or other than in the body; `nil` when all is well.
  static func fault(_ request: RPCRequest, _ headers: [String: String]) -> RPCError? {
    if let declared = request.declaredVersion {
      if let fault = fault("MCP-Protocol-Version", headers, expected: declared.string ?? declared.text) { return fault }
    }
    if let fault = fault("Mcp-Method", headers, expected: request.method) { return fault }
    guard request.method == "tools/call", let name = request.params["name"]?.string else { return nil }
    return fault("Mcp-Name", headers, expected: name, mayBeEncoded: true)
  }

  private static func fault(
    _ name: String, _ headers: [String: String], expected: String, mayBeEncoded: Bool = false
  ) -> RPCError? {
    guard let value = headers[name.lowercased()] else {
      return RPCError(.headerMismatch, "expected the header \(name)")
    }
    guard let text = mayBeEncoded ? decoded(value) : value, text.utf8.elementsEqual(expected.utf8) else {
      return RPCError(.headerMismatch, "the header \(name) says other than the body")
    }
    return nil
  }

  /// A value that is no plain ASCII comes as `=?base64?...?=`.
  ///
  /// - Returns: `nil` for one that is damaged.
  static func decoded(_ value: String) -> String? {
    let (head, tail) = ("=?base64?", "?=")
    guard value.hasPrefix(head), value.hasSuffix(tail), value.utf8.count >= head.utf8.count + tail.utf8.count else {
      return value
    }
    guard let bytes = bytes(ofBase64: value.utf8.dropFirst(head.utf8.count).dropLast(tail.utf8.count)) else {
      return nil
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func bytes(ofBase64 text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    for byte in text.dropLast(padding) {
      guard let digit = digit(byte) else { return nil }
      bits = bits << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
