/// The parts of an `http` address that proxies are chosen and redirects are judged by.
package struct HTTPAddress: Sendable, Hashable {
  /// `https://host:port`, in lower case.
  package let origin: String
  /// From the first slash on.
  let path: String

  package init?(_ url: String) {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let name = url[..<scheme.lowerBound].lowercased()
    guard name == "http" || name == "https" else { return nil }
    let rest = url[scheme.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let host = rest[..<end].lowercased()
    guard !host.isEmpty, !host.contains("@") else { return nil }
    if let port = Self.hostAndPort(Substring(host)).port, !port.isEmpty {
      guard let number = Int(port), (1...65535).contains(number) else { return nil }
    }
    origin = name + "://" + host
    path = end == rest.endIndex ? "/" : String(rest[end...])
  }

  package var scheme: String { String(origin.prefix { $0 != ":" }) }
  package var host: String { Self.hostAndPort(origin.dropFirst(scheme.count + 3)).host }
  /// The stated one, or the scheme's.
  package var port: Int {
    Self.hostAndPort(origin.dropFirst(scheme.count + 3)).port.flatMap { Int($0) } ?? (scheme == "https" ? 443 : 80)
  }

  /// `host:port` or `[::1]:port` apart; the host without brackets.
  static func hostAndPort(_ text: Substring) -> (host: String, port: String?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      return (
        String(text[text.index(after: text.startIndex)..<end]), rest.hasPrefix(":") ? String(rest.dropFirst()) : nil
      )
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    // More than one colon: an IPv6 address that nobody put in brackets.
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (String(text), nil)
  }

  /// Where a `Location` header leads: an address, or a path on the same host.
  package func following(_ location: String) -> String? {
    if location.hasPrefix("//") { return origin.prefix { $0 != ":" } + ":" + location }
    if location.hasPrefix("/") { return origin + location }
    return HTTPAddress(location).map { $0.origin + $0.path }
  }

  /// A path with everything quoted that may not stand in an address.
  package static func quoted(_ path: String) -> String {
    var quoted = ""
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80,
        Character(scalar).isLetter || Character(scalar).isNumber || "-_.~/".unicodeScalars.contains(scalar)
      {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        quoted += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return quoted
  }

  /// What `%41` and the like stand for.
  static func unquoted(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(Substring(digits), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
