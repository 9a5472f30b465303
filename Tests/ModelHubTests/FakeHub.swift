import BinaryFiles
import Diagnostics
import Foundation
import Synchronization

@testable import ModelHub

/// A hub in memory that speaks the protocol and can be made to misbehave.
final class FakeHub: HubTransport {
  static let endpoint = "https://hub.test"
  static let storage = "https://storage.test"
  static let commit = String(repeating: "c", count: 40)

  struct Faults: Sendable {
    /// Bytes after which each of the next storage answers breaks off.
    var breaksAfter: [Int] = []
    /// Statuses of the next answers.
    var statuses: [Int] = []
    var ignoresRange = false
    var damages = false
    var isOffline = false
    /// What is said of every size.
    var statedSize: String?
    var errorCode: String?
    /// When an address of the storage stops to be one.
    var expiry = Expiry.never
    /// The signature that the storage takes.
    var signature = 1
  }

  enum Expiry: Sendable {
    case never
    case whenBroken
    case atOnce
  }

  struct Logged: Sendable, Hashable {
    var method: String
    var url: String
    var authorization: String?
    var range: String?
  }

  let files: [String: [UInt8]]
  let faults: Mutex<Faults>
  let log = Mutex<[Logged]>([])

  init(files: [String: [UInt8]], faults: Faults = Faults()) {
    self.files = files
    self.faults = Mutex(faults)
  }

  var requests: [Logged] { log.withLock { $0 } }
  func clearLog() { log.withLock { $0 = [] } }

  func shutdown() async {}

  func send<Result: Sendable>(
    _ request: HubRequest, receive: (HubAnswer, HubBody) async throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result {
    func header(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
    log.withLock {
      $0.append(
        Logged(
          method: request.method.rawValue, url: request.url, authorization: header("authorization"),
          range: header("range")))
    }
    if faults.withLock({ $0.isOffline }) { throw ParlanceError(.tryAgain, "cannot reach the hub") }
    let forced = faults.withLock { $0.statuses.isEmpty ? nil : $0.statuses.removeFirst() }
    if let forced {
      let code = faults.withLock { $0.errorCode }
      let headers = code.map { ["x-error-code": $0] } ?? [:]
      return try await receive(HubAnswer(status: forced, headers: headers), body([]))
    }
    let (status, headers, content) = answer(request, range: header("range"))
    let breaksAfter =
      request.url.hasPrefix(Self.storage) && request.method == .get
      ? faults.withLock { $0.breaksAfter.isEmpty ? nil : $0.breaksAfter.removeFirst() } : nil
    if breaksAfter != nil { faults.withLock { if $0.expiry == .whenBroken { $0.signature += 1 } } }
    let sent = request.method == .head ? [] : content
    return try await receive(HubAnswer(status: status, headers: headers), body(sent, breaksAfter: breaksAfter))
  }

  private func answer(_ request: HubRequest, range: String?) -> (Int, [String: String], [UInt8]) {
    let repository = Self.endpoint + "/owner/name/resolve/" + Self.commit + "/"
    if request.url.hasPrefix(Self.endpoint + "/api/models/owner/name/revision/") {
      let siblings = files.keys.sorted().map { #"{"rfilename":"\#($0)"}"# }.joined(separator: ",")
      return (200, [:], Array(#"{"sha":"\#(Self.commit)","siblings":[\#(siblings)],"other":[1,{}]}"#.utf8))
    }
    if request.url.hasPrefix(Self.endpoint + "/api/models/old/name/") {
      return (307, ["location": request.url.replacing("old/name", with: "owner/name")], [])
    }
    if request.url.hasPrefix(Self.endpoint + "/old/name/") {
      return (
        307, ["location": String(request.url.dropFirst(Self.endpoint.count)).replacing("old/", with: "owner/")], []
      )
    }
    if request.url.hasPrefix(Self.endpoint + "/api/models/round/") { return (307, ["location": request.url], []) }
    if request.url.hasPrefix(repository), let content = files[String(request.url.dropFirst(repository.count))] {
      let path = String(request.url.dropFirst(repository.count))
      if path.hasSuffix(".safetensors") {
        let digest = SHA256.digest(of: content).hexadecimal
        let signature = faults.withLock { faults in
          defer { if faults.expiry == .atOnce { faults.signature += 1 } }
          return faults.signature
        }
        return (
          302,
          [
            "x-linked-etag": "\"\(digest)\"", "x-linked-size": faults.withLock { $0.statedSize } ?? "\(content.count)",
            "location": Self.storage + "/" + path + "?signature=\(signature)",
          ], []
        )
      }
      return (
        200, ["etag": "W/\"\(GitBlobHash.hexadecimal(of: content.rawSpan))\"", "content-length": "\(content.count)"],
        content
      )
    }
    if request.url.hasPrefix(Self.storage + "/") {
      let path = String(request.url.dropFirst(Self.storage.count + 1).prefix { $0 != "?" })
      guard var content = files[path] else { return (404, [:], []) }
      guard request.url.hasSuffix("?signature=\(faults.withLock { $0.signature })") else { return (403, [:], []) }
      if faults.withLock({ $0.damages }) { content[0] ^= 1 }
      if let range, !faults.withLock({ $0.ignoresRange }) {
        let start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
        if start >= content.count { return (416, [:], []) }
        return (
          206, ["content-range": "bytes \(start)-\(content.count - 1)/\(content.count)"], Array(content[start...])
        )
      }
      return (200, [:], content)
    }
    return (404, ["x-error-code": "RepoNotFound"], [])
  }

  private func body(_ content: [UInt8], breaksAfter: Int? = nil) -> HubBody {
    var sent = 0
    return HubBody { () async throws(ParlanceError) -> [UInt8]? in
      if let breaksAfter, sent >= breaksAfter { throw ParlanceError(.tryAgain, "the connection broke") }
      if sent == content.count { return nil }
      let end = min(sent + 1000, content.count, breaksAfter ?? .max)
      defer { sent = end }
      return Array(content[sent..<end])
    }
  }
}
