/// Which special tokens stand around a text or a pair, and the type ids: `[CLS] A [SEP] B [SEP]`.
struct SequenceTemplate: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case special(id: Int32, typeID: Int32)
    case first(typeID: Int32)
    case second(typeID: Int32)
  }

  var parts: [Part]

  /// How many tokens it adds.
  var specialCount: Int {
    parts.count { if case .special = $0 { true } else { false } }
  }

  /// `[CLS] A [SEP]`
  static func bertSingle(cls: Int32, sep: Int32) -> SequenceTemplate {
    SequenceTemplate(parts: [.special(id: cls, typeID: 0), .first(typeID: 0), .special(id: sep, typeID: 0)])
  }

  /// `[CLS] A [SEP] B [SEP]`, the second text and its `[SEP]` of type 1.
  static func bertPair(cls: Int32, sep: Int32) -> SequenceTemplate {
    SequenceTemplate(
      parts: bertSingle(cls: cls, sep: sep).parts + [.second(typeID: 1), .special(id: sep, typeID: 1)])
  }
}
