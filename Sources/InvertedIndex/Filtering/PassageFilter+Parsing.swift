public import Diagnostics
public import StrictJSON

extension PassageFilter {
  /// Reads a filter as programs write it: an object with a key for each field, and for each what it has to be.
  ///
  ///     {"lang": "en", "tag": ["git", "svn"], "year": {"gte": 2020, "lt": 2024}}
  ///
  /// A string, a number, `true` or `false` has to be equal, of a list any element; an object of `gt`, `gte`, `lt`, `lte`
  /// with numbers is a range.
  ///
  /// - Throws: `usage` for anything else, naming the field.
  public init(json: JSONValue) throws(ParlanceError) {
    guard case .object(let members) = json else {
      throw ParlanceError(.usage, "expected a filter as an object of fields, found \(json.kind)")
    }
    self.init()
    for (field, value) in members { conditions.append(Condition(field, try Self.test(value, of: field))) }
  }

  /// What a filter of a caller elsewhere may have: each value costs a comparison for each passage where an index has no columns.
  package static let mostConditions = 32
  package static let mostValues = 1000

  /// - Throws: `usage` for more.
  package func checkSize() throws(ParlanceError) {
    guard conditions.count <= Self.mostConditions else {
      throw ParlanceError(.usage, "expected a filter of at most \(Self.mostConditions) fields")
    }
    for condition in conditions {
      if case .anyOf(let values) = condition.test, values.count > Self.mostValues {
        throw ParlanceError(.usage, "the filter of \"\(condition.field)\": expected at most \(Self.mostValues) values")
      }
    }
  }

  private static func test(_ value: JSONValue, of field: String) throws(ParlanceError) -> Test {
    switch value {
    case .array(let elements):
      return .anyOf(
        try elements.map { element throws(ParlanceError) in
          try asked(element, of: field)
        })
    case .object(let bounds): return .range(try range(bounds, of: field))
    default:
      return .anyOf([try asked(value, of: field)])
    }
  }

  private static func asked(_ json: JSONValue, of field: String) throws(ParlanceError) -> Value {
    guard let value = Value(json) else { throw refused(json, of: field) }
    if !value.isExact {
      throw ParlanceError(
        .usage,
        "the filter of \"\(field)\": whole numbers from 2^53 on, such as \(json.text), cannot be told from their neighbours; keep ids "
          + "of that size as strings")
    }
    return value
  }

  private static func range(_ bounds: JSONObject, of field: String) throws(ParlanceError) -> NumberRange {
    var range = NumberRange()
    for (name, value) in bounds {
      guard ["gt", "gte", "lt", "lte"].contains(name) else {
        throw ParlanceError(
          .usage, "the filter of \"\(field)\": expected gt, gte, lt or lte with a number, found \"\(name)\"")
      }
      guard let number = value.double else {
        throw ParlanceError(.usage, "the filter of \"\(field)\": expected a number as \(name), found \(value.kind)")
      }
      try range.bound(by: number, name.hasPrefix("g") ? .below : .above, included: name.hasSuffix("e"), of: field)
    }
    guard range != NumberRange() else {
      throw ParlanceError(.usage, "the filter of \"\(field)\": expected gt, gte, lt or lte, found no bound")
    }
    return range
  }

  private static func refused(_ value: JSONValue, of field: String) -> ParlanceError {
    ParlanceError(
      .usage,
      "the filter of \"\(field)\": expected a string, a number, true or false, a list of them, or bounds; found "
        + value.kind)
  }

  /// Reads a condition as people type it: `lang=en`, `lang=en|de`, `year>=2020`, `year<2024`.
  ///
  /// What stands behind `=` is a string, and where it reads as a number or as `true` or `false`, that as well. A backslash
  /// before `|`, `=` or another backslash makes it a character of the value. Blanks around the two sides do not count.
  ///
  /// - Throws: `usage`.
  public init(text: String) throws(ParlanceError) {
    let bytes = Array(text.utf8)
    let signs = Array("=<>".utf8)
    guard let sign = bytes.firstIndex(where: signs.contains), sign > 0
    else {
      throw ParlanceError(.usage, "expected a condition such as lang=en, lang=en|de or year>=2020, found \"\(text)\"")
    }
    let field = String(decoding: Self.trimmed(bytes[..<sign]), as: UTF8.self)
    // `!=`, `==`, `=>` and `=<` are slips of those who know another language.
    let isDoubled = sign + 1 < bytes.count && bytes[sign] == UInt8(ascii: "=") && signs.contains(bytes[sign + 1])
    guard !field.isEmpty, !field.hasSuffix("!"), !isDoubled else {
      throw ParlanceError(
        .usage, "expected a field and one of =, <, <=, > and >=, as in lang=en|de or year>=2020, found \"\(text)\"")
    }
    if bytes[sign] == UInt8(ascii: "=") {
      let values = Self.alternatives(Self.trimmed(bytes[(sign + 1)...]))
      self.init([Condition(field, .anyOf(values.flatMap(Self.readings)))])
      return
    }
    let isIncluded = sign + 1 < bytes.count && bytes[sign + 1] == UInt8(ascii: "=")
    let rest = String(decoding: Self.trimmed(bytes[(sign + (isIncluded ? 2 : 1))...]), as: UTF8.self)
    guard let number = Self.number(rest) else {
      throw ParlanceError(.usage, "the filter of \"\(field)\": expected a number as bound, found \"\(rest)\"")
    }
    var range = NumberRange()
    try range.bound(
      by: number, bytes[sign] == UInt8(ascii: ">") ? .below : .above, included: isIncluded, of: field)
    self.init([Condition(field, .range(range))])
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return bytes[first...last]
  }

  private static func alternatives(_ bytes: ArraySlice<UInt8>) -> [String] {
    var alternatives: [[UInt8]] = [[]]
    var isEscaped = false
    for byte in bytes {
      if isEscaped {
        if !"|=\\".utf8.contains(byte) {
          alternatives[alternatives.count - 1].append(UInt8(ascii: "\\"))
        }
        alternatives[alternatives.count - 1].append(byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "|") {
        alternatives.append([])
      } else {
        alternatives[alternatives.count - 1].append(byte)
      }
    }
    if isEscaped { alternatives[alternatives.count - 1].append(UInt8(ascii: "\\")) }
    return alternatives.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether `2020` was meant as a number or as a string only the passages know.
  private static func readings(_ text: String) -> [Value] {
    var readings = [Value.string(text)]
    // A number that stands for its neighbours as well is asked for as a string alone.
    if let number = number(text), Value.number(number).isExact { readings.append(.number(number)) }
    if text == "true" || text == "false" { readings.append(.bool(text == "true")) }
    return readings
  }

  /// A finite number, as JSON writes it.
  private static func number(_ text: String) -> Double? {
    (try? JSONValue(parsing: Array(text.utf8), file: "filter"))?.double
  }
}

extension NumberRange {
  fileprivate enum Side { case below, above }

  /// - Throws: `usage` for a second bound on one side.
  fileprivate mutating func bound(
    by number: Double, _ side: Side, included: Bool, of field: String
  ) throws(ParlanceError) {
    guard (side == .below ? lower : upper) == nil else {
      throw ParlanceError(.usage, "the filter of \"\(field)\": expected one bound on each side, found two")
    }
    switch side {
    case .below: (lower, includesLower) = (number, included)
    case .above: (upper, includesUpper) = (number, included)
    }
  }
}
