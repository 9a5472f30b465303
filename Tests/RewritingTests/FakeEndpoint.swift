import Diagnostics
import Foundation
import Synchronization

@testable import Rewriting

/// An endpoint in memory that can be made to misbehave, and remembers what it was asked.
final class FakeEndpoint: ChatTransport {
  enum Reply: Sendable {
    case content(String)
    case status(Int, retryAfter: String? = nil, location: String? = nil, body: String = "{}")
    case raw(String)
    case broken
  }

  struct Asked: Sendable {
    var url: String
    var headers: [String: String]
    var body: [UInt8]

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
    }

    /// The last message.
    var question: String { (json["messages"] as? [[String: String]])?.last?["content"] ?? "" }
  }

  private let answer: @Sendable (Asked, Int) -> Reply
  private let log = Mutex<[Asked]>([])
  private let whole = Mutex<[[UInt8]: Int]>([:])
  private let underWay = Mutex<(now: Int, most: Int)>((0, 0))

  /// - Parameter answer: what to reply to a question, and how many came before it.
  init(_ answer: @escaping @Sendable (Asked, Int) -> Reply) { self.answer = answer }

  var asked: [Asked] { log.withLock { $0 } }
  /// How often each body got a whole answer: what is paid for.
  var paid: [[UInt8]: Int] { whole.withLock { $0 } }
  var mostUnderWay: Int { underWay.withLock { $0.most } }

  static func answer(_ content: String) -> String {
    let text = String(decoding: (try? JSONEncoder().encode(content)) ?? Data(), as: UTF8.self)
    return #"{"choices":[{"message":{"role":"assistant","content":\#(text)},"finish_reason":"stop"}],"#
      + #""usage":{"prompt_tokens":20,"completion_tokens":7}}"#
  }

  func post(
    _ url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
  ) async throws(ParlanceError) -> ChatReply {
    let asked = Asked(url: url, headers: Dictionary(uniqueKeysWithValues: headers.map { ($0.0, $0.1) }), body: body)
    let number = log.withLock { log in
      log.append(asked)
      return log.count - 1
    }
    underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
    await Task.yield()
    defer { underWay.withLock { $0.now -= 1 } }
    switch answer(asked, number) {
    case .content(let content):
      whole.withLock { $0[body, default: 0] += 1 }
      return ChatReply(status: 200, body: Array(Self.answer(content).utf8))
    case .status(let status, let retryAfter, let location, let body):
      return ChatReply(status: status, retryAfter: retryAfter, location: location, body: Array(body.utf8))
    case .raw(let text): return ChatReply(status: 200, body: Array(text.utf8))
    case .broken: throw ParlanceError(.tryAgain, "the endpoint cannot be reached, or broke off: reset")
    }
  }

  func shutdown() async {}
}
