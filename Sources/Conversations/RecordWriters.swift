public import Diagnostics
import Identifiers
import LineFiles
import StrictJSON

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

  public func write(_ passage: Passage) throws(ParlanceError) {
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

  public func write(_ turn: Turn) throws(ParlanceError) {
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

  public func write(_ rewrite: Rewrite) throws(ParlanceError) {
    json.reset()
    json.append(raw: "{\"id\":")
    json.append(string: rewrite.id.string)
    json.append(raw: ",\"text\":")
    json.append(string: rewrite.text)
    json.append(raw: "}")
    try lines.write(line: json.bytes)
  }

  public func finish() throws(ParlanceError) { try lines.finish() }
}
