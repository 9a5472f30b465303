package import Diagnostics

/// Which proxy a request goes through, by the variables that curl, Python and Go read: `https_proxy`, `http_proxy`,
/// `all_proxy`, and `no_proxy` for the hosts that are asked directly. Lower case wins over upper case.
///
/// Only proxies that are spoken to in plain HTTP; through them the connection is a tunnel (`CONNECT`). This machine itself
/// is never asked through a proxy.
package struct ProxySettings: Sendable {
  package struct Proxy: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: Int
    package var user: String?
    package var password = ""

    /// Without the password.
    package var description: String { "\(host):\(port)" }
  }

  let environment: [String: String]

  package init(environment: [String: String]) { self.environment = environment }

  /// - Throws: `usage` when the variable names a proxy of another kind.
  package func proxy(for address: HTTPAddress) throws(ParlanceError) -> Proxy? {
    if Self.isLoopback(address.host) || isExempt(address) { return nil }
    for name in [address.scheme + "_proxy", "all_proxy"] {
      guard let text = variable(name) else { continue }
      if text.isEmpty { return nil }
      guard let proxy = Self.parse(text) else {
        let shown = text.split(separator: "@").last.map(String.init) ?? ""
        throw ParlanceError(.usage, "\(name) is \(shown); Parlance speaks to proxies of the form http://host:port")
      }
      return proxy
    }
    return nil
  }

  private func variable(_ name: String) -> String? {
    (environment[name] ?? environment[name.uppercased()]).map { $0.filter { !$0.isWhitespace } }
  }

  /// `http://user:password@host:port`, the scheme, the user and the port 80 left out if need be.
  private static func parse(_ text: String) -> Proxy? {
    var rest = text[...]
    if let scheme = rest.firstRange(of: "://") {
      guard rest[..<scheme.lowerBound].lowercased() == "http" else { return nil }
      rest = rest[scheme.upperBound...]
    }
    if let end = rest.firstIndex(of: "/") { rest = rest[..<end] }
    var proxy = Proxy(host: "", port: 80)
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      proxy.user = HTTPAddress.unquoted(parts[0])
      proxy.password = parts.count == 2 ? HTTPAddress.unquoted(parts[1]) : ""
      rest = rest[rest.index(after: at)...]
    }
    let (host, port) = HTTPAddress.hostAndPort(rest)
    proxy.host = host
    if let port {
      guard let number = Int(port), (1...65535).contains(number) else { return nil }
      proxy.port = number
    }
    return host.isEmpty ? nil : proxy
  }

  /// Whether the name is this machine's own.
  package static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || IPv4(host)?.isWithin("127.0.0.0/8") == true
  }

  /// `no_proxy`: names, which also stand for all below them, addresses, networks such as `10.0.0.0/8`, each with a port
  /// if need be, or `*` for all.
  private func isExempt(_ address: HTTPAddress) -> Bool {
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    return list.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace }).contains { entry in
      if entry == "*" { return true }
      if entry.contains("/") { return IPv4(address.host)?.isWithin(String(entry)) == true }
      var (name, port) = HTTPAddress.hostAndPort(entry)
      if let port, port != "\(address.port)" { return false }
      if name.hasPrefix("*") { name.removeFirst() }
      if name.hasPrefix(".") { name.removeFirst() }
      return !name.isEmpty && (address.host == name || address.host.hasSuffix("." + name))
    }
  }
}

/// Four numbers with dots between them.
private struct IPv4 {
  let bits: UInt32

  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let part else { return nil }
      bits = bits << 8 | UInt32(part)
    }
    self.bits = bits
  }

  /// - Parameter network: `10.0.0.0/8`
  func isWithin(_ network: String) -> Bool {
    let parts = network.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let base = IPv4(String(parts[0])), let length = UInt32(parts[1]), length <= 32 else {
      return false
    }
    // A shift by all 32 bits leaves nothing: every address is within.
    return (bits ^ base.bits) >> (32 - length) == 0
  }
}
