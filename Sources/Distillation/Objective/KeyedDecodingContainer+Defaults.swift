extension KeyedDecodingContainer {
  /// What the key holds, or the default where a recipe does not mention it.
  func value<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? standard
  }

  /// One of a few names.
  ///
  /// - Throws: `DecodingError` that lists the names there are.
  func name<Name: RawRepresentable<String> & CaseIterable>(_ key: Key, or standard: Name) throws -> Name {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return standard }
    guard let name = Name(rawValue: text) else {
      let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "expected one of \(known), found \(text)")
    }
    return name
  }
}
