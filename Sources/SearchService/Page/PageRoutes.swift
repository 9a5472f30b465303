/// `GET /`: a conversation with what was found for it. Its files are in the program; it asks nobody but this service.
package struct PageRoutes: Sendable {
  package init() {}

  /// The page runs its own scripts and nothing else, and may not be framed.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  package var routes: [Route] {
    PageFiles.all.map { name, type, text in
      let body = Array(text.utf8)
      let headers = [
        ("content-type", type), ("content-security-policy", Self.policy), ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-cache"),
      ]
      return Route("GET", name == "index.html" ? "/" : "/page/\(name)", access: .open) { _ in
        APIResponse(headers: headers, body: body)
      }
    }
  }
}
