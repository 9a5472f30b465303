import Diagnostics
public import StrictJSON

/// What a request is known by until it is answered.
public enum RPCID: Hashable, Sendable {
  case integer(Int64)
  case string(String)

  /// `nil` for what no id may be: `null`, a fraction, anything else.
  init?(_ json: JSONValue) {
    switch json {
    case .integer(let number): self = .integer(number)
    case .string(let text): self = .string(text)
    default: return nil
    }
  }

  var json: JSONValue {
    switch self {
    case .integer(let number): .integer(number)
    case .string(let text): .string(text)
    }
  }
}

/// A request that waits for an answer.
public struct RPCRequest: Hashable, Sendable {
  public var id: RPCID
  public var method: String
  public var params: JSONObject

  /// What the request says about itself.
  var meta: JSONObject? { params["_meta"]?.object }

  /// The version that the request is of, where it says so.
  var declaredVersion: JSONValue? { meta?[MetaKey.protocolVersion] }

  func answer(_ result: JSONObject) -> JSONValue {
    .object(["jsonrpc": "2.0", "id": id.json, "result": .object(result)])
  }
}

/// One message of JSON-RPC 2.0 as a client sends it.
public enum RPCMessage: Hashable, Sendable {
  case request(RPCRequest)
  case notification(method: String, params: JSONObject)
  /// The answer to a request; none is ever made here.
  case response

  /// - Throws: with the id of the message, where it could be read.
  public init(parsing bytes: [UInt8]) throws(RPCRefusal) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes, file: "")
    } catch {
      throw RPCRefusal(RPCError(.parseError, "not JSON: \(error.message)"))
    }
    try self.init(json)
  }

  init(_ json: JSONValue) throws(RPCRefusal) {
    guard let object = json.object else {
      let found = json.array == nil ? json.kind : "a batch"
      throw RPCRefusal(RPCError(.invalidRequest, "expected one message, an object; found \(found)"))
    }
    let id = object["id"].flatMap { RPCID($0) }
    func refusal(_ message: String) -> RPCRefusal { RPCRefusal(RPCError(.invalidRequest, message), id) }
    guard object["jsonrpc"] == "2.0" else { throw refusal("expected \"jsonrpc\": \"2.0\"") }
    guard let member = object["method"] else {
      guard object["result"] != nil || object["error"] != nil else { throw refusal("expected a \"method\"") }
      self = .response
      return
    }
    guard let method = member.string else { throw refusal("expected a string as \"method\", found \(member.kind)") }
    if object["id"] != nil, id == nil { throw refusal("expected a string or a whole number as \"id\"") }
    // Some write what they do not have as null.
    let given = object["params"].flatMap { $0.isNull ? nil : $0 } ?? .object([:])
    guard let params = given.object else {
      throw RPCRefusal(RPCError(.invalidParams, "expected an object as \"params\", found \(given.kind)"), id)
    }
    self =
      id.map { .request(RPCRequest(id: $0, method: method, params: params)) }
      ?? .notification(method: method, params: params)
  }
}

/// Why a message was not taken, and whose answer that is.
public struct RPCRefusal: Error, Hashable, Sendable {
  public var error: RPCError
  public var id: RPCID?

  init(_ error: RPCError, _ id: RPCID? = nil) {
    self.error = error
    self.id = id
  }

  /// The refusal as a message.
  public var answer: JSONValue { error.answer(to: id) }
}

/// The protocol's own members of `_meta`.
enum MetaKey {
  static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
  static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
  static let serverInfo = "io.modelcontextprotocol/serverInfo"
  static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
}
