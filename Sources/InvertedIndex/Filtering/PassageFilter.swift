public import StrictJSON

/// Which passages a search may find, by their metadata.
///
/// ```swift
/// var filter = PassageFilter()
/// filter.conditions.append(.init("lang", .anyOf([.string("en"), .string("de")])))
/// filter.conditions.append(.init("year", .range(.init(from: 2020))))
/// let answer = try index.search(query, k: 10, filter: filter)
/// ```
///
/// Conditions are about the keys of a passage's line beside `_id`, `title` and `text`; all of them have to hold. A passage
/// without the key, or with `null` or an object there, does not fulfil the condition. Of an array any element may.
/// Numbers are compared as numbers of double precision, strings by their bytes.
public struct PassageFilter: Sendable, Hashable {
  /// What a passage's key has to have.
  public struct Condition: Sendable, Hashable {
    public var field: String
    public var test: Test

    public init(_ field: String, _ test: Test) {
      self.field = field
      self.test = test
    }
  }

  public enum Test: Sendable, Hashable {
    /// One of these; nothing is one of none.
    case anyOf([Value])
    /// A number between bounds.
    case range(NumberRange)
  }

  /// A value that can be asked for.
  public enum Value: Sendable, Hashable {
    case string(String)
    case number(Double)
    case bool(Bool)
  }

  public var conditions: [Condition]

  /// Without conditions every passage fits.
  public init(_ conditions: [Condition] = []) {
    self.conditions = conditions
  }

  /// Whether a passage fits.
  public func matches(_ metadata: JSONObject) -> Bool {
    conditions.allSatisfy { condition in
      metadata[condition.field].map { condition.test.matches($0) } ?? false
    }
  }
}

/// The numbers between two bounds, each of which may be missing and may belong to them.
public struct NumberRange: Sendable, Hashable {
  public var lower: Double?
  public var includesLower: Bool
  public var upper: Double?
  public var includesUpper: Bool

  public init(
    from lower: Double? = nil, includingLower includesLower: Bool = true, to upper: Double? = nil,
    includingUpper includesUpper: Bool = true
  ) {
    self.lower = lower
    self.includesLower = includesLower
    self.upper = upper
    self.includesUpper = includesUpper
  }

  public func contains(_ number: Double) -> Bool {
    !isBefore(number) && (upper.map { includesUpper ? number <= $0 : number < $0 } ?? true)
  }

  /// Whether `number` lies below the range.
  func isBefore(_ number: Double) -> Bool {
    lower.map { includesLower ? number < $0 : number <= $0 } ?? false
  }
}

extension PassageFilter.Test {
  /// Whether a key's value passes.
  func matches(_ value: JSONValue) -> Bool {
    if case .array(let elements) = value {
      return elements.contains { element in PassageFilter.Value(element).map(passes) ?? false }
    }
    return PassageFilter.Value(value).map(passes) ?? false
  }

  private func passes(_ value: PassageFilter.Value) -> Bool {
    switch self {
    case .anyOf(let values): values.contains(value)
    case .range(let range):
      if case .number(let number) = value { range.contains(number) } else { false }
    }
  }
}

extension PassageFilter.Value {
  /// - Returns: `nil` for `null`, an array and an object, which no condition is about.
  init?(_ value: JSONValue) {
    switch value {
    case .string(let string): self = .string(string)
    case .bool(let bool): self = .bool(bool)
    case .integer(let number): self = .number(Double(number))
    case .number(let number): self = .number(number)
    case .null, .array, .object: return nil
    }
  }

  /// Whether no other whole number is the same number in 64 bits: passages' numbers are kept as these.
  var isExact: Bool {
    if case .number(let number) = self { abs(number) < 0x1p53 } else { true }
  }

  /// Strings are compared by their bytes, as everywhere: two spellings of one character are two values.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.number(let left), .number(let right)): left == right
    case (.bool(let left), .bool(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .string(let string): for byte in string.utf8 { hasher.combine(byte) }
    case .number(let number): hasher.combine(number)
    case .bool(let bool): hasher.combine(bool)
    }
  }
}

extension PassageFilter.Condition {
  /// Names of fields are compared by their bytes, too.
  public static func == (left: Self, right: Self) -> Bool {
    left.field.utf8.elementsEqual(right.field.utf8) && left.test == right.test
  }

  public func hash(into hasher: inout Hasher) {
    for byte in field.utf8 { hasher.combine(byte) }
    hasher.combine(test)
  }
}
