public import Conversations
public import Diagnostics

/// What a language model is asked about a turn: messages with places for the conversation, and what to make of its answer.
///
/// A template is a text file, so that a user's own needs no program:
///
///     name: self-contained
///     version: 1
///     max_tokens: 64
///     label: Query
///     === system
///     You turn …
///     === user
///     {{history}}
///     {{question}}
///
/// The lines before the first `===` are settings: `name`, `version`, `max_tokens`, `temperature`, `label` (what the model is told
/// to write before its answer), `lines` (how many lines of the answer are taken, 1 if not given), `no_history` (what stands for
/// the history of a first turn). `#` begins a remark. Each `===` begins a message of `system`, `user` or `assistant`, the last
/// one the user's. A change of a template that changes answers needs another version: it is told in files and caches.
public struct PromptTemplate: Sendable, Hashable {
  public struct Part: Sendable, Hashable {
    public var role: String
    public var text: String
  }

  public var name: String
  public var version: Int
  public var parts: [Part]
  public var maximumTokens = 64
  public var temperature = 0.0
  public var label: String?
  public var lines = 1
  public var withoutHistory = "(nothing yet)"

  /// Of the history no more than this many characters are given, the most recent ones.
  public static let historyLength = 3000

  /// `self-contained/1`
  public var identity: String { "\(name)/\(version)" }

  /// Whether the last message ends in a line of the label alone, so that an answer may go on behind it.
  var isLabelGiven: Bool {
    let bare = label.map { AnswerLine.bare($0) } ?? ""
    guard !bare.isEmpty, let last = parts.last?.text.split(whereSeparator: \.isNewline).last else { return false }
    return AnswerLine(marked: last).rest(behind: bare)?.isEmpty == true
  }

  /// The messages about a turn.
  public func messages(for turn: Turn) -> [ChatMessage] {
    let history = HistoryText.of(turn, atMost: Self.historyLength)
    let values = [
      "{{history}}": history.isEmpty ? withoutHistory : history, "{{question}}": turn.messages.last?.content ?? "",
    ]
    return parts.map { ChatMessage(role: $0.role, content: Self.filled($0.text, values)) }
  }

  /// The text with the values in their places. What a value says is never a place of its own: people write `{{question}}`, too.
  private static func filled(_ text: String, _ values: [String: String]) -> String {
    var (filled, rest) = ("", text[...])
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      let place = rest[open.lowerBound..<close.upperBound]
      if let value = values[String(place)] {
        filled += rest[..<open.lowerBound] + value
        rest = rest[close.upperBound...]
      } else {
        filled += rest[..<open.upperBound]
        rest = rest[open.upperBound...]
      }
    }
    return filled + rest
  }

  /// Reads a template.
  ///
  /// - Parameter file: for errors, which name the line.
  /// - Throws: `badInput`.
  public init(parsing text: String, file: String) throws(ParlanceError) {
    var settings = PromptSettings()
    var parts: [Part] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let location = ParlanceError.Location(file: file, line: index + 1)
      if line.hasPrefix("===") {
        let role = line.dropFirst(3).filter { !$0.isWhitespace }
        guard ["system", "user", "assistant"].contains(role) else {
          throw ParlanceError(
            .badInput, "expected system, user or assistant behind ===, found \"\(role)\"", at: location)
        }
        parts.append(Part(role: String(role), text: ""))
      } else if parts.isEmpty {
        if !line.hasPrefix("#"), !line.allSatisfy(\.isWhitespace) { try settings.take(line, at: location) }
      } else {
        let places = line.matches(of: #/{{\s*(\w+)\s*}}/#).map(\.0)
        if let place = places.first(where: { !["{{history}}", "{{question}}"].contains($0) }) {
          throw ParlanceError(
            .badInput,
            "no turn has something to put in the place of \(place); there are {{history}} and {{question}}",
            at: location)
        }
        parts[parts.count - 1].text += line + "\n"
      }
    }
    let whole = ParlanceError.Location(file: file)
    guard let name = settings.name, let version = settings.version else {
      throw ParlanceError(.badInput, "expected name: and version: before the first ===", at: whole)
    }
    guard parts.last?.role == "user" else {
      throw ParlanceError(.badInput, "expected a last message of the user, behind === user", at: whole)
    }
    guard parts.contains(where: { $0.text.contains("{{question}}") }) else {
      throw ParlanceError(.badInput, "expected {{question}} in a message, where the turn's question goes", at: whole)
    }
    self.name = name
    self.version = version
    self.parts = parts.map { Part(role: $0.role, text: HistoryText.trimmed($0.text)) }
    maximumTokens = settings.maximumTokens ?? maximumTokens
    temperature = settings.temperature ?? temperature
    label = settings.label
    lines = settings.lines ?? lines
    withoutHistory = settings.withoutHistory ?? withoutHistory
  }
}

/// The settings before the first message of a template's file.
struct PromptSettings {
  var name: String?
  var version: Int?
  var maximumTokens: Int?
  var temperature: Double?
  var label: String?
  var lines: Int?
  var withoutHistory: String?

  /// - Throws: `badInput` for a key that does not exist or a value that it cannot have.
  mutating func take(_ line: Substring, at location: ParlanceError.Location) throws(ParlanceError) {
    guard let colon = line.firstIndex(of: ":") else {
      throw ParlanceError(.badInput, "expected a setting such as name: …, or a message behind === user", at: location)
    }
    let key = HistoryText.trimmed(String(line[..<colon]))
    let value = HistoryText.trimmed(String(line[line.index(after: colon)...]))
    func number(from low: Int) throws(ParlanceError) -> Int {
      guard let number = Int(value), number >= low else {
        throw ParlanceError(
          .badInput, "expected a number of \(low) or more as \(key), found \"\(value)\"", at: location)
      }
      return number
    }
    switch key {
    case "name":
      guard !value.isEmpty, value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+".contains($0)) })
      else { throw ParlanceError(.badInput, "expected a name of letters, digits and -_.+", at: location) }
      name = value
    case "version": version = try number(from: 1)
    case "max_tokens": maximumTokens = try number(from: 1)
    case "lines": lines = try number(from: 1)
    case "temperature":
      guard let number = Double(value), number >= 0, number <= 2 else {
        throw ParlanceError(.badInput, "expected a temperature from 0 to 2, found \"\(value)\"", at: location)
      }
      temperature = number
    case "label": label = value
    case "no_history": withoutHistory = value
    default:
      throw ParlanceError(
        .badInput,
        "expected name, version, max_tokens, temperature, label, lines or no_history, found \"\(key)\"", at: location)
    }
  }
}
