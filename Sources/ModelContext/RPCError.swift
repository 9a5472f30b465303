import StrictJSON

/// An error of the protocol: the call itself is wrong, or the server is. What a tool has to say about its arguments is a result
/// instead, which the model that calls it gets to read.
public struct RPCError: Error, Hashable, Sendable {
  /// The codes of JSON-RPC, and those that the protocol adds to them.
  public enum Code: Int64, Sendable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    /// More requests than are taken at once; from the codes that JSON-RPC leaves to the server.
    case busy = -32000
    /// A header of HTTP says other than the body.
    case headerMismatch = -32020
    case unsupportedProtocolVersion = -32022
  }

  public var code: Code
  public var message: String
  var data: JSONValue?
  /// Whether the request lacks what every request has, which HTTP tells by its status.
  var isMalformed = false

  init(_ code: Code, _ message: String, data: JSONValue? = nil, isMalformed: Bool = false) {
    self.code = code
    self.message = message
    self.data = data
    self.isMalformed = isMalformed
  }

  static func unsupported(_ requested: String) -> RPCError {
    RPCError(
      .unsupportedProtocolVersion, "unsupported protocol version",
      data: .object([
        "supported": .array(ProtocolVersion.names.map { .string($0) }), "requested": .string(requested),
      ]))
  }

  /// The error as the answer to a request; without an id where none could be read.
  func answer(to id: RPCID?) -> JSONValue {
    var error: JSONObject = ["code": .integer(code.rawValue), "message": .string(message)]
    error["data"] = data
    var answer: JSONObject = ["jsonrpc": "2.0"]
    answer["id"] = id?.json
    answer["error"] = .object(error)
    return .object(answer)
  }
}
