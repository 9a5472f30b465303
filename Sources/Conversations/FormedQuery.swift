public import Diagnostics

/// The words that are searched for, and where each of them came from.
public struct FormedQuery: Hashable, Sendable {
  /// Where a segment's words come from.
  public enum Source: Hashable, Sendable {
    /// The message with this index in `Turn.messages`.
    case message(Int)
    /// The turn's rewrite.
    case rewrite
  }

  public struct Segment: Hashable, Sendable {
    public var text: String
    public var source: Source

    public init(text: String, source: Source) {
      self.text = text
      self.source = source
    }
  }

  /// Newest first, so that a cut at the encoder's maximum length drops what is oldest.
  public var segments: [Segment]

  public init(segments: [Segment]) {
    self.segments = segments
  }

  /// Stands between two segments; the tokenizer makes the separator token of it.
  public static let separator = " [SEP] "

  /// The segments joined by `separator`.
  public var text: String {
    segments.map(\.text).joined(separator: Self.separator)
  }

  /// The segment that the byte at `offset` of `text`'s UTF-8 belongs to; `nil` for a separator and beyond the end.
  public func segmentIndex(atUTF8Offset offset: Int) -> Int? {
    var start = 0
    for (index, segment) in segments.enumerated() {
      let end = start + segment.text.utf8.count
      if offset < start { return nil }
      if offset < end { return index }
      start = end + Self.separator.utf8.count
    }
    return nil
  }
}

extension ConversationForm {
  /// The query of a turn in this form: `q_n [SEP] a_{n-1} [SEP] q_{n-1} … [SEP] q_0`, newest first, or the part of it that
  /// the form keeps. Messages without words are left out.
  ///
  /// - Parameter rewrite: the rewrite of the turn's question, needed where `needsRewrite` says so.
  /// - Throws: `badInput` when a rewrite is needed and there is none.
  public func query(for turn: Turn, rewrite: String? = nil) throws(ParlanceError) -> FormedQuery {
    var segments: [FormedQuery.Segment] = []
    let last = turn.messages.count - 1
    if needsRewrite {
      guard let rewrite else {
        throw ParlanceError(
          .badInput, "expected a rewrite for turn \"\(turn.id)\", there is none; the form \(rawValue) needs one")
      }
      segments.append(.init(text: rewrite, source: .rewrite))
    } else if last >= 0 {
      segments.append(.init(text: turn.messages[last].content, source: .message(last)))
    }
    switch self {
    case .lastTurn, .rewrite: break
    case .userTurns, .conversation, .rewriteAndConversation:
      for index in stride(from: last - 1, through: 0, by: -1) {
        let message = turn.messages[index]
        if self == .userTurns, message.role != .user { continue }
        if message.content.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) { continue }
        segments.append(.init(text: message.content, source: .message(index)))
      }
    }
    return FormedQuery(segments: segments)
  }
}
