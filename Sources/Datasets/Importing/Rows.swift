import BinaryFiles
import Conversations
import Diagnostics
import LineFiles
import StrictJSON

extension ImportFile {
  /// Gives each JSON object of the file to `body`: JSON lines, where a malformed one ends with its line, or the elements of
  /// an array.
  func eachObject(
    _ output: ImportOutput, _ body: (JSONRow) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    if try holdsJSONLines() {
      let lines = try lines(output.interruption)
      try eachObject(output, body) { isOver throws(ParlanceError) in
        while let line = try next(lines, &isOver) {
          if line.isBlank { continue }
          return (line: Array(line.utf8), number: lines.lineNumber, location: lines.location)
        }
        return nil
      }
    } else {
      let elements = try elements(output.interruption)
      try eachObject(output, body) { isOver throws(ParlanceError) in
        let count = elements.elementCount
        do throws(ParlanceError) {
          let bytes = try elements.withNextElement { (bytes: RawSpan) throws(ParlanceError) in bytes.array() }
          var location = elements.location
          // A file may be one line.
          if elements.isArray { location.component = "element \(elements.elementCount)" }
          return bytes.map { (line: $0, number: elements.elementCount, location: location) }
        } catch {
          // What did not get on, as in damaged gzip, would fail again for ever.
          isOver = elements.elementCount == count
          throw error
        }
      }
    }
  }

  private typealias Element = (line: [UInt8], number: Int, location: ParlanceError.Location)

  private func eachObject(
    _ output: ImportOutput, _ body: (JSONRow) throws(ParlanceError) -> Void,
    next: (inout Bool) throws(ParlanceError) -> Element?
  ) throws(ParlanceError) {
    var isOver = false
    while !isOver {
      try output.row { () throws(ParlanceError) in
        guard let element = try next(&isOver) else { return isOver = true }
        let value: JSONValue
        do throws(ParlanceError) {
          value = try JSONValue(parsing: element.line, file: path)
        } catch {
          throw error.moved(to: element.location)
        }
        guard let object = value.object else {
          throw ParlanceError(.badInput, "expected an object, found \(value.kind)", at: element.location)
        }
        do throws(ParlanceError) {
          try body(JSONRow(object: object, location: element.location, number: element.number))
        } catch {
          throw error.location == nil ? ParlanceError(error.code, error.message, at: element.location) : error
        }
      }
    }
  }

  /// How a line is cut into columns.
  enum ColumnForm {
    /// So many between tabs, with quotation marks as in CSV; a column may be empty.
    case quoted(Int)
    /// An id and a text, in which a further tab is white space.
    case idAndText
    /// Between tabs where the line has one, so that a blank within an id is no end of it, else between runs of blanks.
    case blanks

    /// How many columns a line has, no more and no fewer.
    var count: Int? {
      switch self {
      case .quoted(let count): count
      case .idAndText: 2
      case .blanks: nil
      }
    }

