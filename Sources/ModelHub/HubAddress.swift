/// The parts of an `http` address that redirects are judged by.
struct HubAddress: Sendable, Hashable {
  /// `https://host:port`, in lower case.
  let origin: String
  /// From the first slash on.
  let path: String

  init?(_ url: String) {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let name = url[..<scheme.lowerBound].lowercased()
    guard name == "http" || name == "https" else { return nil }
    let rest = url[scheme.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let host = rest[..<end].lowercased()
    guard !host.isEmpty, !host.contains("@") else { return nil }
    origin = name + "://" + host
    path = end == rest.endIndex ? "/" : String(rest[end...])
  }

  /// Where a `Location` header leads: an address, or a path on the same host.
  func following(_ location: String) -> String? {
    if location.hasPrefix("//") { return origin.prefix { $0 != ":" } + ":" + location }
    if location.hasPrefix("/") { return origin + location }
    return HubAddress(location).map { $0.origin + $0.path }
  }

  /// A path of a repository with everything quoted that may not stand in an address.
  static func quoted(_ path: String) -> String {
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
}
