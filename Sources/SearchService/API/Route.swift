/// One method of one path, and what answers it.
package struct Route: Sendable {
  /// Who may come.
  package enum Access: Sendable {
    /// Anybody: what tells whether the service lives, and the page's own files.
    case open
    /// Who has a key, where the service has keys.
    case keyed
    /// Who has a key that may write, where the service has keys.
    case writing
  }

  package var method: String
  /// `/v1/sessions/{id}`: a part in braces stands for any part.
  package var path: String
  package var access: Access
  package var answer: @Sendable (APIRequest) async throws -> APIResponse

  /// - Parameter answer: throws `Problem` for what is the caller's doing, and `ParlanceError` for what failed inside.
  package init(
    _ method: String, _ path: String, access: Access = .keyed,
    answer: @escaping @Sendable (APIRequest) async throws -> APIResponse
  ) {
    self.method = method
    self.path = path
    self.access = access
    self.answer = answer
  }

  /// What stands in the place of the parts in braces, where the path fits.
  func parameters(of parts: [Substring]) -> [String: String]? {
    let own = path.split(separator: "/", omittingEmptySubsequences: false)
    guard own.count == parts.count else { return nil }
    var found: [String: String] = [:]
    for (name, part) in zip(own, parts) {
      if name.hasPrefix("{"), name.hasSuffix("}") {
        guard !part.isEmpty, let value = PercentCoding.decoded(part) else { return nil }
        found[String(name.dropFirst().dropLast())] = value
      } else if name != part {
        return nil
      }
    }
    return found
  }
}
