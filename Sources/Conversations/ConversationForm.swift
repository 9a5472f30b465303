/// Which words of a turn make the query; papers compare all of them, so all are selectable.
///
/// The raw values are the names on the command line.
public enum ConversationForm: String, Sendable, CaseIterable, Codable {
  /// The last question alone.
  case lastTurn = "last-turn"
  /// All questions of the user, newest first.
  case userTurns = "user-turns"
  /// Questions and answers, newest first: `q_n [SEP] a_{n-1} [SEP] q_{n-1} … [SEP] q_0`.
  case conversation
  /// A rewrite alone.
  case rewrite
  /// The rewrite in place of the last question, then the history, newest first.
  case rewriteAndConversation = "rewrite+conversation"

  /// Whether the form needs a rewrite for each turn.
  public var needsRewrite: Bool { self == .rewrite || self == .rewriteAndConversation }

  /// The forms that a conversation alone is enough for.
  public static let withoutRewrite = allCases.filter { !$0.needsRewrite }
}
