public import Conversations
public import Diagnostics

/// How a passage's title and text become the words that are encoded: `{title} {text}`, or `{title}. {text}` as TopiOCQA
/// has it.
///
/// A part that is empty goes away together with the words before it, so that a passage without a title does not begin
/// with a blank.
public struct PassageText: Sendable, Hashable, CustomStringConvertible {
  private enum Part: String, Sendable, Hashable {
    case title
    case text
  }

  /// The template as it was written; part of the encoder's identity.
  public let template: String
  private let parts: [Part]
  /// What stands before the first part, between the parts, and after the last one.
  private let words: [String]

  /// `{title} {text}`
  public static let standard = PassageText("{title} {text}", parts: [.title, .text], words: ["", " ", ""])

  private init(_ template: String, parts: [Part], words: [String]) {
    self.template = template
    self.parts = parts
    self.words = words
  }

  /// - Throws: `usage` when a brace stands alone, a name in braces is unknown, or no part is used.
  public init(_ template: String) throws(ParlanceError) {
    func fault(_ message: String) -> ParlanceError {
      ParlanceError(.usage, "the passage text `\(template)` \(message)")
    }
    var parts: [Part] = []
    var words = [""]
    var rest = template[...]
    while let first = rest.popFirst() {
      switch first {
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw fault("opens a brace that it does not close") }
        guard let part = Part(rawValue: String(rest[..<end])) else {
          throw fault("has {\(rest[..<end])}; expected {title} or {text}")
        }
        parts.append(part)
        words.append("")
        rest = rest[rest.index(after: end)...]
      case "}":
        throw fault("closes a brace that it did not open")
      default:
        words[words.count - 1].append(first)
      }
    }
    guard !parts.isEmpty else { throw fault("uses neither {title} nor {text}") }
    self.init(template, parts: parts, words: words)
  }

  public var description: String { template }

  /// The words that are encoded.
  public func words(of passage: Passage) -> String {
    words(title: passage.title, text: passage.text)
  }

  func words(title: String, text: String) -> String {
    var result = words[0]
    var isFirst = true
    for (place, part) in parts.enumerated() {
      let value = part == .title ? title : text
      if value.isEmpty { continue }
      if !isFirst { result += words[place] }
      result += value
      isFirst = false
    }
    return result + words[parts.count]
  }
}
