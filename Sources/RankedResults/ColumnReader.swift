import Diagnostics
import Identifiers
import BinaryFiles
import LineFiles

/// A line of a TREC file: columns between runs of spaces and tabs.
struct Columns {
  /// The columns' text.
  let texts: [String]

  /// - Throws: `badInput` unless there are as many columns as `names`.
  init(_ line: RawSpan, names: [String], at location: ParlanceError.Location) throws(ParlanceError) {
    var texts: [String] = []
    texts.reserveCapacity(names.count)
    var start: Int?
    for offset in 0...line.byteCount {
      let byte = offset < line.byteCount ? line.byte(at: offset) : UInt8(ascii: " ")
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        if let first = start { texts.append(line.extracting(first..<offset).string()) }
        start = nil
      } else if start == nil {
        start = offset
      }
    }
    guard texts.count == names.count else {
      throw ParlanceError(
        .badInput,
        "expected \(names.count) columns (\(names.joined(separator: ", "))), found \(texts.count)", at: location)
    }
    self.texts = texts
  }
}

extension ExternalID {
  /// - Throws: `badInput` when the column cannot be an id.
  init(column: String, _ name: String, at location: ParlanceError.Location) throws(ParlanceError) {
    if let fault = ExternalID.fault(of: column) {
      throw ParlanceError(.badInput, "expected an id \(fault), as the \(name)", at: location)
    }
    self.init(column)
  }
}
