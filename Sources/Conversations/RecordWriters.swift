public import Diagnostics
import Identifiers
import LineFiles
import StrictJSON

// What is written is what the readers take; that each id is there once is left to them.

/// Writes passages as `PassageReader` reads them.
public final class PassageWriter {
  private let lines: LineWriter
  private var json = JSONText()

  /// - Parameter path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineWriter(path: path)
  }

  /// How many passages were written.
  public var count: Int { lines.lineCount }

  /// Writes one passage as the next line.
  ///
  /// - Throws: `badInput` for what cannot be an id and for metadata with a key of the passage's own; `cannotWrite`.
  public func write(_ passage: Passage) throws(ParlanceError) {
    try lines.check(passage.id, "_id")
    if let key = passage.metadata.keys.first(where: { ["_id", "title", "text"].contains($0) }) {
      throw ParlanceError(
        .badInput, "expected metadata without \"_id\", \"title\" and \"text\", found \"\(key)\"",
        at: .init(file: lines.path, component: "passage \"\(passage.id)\""))
    }
    json.reset()
    json.append(raw: "{\"_id\":")
    json.append(string: passage.id.string)
    json.append(raw: ",\"title\":")
    json.append(string: passage.title)
    json.append(raw: ",\"text\":")
    json.append(string: passage.text)
    for (key, value) in passage.metadata {
      json.append(raw: ",")
      json.append(string: key)
      json.append(raw: ":")
      value.write(to: &json)
    }
    json.append(raw: "}")
    try lines.write(line: json.bytes)
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

/// Writes turns as `TurnReader` reads them.
public final class TurnWriter {
  private let lines: LineWriter
  private var json = JSONText()

  /// - Parameter path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineWriter(path: path)
  }

  /// Writes one turn as the next line.
  ///
  /// - Throws: `badInput` for what cannot be an id, and unless the last message is a question of the user's and `number` counts
  ///   those; `cannotWrite`.
  public func write(_ turn: Turn) throws(ParlanceError) {
    try lines.check(turn.id, "id")
    try lines.check(turn.conversation, "conversation")
    try turn.check(.init(file: lines.path, component: "turn \"\(turn.id)\""))
    json.reset()
    json.append(raw: "{\"id\":")
    json.append(string: turn.id.string)
    json.append(raw: ",\"conversation\":")
    json.append(string: turn.conversation.string)
    json.append(raw: ",\"turn\":")
    json.append(integer: turn.number)
    json.append(raw: ",\"messages\":[")
    for (index, message) in turn.messages.enumerated() {
      json.append(raw: index == 0 ? "{\"role\":" : ",{\"role\":")
      json.append(string: message.role.rawValue)
      json.append(raw: ",\"content\":")
      json.append(string: message.content)
      json.append(raw: "}")
    }
    json.append(raw: "]}")
    try lines.write(line: json.bytes)
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

/// Writes rewrites as `RewriteReader` reads them.
public final class RewriteWriter {
  private let lines: LineWriter
  private var json = JSONText()

  /// - Parameter path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    lines = try LineWriter(path: path)
  }

  /// Writes one rewrite as the next line.
  ///
  /// - Throws: `badInput` for what cannot be an id and for a text without words; `cannotWrite`.
  public func write(_ rewrite: Rewrite) throws(ParlanceError) {
    try lines.check(rewrite.id, "id")
    if rewrite.text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
      throw ParlanceError(
        .badInput, "expected words as the text, found none",
        at: .init(file: lines.path, component: "rewrite of \"\(rewrite.id)\""))
    }
    json.reset()
    json.append(raw: "{\"id\":")
    json.append(string: rewrite.id.string)
    json.append(raw: ",\"text\":")
    json.append(string: rewrite.text)
    json.append(raw: "}")
    try lines.write(line: json.bytes)
  }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}

extension LineWriter {
  /// - Throws: `badInput` for what cannot be an id.
  fileprivate func check(_ id: ExternalID, _ key: String) throws(ParlanceError) {
    if let fault = ExternalID.fault(of: id.string) {
      throw ParlanceError(.badInput, "expected an id \(fault), as \"\(key)\"", at: .init(file: path))
    }
  }
}
