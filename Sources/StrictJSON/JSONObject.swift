/// The members of a JSON object in their order, each key once.
///
/// Keys are compared as UTF-8 bytes: two pieces of a vocabulary that look alike but differ in their normal form stay two,
/// where `[String: JSONValue]` would make them one. Two objects are equal whatever their order.
///
/// Complexity: a few keys are compared one by one, many are found by their hashes; removing a key takes time for each member.
public struct JSONObject: Sendable {
  public typealias Element = (key: String, value: JSONValue)

  private var members: [Element] = []
  /// Where each key is, once there are `manyKeys`; empty before.
  private var places: [[UInt8]: Int] = [:]

  private static let manyKeys = 16

  public init() {}

  public var keys: [String] { members.map(\.key) }

  /// Setting a key that is not there puts it last; setting `nil` removes it.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil):
        members.remove(at: index)
        places = [:]
        noteNewPlaces()
      case (nil, let value?):
        members.append((key, value))
        noteNewPlaces()
      case (nil, nil): break
      }
    }
  }

  private func index(of key: String) -> Int? {
    places.isEmpty
      ? members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) } : places[Array(key.utf8)]
  }

  private mutating func noteNewPlaces() {
    guard members.count >= Self.manyKeys else { return }
    for index in places.count..<members.count { places[Array(members[index].key.utf8)] = index }
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
