import Diagnostics
import Identifiers
import LineFiles
import StrictJSON

/// On which line of a file ids were seen first, so that the second one can name both.
struct SeenIDs {
  private var lines: [ExternalID: Int] = [:]

  /// - Throws: `badInput` for an id that was there before.
  mutating func insert(_ id: ExternalID, _ key: String, at location: ParlanceError.Location) throws(ParlanceError) {
    guard let first = lines.updateValue(location.line ?? 0, forKey: id) else { return }
    throw ParlanceError(.badInput, "expected each \"\(key)\" once, \"\(id)\" is already on line \(first)", at: location)
  }
}

extension JSONCursor {
  /// The value of `key`, an id, where `old` is what the key's value was before.
  mutating func id(of key: String, _ old: ExternalID?) throws(ParlanceError) -> ExternalID {
    let text = try text(of: key, old?.string)
    if let fault = ExternalID.fault(of: text) { throw error("expected an id \(fault), as \"\(key)\"") }
    return ExternalID(text)
  }

  /// The value of `key`, a string, where `old` is what the key's value was before.
  mutating func text(of key: String, _ old: String?) throws(ParlanceError) -> String {
    guard old == nil else { throw duplicateKey(key) }
    guard try peek() == .string else { throw expected("a string as \"\(key)\"") }
    return try string()
  }

  /// - Throws: `badInput` unless `value` is there.
  func required<Value>(_ value: Value?, _ key: String) throws(ParlanceError) -> Value {
    guard let value else {
      throw ParlanceError(.badInput, "expected the key \"\(key)\", there is none", at: location)
    }
    return value
  }

  /// - Throws: `badInput` when there is no visible character in `text`.
  func notBlank(_ text: String, _ key: String) throws(ParlanceError) {
    if text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
      throw ParlanceError(.badInput, "expected words as \"\(key)\", found none", at: location)
    }
  }
}

extension LineReader {
  /// Reads one line as one JSON object.
  func nextRecord<Record>(
    _ body: (inout JSONCursor) throws(ParlanceError) -> Record
  ) throws(ParlanceError) -> Record? {
    try withNextLine { (line: RawSpan) throws(ParlanceError) in
      var json = JSONCursor(line, at: location)
      let record = try body(&json)
      try json.end()
      return record
    }
  }
}