    /// - Returns: the columns, and whether the last one waits for its quotation mark.
    func cut(_ line: String) -> (columns: [String], isOpen: Bool) {
      switch self {
      case .quoted: return ImportFile.fields(line)
      case .idAndText:
        let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return ([line], false) }
        return ([String(parts[0]), parts[1].split(separator: "\t").joined(separator: " ")], false)
      case .blanks:
        guard line.contains("\t") else { return (line.split(separator: " ").map(String.init), false) }
        return (line.split(separator: "\t").map { String($0).trimmed }.filter { !$0.isEmpty }, false)
      }
    }
  }

  /// Gives the columns of each line to `body`; empty lines are passed over. A line of another number of columns is malformed:
  /// cut short, it would be another row.
  func eachLine(
    _ output: ImportOutput, columns form: ColumnForm, _ body: ([String]) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let lines = try lines(output.interruption)
    var isOver = false
    // Lines that a quotation mark without an end had taken for its own.
    var givenBack: [(line: String, location: ParlanceError.Location)] = []
    while !isOver {
      try output.row { () throws(ParlanceError) in
        let isRead = givenBack.isEmpty
        guard var line = isRead ? try next(lines, &isOver) : givenBack[0].line else { return isOver = true }
        let location = isRead ? lines.location : givenBack[0].location
        if !isRead { givenBack.removeFirst() }
        if line.isBlank { return }
        var (columns, isOpen) = form.cut(line)
        // A quoted field may hold line ends.
        var further = 0
        while isOpen, further < Self.furtherLines {
          if further == givenBack.count {
            guard let more = try lines.nextString() else { break }
            givenBack.append((more, lines.location))
          }
          line += "\n" + givenBack[further].line
          further += 1
          (columns, isOpen) = form.cut(line)
        }
        guard !isOpen else {
          throw ParlanceError(.badInput, "the quotation mark that a column begins with has no end", at: location)
        }
        givenBack.removeFirst(further)
        if let count = form.count, columns.count != count {
          throw ParlanceError(.badInput, "expected \(count) columns, found \(columns.count)", at: location)
        }
        do throws(ParlanceError) { try body(columns) } catch {
          throw error.location == nil ? ParlanceError(error.code, error.message, at: location) : error
        }
      }
    }
  }

  /// The next line; where the file cannot be read on, as with damaged gzip, it is over.
  private func next(_ lines: LineReader, _ isOver: inout Bool) throws(ParlanceError) -> String? {
    let number = lines.lineNumber
    do throws(ParlanceError) {
      return try lines.nextString()
    } catch {
      isOver = lines.lineNumber == number
      throw error
    }
  }

  /// How many lines a quoted field may go on for.
  private static let furtherLines = 64

  /// Columns between tabs; one that begins with a quotation mark ends with one and doubles those within, as CSV has it.
  ///
  /// - Returns: the columns, and whether the last one waits for its quotation mark.
  static func fields(_ line: String) -> (columns: [String], isOpen: Bool) {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var bytes = Array(line.utf8)[...]
    while let byte = bytes.popFirst() {
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if bytes.first == UInt8(ascii: "\"") {
          field.append(byte)
          bytes.removeFirst()
        } else {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\"") && field.isEmpty {
        isQuoted = true
      } else if byte == UInt8(ascii: "\t") {
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
      } else {
        field.append(byte)
      }
    }
    return (fields + [String(decoding: field, as: UTF8.self)], isQuoted)
  }

  /// Reads judgments: `query 0 passage grade` between blanks or tabs, or `query passage grade` as BEIR has it, with or
  /// without a line of headings. All lines of a file are of one form: between blanks, one within an id would make TREC's of
  /// BEIR's.
  func eachJudgment(
    _ output: ImportOutput, _ body: (_ turn: String, _ passage: String, _ grade: Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var known: Int?
    try eachLine(output, columns: .blanks) { columns throws(ParlanceError) in
      let count = columns.count
      if let known, count != known {
        throw ParlanceError(.badInput, "expected \(known) columns, found \(count)")
      }
      guard count == 3 || count == 4 else {
        throw ParlanceError(
          .badInput,
          "expected 3 columns (query, passage, grade) or 4 (query, 0, passage, grade), found \(count)")
      }
      if !Self.headings.contains(columns[0]) {
        guard let grade = Self.grade(columns[count - 1]) else {
          throw ParlanceError(.badInput, "expected a whole number as the grade, found \"\(columns[count - 1])\"")
        }
        try body(columns[0], columns[count - 2], grade)
      }
      known = count
    }
  }

  /// What the first column of judgments may be headed with.
  private static let headings: Set<String> = ["query-id", "query_id"]

  /// A whole number, also one that is written `1.0`, as tables of real numbers have it.
  private static func grade(_ text: String) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, parts[1].isEmpty || !parts[1].allSatisfy({ $0 == "0" }) { return nil }
    return Int(parts[0])
  }

  /// Whether the first line looks like a judgment, or like the headings of judgments.
  func holdsJudgments() throws(ParlanceError) -> Bool {
    guard let line = try firstLine() else { return false }
    let columns = ColumnForm.blanks.cut(line).columns
    guard let first = columns.first, let last = columns.last else { return false }
    if Self.headings.contains(first) { return true }
    guard let number = Double(last), number.isFinite else { return false }
    if columns.count == 4 { return columns[1].count <= 2 }
    // Not a sentence that ends with a year, nor three ids.
    return columns.count == 3 && abs(number) < 100 && (line.contains("\t") || hasExtension("tsv"))
  }
}

extension ParlanceError {
  /// The error of an element with its place in the file, where it says that of the element.
  func moved(to element: Location) -> ParlanceError {
    guard var place = location, let line = place.line, place.file == element.file else {
      return ParlanceError(code, message, at: element)
    }
    place.line = line + (element.line ?? 1) - 1
    place.component = place.component ?? element.component
    return ParlanceError(code, message, at: place)
  }
}

/// One object of a JSON file, whose members are asked for by name.
struct JSONRow {
  let object: JSONObject
  let location: ParlanceError.Location
  /// Its place among the elements of an array, or its line, from 1.
  var number = 0

  /// The first of these keys that is there with text; numbers are taken as they are written.
  ///
  /// - Throws: `badInput` when there is none.
  func text(_ keys: String...) throws(ParlanceError) -> String {
    for key in keys {
      if let text = JSONRow.text(object[key]) { return text }
    }
    throw ParlanceError(
      .badInput, "expected the key \"\(keys[0])\" with text, there is " + (object[keys[0]].map(\.kind) ?? "none"),
      at: location)
  }

  func optionalText(_ keys: String...) -> String? {
    for key in keys {
      if let text = JSONRow.text(object[key]) { return text }
    }
    return nil
  }

  /// The objects in the array under the first of these keys that is there.
  ///
  /// - Throws: `badInput` when there is none, or when an element is no object.
  func rows(_ keys: String...) throws(ParlanceError) -> [JSONRow] {
    for key in keys {
      guard let array = object[key]?.array else { continue }
      var rows: [JSONRow] = []
      for element in array {
        guard let object = element.object else {
          throw ParlanceError(.badInput, "expected objects under \"\(key)\", found \(element.kind)", at: location)
        }
        rows.append(JSONRow(object: object, location: location, number: rows.count))
      }
      return rows
    }
    throw ParlanceError(.badInput, "expected an array as \"\(keys[0])\"", at: location)
  }

  static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)?: text
    case .integer(let number)?: "\(number)"
    default: nil
    }
  }

  /// Texts that alternate between the user, who begins, and the assistant.
  static func alternating(_ texts: [String]) -> [Message] {
    texts.enumerated().map { Message(role: $0.isMultiple(of: 2) ? .user : .assistant, content: $1) }
  }
}
