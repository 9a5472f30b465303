import BinaryFiles
import Diagnostics
import Identifiers
import RankedResults
import StrictJSON

/// Reads `{"query": {"passage": number, …}, …}`: the form of DiSCo's run.json and qrel.json, a whole file of one value,
/// entry by entry from the mapped bytes.
enum JSONScores {
  /// What receives the entries; the cursor stands before the number.
  protocol Receiver {
    mutating func begin(_ query: ExternalID) throws(ParlanceError)
    mutating func take(_ passage: ExternalID, _ json: inout JSONCursor) throws(ParlanceError)
  }

  /// - Throws: `noInput`; `badInput` with the line for anything else in the file; what the receiver throws, with the line.
  static func read(_ path: String, into receiver: inout some Receiver) throws(ParlanceError) {
    let file = try MappedFile(path: path, access: .sequential)
    let bytes = file.bytes
    if let offset = invalidUTF8Offset(in: bytes) {
      throw ParlanceError(.badInput, "expected UTF-8, byte \(offset + 1) of the file is not", at: .init(file: path))
    }
    var json = JSONCursor(bytes, at: .init(file: path))
    try json.beginObject()
    while let query = try json.nextKey() {
      if let fault = ExternalID.fault(of: query) { throw json.error("expected an id \(fault), as a query") }
      do {
        try receiver.begin(ExternalID(query))
      } catch { throw error.located(by: json) }
      try json.beginObject()
      while let passage = try json.nextKey() {
        if let fault = ExternalID.fault(of: passage) { throw json.error("expected an id \(fault), as a passage") }
        do {
          try receiver.take(ExternalID(passage), &json)
        } catch { throw error.located(by: json) }
      }
    }
    try json.end()
  }
}

extension ParlanceError {
  /// The error with the place where the cursor stands, where it has none.
  fileprivate func located(by json: borrowing JSONCursor) -> ParlanceError {
    location == nil && code == .badInput ? json.error(message) : self
  }
}

extension Qrels {
  /// Reads judgments: TREC's form, or DiSCo's where the name ends with `.json`.
  ///
  /// - Throws: as `QrelsReader`.
  init(readingAnyForm path: String) throws(ParlanceError) {
    guard path.hasSuffix(".json") else {
      try self.init(readingFrom: path)
      return
    }
    var receiver = GradeReceiver()
    try JSONScores.read(path, into: &receiver)
    self.init(grades: receiver.grades)
  }
}

private struct GradeReceiver: JSONScores.Receiver {
  var grades: [ExternalID: [ExternalID: Int]] = [:]
  private var query: ExternalID = ""

  mutating func begin(_ query: ExternalID) throws(ParlanceError) {
    guard grades.updateValue([:], forKey: query) == nil else {
      throw ParlanceError(.badInput, "expected each query once, \"\(query)\" is there twice")
    }
    self.query = query
  }

  mutating func take(_ passage: ExternalID, _ json: inout JSONCursor) throws(ParlanceError) {
    guard let grade = Int(exactly: try json.double()) else { throw json.error("expected a whole number as the grade") }
    guard grades[query]?.updateValue(grade, forKey: passage) == nil else {
      throw ParlanceError(.badInput, "expected each passage once, \"\(passage)\" of \"\(query)\" is there twice")
    }
  }
}
