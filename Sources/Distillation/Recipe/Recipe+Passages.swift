extension Recipe {
  /// A passage encoder that learns as well. A step encodes its passages from their texts, and lambda_d has a gradient.
  ///
  /// Samples and the teacher's scores are those of `vectors` as before: the teacher stays as it is.
  public struct Passages: Codable, Sendable, Equatable {
    public enum Encoder: String, Codable, Sendable, CaseIterable {
      /// The student itself: one checkpoint for both sides.
      case shared
      /// One of its own, which leaves as `passages/` in the student's folder; the student is for its passages.
      case separate
    }

    public var encoder = Encoder.shared
    /// The passages of `vectors` with their texts, a plain JSONL file.
    public var texts = ""
    /// How a passage's title and text become words.
    public var passageText = "{title} {text}"
    /// The most tokens of a passage.
    public var maxLength = 256
    /// Passages whose history is in memory at once. A step that has more encodes them twice: for their scores, and again,
    /// so many at a time, for their gradients (arXiv 2101.06983).
    public var atOnce = 32
    /// What a separate encoder starts from; `student.model` when it is left out.
    public var model: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
      case encoder, texts, model
      case passageText = "passage_text"
      case maxLength = "max_length"
      case atOnce = "at_once"
    }

    public init(from decoder: any Decoder) throws {
      let from = try decoder.container(keyedBy: CodingKeys.self)
      encoder = try from.value(.encoder, or: encoder)
      texts = try from.value(.texts, or: texts)
      passageText = try from.value(.passageText, or: passageText)
      maxLength = try from.value(.maxLength, or: maxLength)
      atOnce = try from.value(.atOnce, or: atOnce)
      model = try from.decodeIfPresent(String.self, forKey: .model)
    }
  }
}
