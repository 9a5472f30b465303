public import Diagnostics

extension PromptTemplate {
  /// The names of the templates that come with the program.
  public static let libraryNames = library.keys.sorted()

  /// The file of a template of the library, to read or to begin one's own with; `nil` when there is none of that name.
  public static func libraryFile(_ name: String) -> String? { library[name] }

  /// A template of the library by its name.
  ///
  /// - Throws: `usage` with the names that there are.
  public init(named name: String) throws(ParlanceError) {
    guard let text = Self.library[name] else {
      throw ParlanceError(
        .usage,
        "there is no prompt \"\(name)\"; expected a file, or one of "
          + Self.libraryNames.joined(separator: ", "))
    }
    try self.init(parsing: text, file: name)
  }

  private static let library: [String: String] = [
    "self-contained": selfContained, "few-shot": fewShot, "rewrite-response": rewriteResponse, "keywords": keywords,
  ]

  private static let rules = """
    You prepare questions for a search engine that sees one query and nothing else of a conversation.
    Write the user's last question again so that it can be searched for by itself:
    - put names and things in place of words that point back, such as "it", "they", "there", "the second one";
    - add what the question leaves out, from the conversation alone; invent nothing and answer nothing;
    - keep what the user asks for: no wider, no narrower, one question, in the user's language;
    - leave a question that already stands by itself as it is.
    """

  private static let selfContained = """
    # One self-contained query, without examples.
    name: self-contained
    version: 1
    max_tokens: 64
    label: Query
    === system
    \(rules)
    Answer with one line that begins with "Query:" and nothing else.
    === user
    Conversation so far:
    {{history}}

    Last question: {{question}}

    Query:
    """

  private static let fewShot = """
    # One self-contained query, after two examples.
    name: few-shot
    version: 1
    max_tokens: 64
    label: Query
    === system
    \(rules)
    Answer with one line that begins with "Query:" and nothing else.
    === user
    Conversation so far:
    user: Which rivers flow into Lake Constance?
    system: The Alpine Rhine is by far the largest; the Bregenzer Ach and the Argen are smaller.

    Last question: how long is the first one?
    === assistant
    Query: How long is the Alpine Rhine?
    === user
    Conversation so far:
    user: Can I take a bread dough out of the fridge and bake it at once?
    system: Most doughs bake better after half an hour at room temperature.

    Last question: And pizza?
    === assistant
    Query: Can pizza dough be baked straight out of the fridge?
    === user
    Conversation so far:
    {{history}}

    Last question: {{question}}
    """

  private static let rewriteResponse = """
    # A query, and behind it a short answer as a passage might give it: more words to match.
    name: rewrite-response
    version: 1
    max_tokens: 160
    lines: 2
    label: Query
    === system
    \(rules)
    Answer with two lines. The first begins with "Query:" and has the question. The second begins with "Answer:" and has
    one or two sentences that a page which answers it might say.
    === user
    Conversation so far:
    {{history}}

    Last question: {{question}}
    """

  private static let keywords = """
    # A query, and behind it words that pages about it use.
    name: keywords
    version: 1
    max_tokens: 96
    lines: 2
    label: Query
    === system
    \(rules)
    Answer with two lines. The first begins with "Query:" and has the question. The second begins with "Keywords:" and has
    up to eight words or names that a page which answers it is likely to use, without commas.
    === user
    Conversation so far:
    {{history}}

    Last question: {{question}}
    """
}
