package import StrictJSON

/// An answer, whole: passages are small, and a whole body has a length that clients can trust.
package struct APIResponse: Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func json(_ value: JSONValue, status: Int = 200) -> APIResponse {
    var text = JSONText()
    value.write(to: &text)
    return APIResponse(status: status, headers: [("content-type", "application/json")], body: text.bytes)
  }

  package static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> APIResponse {
    APIResponse(headers: [("content-type", type)], body: Array(text.utf8))
  }

  package subscript(header name: String) -> String? {
    headers.first { $0.name == name }?.value
  }
}
