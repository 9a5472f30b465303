/// A JSON value whose objects keep the order in which they were written, and whose keys are told apart by their bytes:
/// a document that people read too, over ids that Swift's `String` keys would merge when they differ in their normal
/// form only.
///
/// ```swift
/// let document: OrderedJSON = ["name": "bm25", "measures": .object([("nDCG@3", 0.201)])]
/// print(document.text)
/// ```
public enum OrderedJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Written with the fewest digits that read back as the same number; not finite is written as `null`.
  case number(Double)
  case string(String)
  case array([OrderedJSON])
  case members([Member])

  /// A key and its value.
  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: OrderedJSON

    public init(_ key: String, _ value: OrderedJSON) {
      self.key = key
      self.value = value
    }
  }

  /// An object without the members whose value is `nil`.
  public static func object(_ members: [(String, OrderedJSON?)]) -> OrderedJSON {
    .members(members.compactMap { key, value in value.map { Member(key, $0) } })
  }

  /// The document, indented by two spaces; objects and arrays of plain values stand on one line where they fit.
  public var text: String { text(indentation: 0) }

  private static let lineLength = 100

  private func text(indentation: Int) -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return "\(value)"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .string(let value): return OrderedJSON.quoted(value)
    case .array(let values):
      return OrderedJSON.block("[", values.map { $0.text(indentation: indentation + 2) }, "]", indentation)
    case .members(let members):
      let lines = members.map { OrderedJSON.quoted($0.key) + ": " + $0.value.text(indentation: indentation + 2) }
      return OrderedJSON.block("{", lines, "}", indentation)
    }
  }

  private static func block(_ open: String, _ items: [String], _ close: String, _ indentation: Int) -> String {
    let line = open + items.joined(separator: ", ") + close
    if items.allSatisfy({ !$0.utf8.contains(0x0A) }), line.utf8.count + indentation <= lineLength { return line }
    let space = String(repeating: " ", count: indentation)
    return open + "\n" + items.map { space + "  " + $0 }.joined(separator: ",\n") + "\n" + space + close
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: quoted += "\\\""
      case 0x5C: quoted += "\\\\"
      case 0x0A: quoted += "\\n"
      case 0x0D: quoted += "\\r"
      case 0x09: quoted += "\\t"
      case 0..<0x20, 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(dictionaryLiteral elements: (String, OrderedJSON)...) {
    self = .members(elements.map { Member($0.0, $0.1) })
  }
}
