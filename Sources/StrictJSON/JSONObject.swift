/// The members of a JSON object in their order, each key once.
///
/// Keys are compared as UTF-8 bytes: two pieces of a vocabulary that look alike but differ in their normal form stay two,
/// where `[String: JSONValue]` would make them one. Finding a key looks through all members, which suits objects of tens
/// of keys; go through the members of a large one. Two objects are equal whatever their order.
public struct JSONObject: Sendable {
  public typealias Element = (key: String, value: JSONValue)

  private var members: [Element] = []

  public init() {}

  /// - Precondition: the caller has seen that no key is there twice.
  init(unchecked members: [Element]) {
    self.members = members
  }

  public var keys: [String] { members.map(\.key) }

  /// Setting a key that is not there puts it last; setting `nil` removes it.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  private func index(of key: String) -> Int? {
    members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }
}

extension JSONObject: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for key in members.map({ Array($0.key.utf8) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      hasher.combine(key)
    }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// A later member with the same key takes the earlier one's place.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
