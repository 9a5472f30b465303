/// Systems beside each other where they disagree most, for people who have no judgments and want to see for themselves.
public struct ComparisonPage: Sendable {
  /// A passage that a system found.
  public struct Passage: Sendable {
    public var id: String
    public var title: String
    public var excerpt: String
    /// Whether every system that answered the turn has it among the passages shown.
    public var isShared: Bool
    /// Whether a judgment says that it answers.
    public var isRelevant: Bool

    public init(
      id: String, title: String = "", excerpt: String = "", isShared: Bool = false, isRelevant: Bool = false
    ) {
      self.isRelevant = isRelevant
      self.id = id
      self.title = title
      self.excerpt = excerpt
      self.isShared = isShared
    }
  }

  public struct Column: Sendable {
    public var system: String
    /// `nil` where the system has no answer to the turn, which is something else than an empty one.
    public var passages: [Passage]?

    public init(system: String, passages: [Passage]?) {
      self.system = system
      self.passages = passages
    }
  }

  public struct Turn: Sendable {
    public var id: String
    /// Nothing where the conversation's words are not at hand.
    public var question: String
    /// Who said what before, oldest first.
    public var history: [(speaker: String, text: String)]
    public var overlap: Double
    public var columns: [Column]

    public init(
      id: String, question: String, history: [(speaker: String, text: String)], overlap: Double, columns: [Column]
    ) {
      self.id = id
      self.question = question
      self.history = history
      self.overlap = overlap
      self.columns = columns
    }
  }

  public struct Conversation: Sendable {
    public var id: String
    public var overlap: Double
    public var turns: [Turn]

    public init(id: String, overlap: Double, turns: [Turn]) {
      self.id = id
      self.overlap = overlap
      self.turns = turns
    }
  }

  public var title: String
  public var tables: [Table]
  public var conversations: [Conversation]
  /// How many conversations there are, shown or not.
  public var count: Int

  public init(title: String, tables: [Table], conversations: [Conversation], count: Int) {
    self.title = title
    self.tables = tables
    self.conversations = conversations
    self.count = count
  }

  /// The page, whole.
  public var html: String {
    var sections = tables.enumerated().map { place, table in
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table \(place + 1)\">\n\(table.html())</div>"
    }
    sections.append("<h2>Where they disagree most</h2>")
    sections.append(
      "<p class=\"note\">\(conversations.count) of \(FixedDecimal.counted(count, "conversation")), least alike first by "
        + "rank-biased overlap (RBO). Passages marked with ● on a coloured ground are among those shown of every system that answered.</p>"
    )
    sections += conversations.map(html)
    return HTMLPage(title: title, lead: "How alike systems answer, without judgments.", sections: sections).text
  }

  /// The turn that they disagree on most is open.
  private func html(_ conversation: Conversation) -> String {
    let worst = conversation.turns.indices.min {
      (conversation.turns[$0].overlap, $0) < (conversation.turns[$1].overlap, $1)
    }
    let turns = conversation.turns.indices.map { html(conversation.turns[$0], isOpen: $0 == worst) }
    return """
      <section class="conversation">
      <h3><bdi>\(htmlEscaped(conversation.id))</bdi> <span class="soft">RBO \(figure(conversation.overlap))</span></h3>
      \(turns.joined(separator: "\n"))
      </section>
      """
  }

  private func html(_ turn: Turn, isOpen: Bool) -> String {
    let heading = turn.question.isEmpty ? turn.id : turn.question
    var lines = ["<details\(isOpen ? " open" : "")>"]
    lines.append(
      "<summary><span dir=\"auto\">\(htmlEscaped(heading))</span> <span class=\"rbo\">\(htmlEscaped(turn.id)), RBO \(figure(turn.overlap))</span></summary>"
    )
    if !turn.history.isEmpty { lines.append(PassageColumns.history(turn.history)) }
    lines.append(PassageColumns(columns: turn.columns).html)
    return (lines + ["</details>"]).joined(separator: "\n")
  }

  private func figure(_ value: Double) -> String { FixedDecimal.text(value, digits: 3) }
}
