import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What came back.
public struct ChatAnswer: Sendable, Hashable {
  public var content: String
  /// Why the model ended: `stop`, `length`, `content_filter`, or another word of the endpoint's; `refusal` where the answer is one.
  public var finish: String?
  /// Tokens read and written, where the endpoint counts them.
  public var promptTokens: Int?
  public var completionTokens: Int?
  /// Whether it came whole, so that it was paid, and has no content that can be read.
  public var isUnreadable = false

  public init(content: String, finish: String? = nil, promptTokens: Int? = nil, completionTokens: Int? = nil) {
    self.content = content
    self.finish = finish
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }

  /// An answer that was paid and that nobody can read.
  static var unreadable: ChatAnswer {
    var answer = ChatAnswer(content: "")
    answer.isUnreadable = true
    return answer
  }

  /// What `finish` says of a failure that came with status 200, and of a refusal in a place of its own.
  static let failed = "error"
  private static let refusal = "refusal"

  /// Whether it ended because it reached the greatest number of tokens.
  var wasCutOff: Bool { finish == "length" }
  /// Whether the endpoint kept it back for what it says.
  var wasFiltered: Bool { finish == "content_filter" }
  /// Whether the model says, where the endpoint keeps that apart, that it does not answer.
  var isRefusal: Bool { finish == Self.refusal }

  /// - Returns: `nil` for what is no whole answer: garbage, half a body, another document.
  public init?(body: [UInt8]) { self.init(Self.document(in: body), body: body) }

  /// The same of a body that was read.
  ///
  /// - Parameter document: what `document(in:)` makes of the body.
  init?(_ document: JSONValue?, body: [UInt8]) {
    if let document {
      guard let choice = document["choices"]?.array?.first, let message = choice["message"] else { return nil }
      let usage = document["usage"]
      let content = Self.text(of: message["content"])
      let isRefusal = content.allSatisfy(\.isWhitespace) && Self.hasRefusal(message)
      self.init(
        content: content, finish: isRefusal ? Self.refusal : choice["finish_reason"]?.string,
        promptTokens: usage?["prompt_tokens"]?.integer, completionTokens: usage?["completion_tokens"]?.integer)
      return
    }
    // Members given twice, and what else a strict reader refuses and an endpoint sends.
    guard let loose = try? JSONDecoder().decode(Loose.self, from: Data(body)), let choice = loose.choices.first else {
      return nil
    }
    self.init(
      content: Self.stored(choice.message.content ?? ""), finish: choice.finish_reason,
      promptTokens: loose.usage?.prompt_tokens,
      completionTokens: loose.usage?.completion_tokens)
  }

  /// A body as JSON, where a strict reader can read it, halves of characters apart.
  static func document(in body: [UInt8]) -> JSONValue? {
    (try? JSONValue(parsing: body, file: "answer"))
      ?? (try? JSONValue(parsing: LoneSurrogates.replaced(in: body), file: "answer"))
  }

  /// Whether a message has a refusal in place of its content, or as a part of it.
  private static func hasRefusal(_ message: JSONValue) -> Bool {
    if let text = message["refusal"]?.string, !text.isEmpty { return true }
    return (message["content"]?.array ?? []).contains { $0["type"]?.string == "refusal" }
  }

  /// A text, or the texts among its parts: some endpoints keep reasoning and answer apart.
  private static func text(of content: JSONValue?) -> String {
    if let text = content?.string { return stored(text) }
    let parts = (content?.array ?? []).filter { ["text", "output_text", nil].contains($0["type"]?.string) }
    return stored(parts.compactMap { $0["text"]?.string }.joined())
  }

  /// Without the character that ends a text in the cache.
  private static func stored(_ text: String) -> String { text.replacing("\0", with: " ") }

  /// Whether a body that gives no answer is nevertheless a whole document of the protocol's, as which it was paid: one object
  /// that speaks of choices. A page of a proxy is none, and half a body is none.
  static func wasPaid(_ body: [UInt8]) -> Bool {
    let visible = { (byte: UInt8) in byte > 0x20 }
    guard body.first(where: visible) == UInt8(ascii: "{"), body.last(where: visible) == UInt8(ascii: "}") else {
      return false
    }
    return String(decoding: body, as: UTF8.self).contains("\"choices\"")
  }

  private struct Loose: Decodable {
    struct Choice: Decodable {
      struct Message: Decodable { var content: String? }
      var message: Message
      var finish_reason: String?
    }

    struct Usage: Decodable {
      var prompt_tokens: Int?
      var completion_tokens: Int?
    }

    var choices: [Choice]
    var usage: Usage?
  }
}

/// Halves of characters, which models that write bytes leave in JSON now and then, as `\ud83d` without its other half.
private enum LoneSurrogates {
  /// The same text with U+FFFD in the place of each.
  static func replaced(in body: [UInt8]) -> [UInt8] {
    var bytes = body
    var place = 0
    while place + 1 < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      guard let unit = unit(at: place, bytes), (0xD800...0xDFFF).contains(unit) else {
        place += 2
        continue
      }
      if unit < 0xDC00, let next = self.unit(at: place + 6, bytes), (0xDC00...0xDFFF).contains(next) {
        place += 12
        continue
      }
      bytes.replaceSubrange(place + 2..<place + 6, with: Array("fffd".utf8))
      place += 6
    }
    return bytes
  }

  /// The UTF-16 unit that `\uXXXX` at this place names.
  private static func unit(at place: Int, _ bytes: [UInt8]) -> UInt16? {
    guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt16(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
  }
}
