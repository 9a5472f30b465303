import Conversations
public import Diagnostics
import Identifiers
import Retrieval
import StrictJSON

/// The three tools: a conversation, a question, or an id in, passages out.
public struct PassageTools: Sendable {
  let search: any PassageSearch
  /// Hears what is no fault of the caller and whose details are none of its business: paths are in it.
  let reportFault: @Sendable (ParlanceError) -> Void
  let searchConversation: Tool
  let searchQuestion: Tool
  private let counts: ClosedRange<Int>

  /// - Parameter mostPassages: how many passages a call may ask for; never more than 100, since a model has to read them.
  public init(
    _ search: any PassageSearch, mostPassages: Int = 100,
    reportFault: @escaping @Sendable (ParlanceError) -> Void = { _ in }
  ) {
    self.search = search
    self.reportFault = reportFault
    counts = 1...max(1, min(100, mostPassages))
    searchConversation = Self.searchConversation(counts)
    searchQuestion = Self.searchQuestion(counts)
  }

  /// In an order that stays, so that clients and their models' caches can keep the list.
  var all: [Tool] { [searchConversation, searchQuestion, Self.getPassage] }

  private static func searchConversation(_ counts: ClosedRange<Int>) -> Tool {
    Tool(
      name: "search_conversation", title: "Search by conversation",
      description: "Finds the passages that answer the last question of a conversation. Pass the messages as they were "
        + "said, oldest first, the user's question last: it need not stand by itself (\"and when was it built?\"), "
        + "since the search reads what was said before. Do not rewrite it.",
      inputSchema: Schema.object(
        [
          "messages": Schema.array(
            of: Schema.object(
              [
                "role": Schema.string("Who said it.", oneOf: ["user", "assistant"]),
                "content": Schema.string("What was said."),
              ], required: ["role", "content"]),
            "The conversation, oldest message first; the last is the user's question.", atLeast: 1),
          "k": count(counts),
          "form": Schema.string(
            "Which messages are searched with; leave it out for what the model was made for.",
            oneOf: ConversationForm.withoutRewrite.map(\.rawValue)),
          "filter": filter,
        ], required: ["messages"]),
      outputSchema: FoundPassages.schema)
  }

  private static func searchQuestion(_ counts: ClosedRange<Int>) -> Tool {
    Tool(
      name: "search", title: "Search by question",
      description:
        "Finds passages for one question or a few words that stand by themselves. For a question that leans on "
        + "what was said before, use search_conversation.",
      inputSchema: Schema.object(
        ["query": Schema.string("The question or the words."), "k": count(counts), "filter": filter],
        required: ["query"]),
      outputSchema: FoundPassages.schema)
  }

  static let getPassage = Tool(
    name: "get_passage", title: "Read a passage",
    description: "Gives the whole text of one passage by the id that a search gave.",
    inputSchema: Schema.object(["id": Schema.string("The passage's id.")], required: ["id"]),
    outputSchema: FoundPassages.passageSchema)

  private static func count(_ counts: ClosedRange<Int>) -> JSONValue {
    Schema.integer("How many passages, best first.", counts, standard: min(standardCount, counts.upperBound))
  }
  private static let standardCount = 5
  private static let filter = Schema.object(
    [:], required: [],
    description: "Conditions on the passages' metadata, all of which have to hold: for each field a value that it "
      + "equals, a list of values of which it is one, or an object of gt, gte, lt, lte with numbers; "
      + "{\"lang\": \"en\", \"year\": {\"gte\": 2020}}. Leave it out unless the fields are known.", isClosed: false)

  /// Calls a tool.
  ///
  /// - Returns: the structured result; `nil` when there is no such tool.
  func call(_ name: String, _ arguments: JSONObject) async throws(ToolFault) -> JSONValue? {
    do {
      switch name {
      case searchConversation.name: return try await conversation(ToolArguments(arguments, searchConversation))
      case searchQuestion.name: return try await question(ToolArguments(arguments, searchQuestion))
      case Self.getPassage.name:
        return try await getPassage(ToolArguments(arguments, Self.getPassage))
      default: return nil
      }
    } catch let fault as ToolFault {
      throw fault
    } catch let error as ParlanceError {
      throw fault(error)
    } catch {
      throw ToolFault("the search failed")
    }
  }

  private func conversation(_ arguments: ToolArguments) async throws -> JSONValue {
    let messages = try arguments.messages("messages")
    let form = try arguments.choice("form", among: ConversationForm.withoutRewrite)
    return try await found(messages, form: form, arguments)
  }

  private func question(_ arguments: ToolArguments) async throws -> JSONValue {
    try await found([Message(role: .user, content: arguments.words("query"))], form: .lastTurn, arguments)
  }

  private func found(
    _ messages: [Message], form: ConversationForm?, _ arguments: ToolArguments
  ) async throws -> JSONValue {
    let k = try arguments.integer("k", in: counts) ?? min(Self.standardCount, counts.upperBound)
    let filter = try arguments.filter("filter")
    let turn = Turn(
      id: "turn", conversation: "conversation", number: messages.count { $0.role == .user }, messages: messages)
    return FoundPassages.json(try await search.search(turn, form: form, k: k, filter: filter))
  }

  private func getPassage(_ arguments: ToolArguments) async throws -> JSONValue {
    let id = try arguments.words("id")
    guard let passage = try await search.passage(ExternalID(id)) else {
      throw ToolFault("there is no passage with the id \"\(id)\"; ids are those that a search gives")
    }
    return FoundPassages.json(passage)
  }

  /// What the caller may know of an error. Its place, a path of this machine, is not part of it.
  private func fault(_ error: ParlanceError) -> ToolFault {
    switch error.code {
    case .usage: return ToolFault(error.message)
    case .tryAgain: return ToolFault("too much is being searched for just now; try again in a moment")
    case .unavailable where error.message.contains("without texts"):
      return ToolFault("the index was built without texts; it has ids and scores alone, and nothing to filter by")
    default:
      reportFault(error)
      return ToolFault("the search failed; the server's log says why")
    }
  }
}
