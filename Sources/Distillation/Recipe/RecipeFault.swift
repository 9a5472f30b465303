import Yams

/// What is wrong with a value of a recipe, in words for the one who wrote it.
struct RecipeFault {
  private let error: DecodingError
  private let root: Node?

  /// - Parameter root: what was decoded, to show what stands at the place.
  init(_ error: DecodingError, in root: Node?) {
    self.error = error
    self.root = root
  }

  var words: String {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return
        "expected \(Self.kind(of: type)) as `\(Self.key(context.codingPath))`, found \(found(at: context.codingPath))"
    case .dataCorrupted(let context):
      return
        "the value of `\(Self.key(context.codingPath))` is not what it should be: \(context.debugDescription.excerpt(200))"
    case .keyNotFound(let missing, let context):
      return "expected the key `\(Self.key(context.codingPath + [missing]))`"
    @unknown default: return "\(error)"
    }
  }

  private static func key(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is Double.Type, is Float.Type: return "a number"
    case is Bool.Type: return "true or false"
    case is String.Type: return "a text"
    case is any FixedWidthInteger.Type: return "a whole number"
    default: return "\(type)".contains("Array") || "\(type)".contains("Sequence") ? "a list" : "a mapping"
    }
  }

  private func found(at path: [any CodingKey]) -> String {
    var node = root
    for part in path {
      node = if let place = part.intValue { node?[place] } else { node?[part.stringValue] }
    }
    return switch node {
    case .scalar(let scalar)?: scalar.string.isEmpty ? "nothing" : scalar.string.excerpt()
    case .sequence?: "a list"
    case .mapping?: "a mapping"
    default: "nothing"
    }
  }
}
