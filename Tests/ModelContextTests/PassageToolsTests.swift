import Diagnostics
import StrictJSON
import Testing

@testable import ModelContext

@Suite("PassageTools")
struct PassageToolsTests {
  private func call(
    _ name: String, _ arguments: JSONObject, in fixture: ToolsFixture? = nil
  ) async throws -> JSONValue? {
    try await (try fixture ?? ToolsFixture()).tools.call(name, arguments)
  }

  static func message(_ role: String, _ content: String) -> JSONValue {
    .object(["role": .string(role), "content": .string(content)])
  }

  static let asked: JSONValue = .array([
    message("user", "How do I undo a commit?"), message("assistant", "By a reset."), message("user", "and a branch?"),
  ])

  @Test("a conversation is searched with as a whole, and each term knows its message")
  func conversation() async throws {
    let found = try await call("search_conversation", ["messages": Self.asked, "k": .integer(2)])
    #expect(found?["passages"]?.array?.count == 2)
    let pieces = Dictionary(
      uniqueKeysWithValues: (found?["terms"]?.array ?? []).map { ($0["piece"]?.string ?? "", $0["message"]?.integer) })
    #expect(pieces["branch"] == 2 && pieces["commit"] == 0 && pieces["reset"] == 1)
    let first = try #require(found?.at("passages.0"))
    #expect(first["rank"] == .integer(1) && first["score"]?.double ?? 0 > 0)
    #expect(found?["exact"] == .bool(true) && found?["truncated"] == .bool(false))
    let last = try await call("search_conversation", ["messages": Self.asked, "form": "last-turn"])
    #expect(last?["passages"]?.array?.map { $0["id"] } == ["p2"])
  }

  @Test("a question finds passages with title, text and metadata")
  func question() async throws {
    let found = try await call("search", ["query": "undo the commit"])
    let first = found?.at("passages.0")
    #expect(first?["id"] == "p1" && first?["title"] == "git reset" && first?["text"]?.string?.isEmpty == false)
    #expect(first?.at("metadata.page") == .integer(7))
    #expect(try await call("search", ["query": "zebra"])?["passages"] == .array([]))
  }

  @Test("a filter lets only passages through whose metadata fits, and one that is none is told")
  func filter() async throws {
    let page: JSONObject = ["page": .object(["gte": .integer(7)])]
    for (tool, words) in [("search", ["query": "commit"]), ("search_conversation", ["messages": Self.asked])]
      as [(String, JSONObject)]
    {
      var arguments = words
      arguments["filter"] = .object(page)
      #expect(try await call(tool, arguments)?["passages"]?.array?.map { $0["id"] } == ["p1"])
      arguments["filter"] = .object(["page": .integer(8)])
      #expect(try await call(tool, arguments)?["passages"] == .array([]))
      arguments["filter"] = .string("page")
      await #expect { try await call(tool, arguments) } throws: {
        ($0 as? ToolFault)?.message.contains("\"filter\"") == true
      }
    }
  }

  @Test("a passage is read by its id")
  func passage() async throws {
    let passage = try await call("get_passage", ["id": "p2"])
    #expect(passage?["text"] == "A branch is merged into another branch" && passage?["metadata"] == .object([:]))
  }

  @Test("there are no other tools")
  func unknown() async throws {
    #expect(try await call("seek", [:]) == nil)
  }

  @Test(
    "each fault of an argument names it and says what would be right",
    arguments: [
      ("search", [:], "expected the argument \"query\""), ("search", ["query": .integer(3)], "found a number"),
      ("search", ["query": "  "], "expected words as \"query\""),
      ("search", ["query": "a", "k": .integer(0)], "from 1 to 100 as \"k\", found 0"),
      ("search", ["query": "a", "k": .number(1.5)], "found 1.5"),
      ("search", ["query": "a", "k": "3"], "found a string"),
      ("search", ["query": "a", "depth": .integer(3)], "no argument \"depth\"; it has query, k"),
      ("get_passage", ["id": "p9"], "there is no passage with the id \"p9\""),
      ("search_conversation", [:], "expected the argument \"messages\""),
      ("search_conversation", ["messages": .array([])], "at least one message"),
      ("search_conversation", ["messages": "hello"], "expected an array as \"messages\", found a string"),
      ("search_conversation", ["messages": .array(["hello"])], "messages[0], found a string"),
      ("search_conversation", ["messages": .array([message("system", "x")])], "the role of messages[0]"),
      ("search_conversation", ["messages": .array([.object(["role": "user"])])], "the content of messages[0]"),
      ("search_conversation", ["messages": .array([message("assistant", "x")])], "it is the assistant's"),
      ("search_conversation", ["messages": .array([message("user", "\n")])], "expected words as the last question"),
      (
        "search_conversation", ["messages": asked, "form": "rewrite"],
        "expected one of last-turn, user-turns, conversation as \"form\", found \"rewrite\""
      ),
    ] as [(String, JSONObject, String)])
  func faults(tool: String, arguments: JSONObject, says: String) async throws {
    let fault = await #expect(throws: ToolFault.self) { try await call(tool, arguments) }
    #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "")")
  }

  @Test("what is no fault of the caller is told to the server's log, without its path to the caller")
  func internalFaults() async throws {
    let fixture = try ToolsFixture()
    let error = ParlanceError(.badInput, "the block is damaged", at: .init(file: "/secret/index"))
    fixture.fail(with: error)
    for (tool, arguments) in [("search", ["query": "a"]), ("get_passage", ["id": "p1"])] as [(String, JSONObject)] {
      let fault = await #expect(throws: ToolFault.self) { try await call(tool, arguments, in: fixture) }
      #expect(fault?.message == "the search failed; the server's log says why")
    }
    #expect(fixture.reports == [error, error])
    fixture.fail(with: ParlanceError(.tryAgain, "the queue is full"))
    let busy = await #expect(throws: ToolFault.self) { try await call("search", ["query": "a"], in: fixture) }
    #expect(busy?.message.contains("try again") == true)
    #expect(fixture.reports.count == 2)
  }

  @Test("a fault is a result that says so, and has no structured content")
  func faultAsResult() async throws {
    let answer = try await ToolsFixture().server.answer(
      "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": \"search\", \"arguments\": {}, \(meta)}}"
    ).last
    #expect(answer?.at("result.isError") == .bool(true))
    #expect(answer?.at("result.content.0.text") == "expected the argument \"query\"")
    #expect(answer?.at("result.structuredContent") == nil)
  }

  @Test(
    "the text of a result is its structured content, and both are as the schema says", arguments: ["commit", "zebra"])
  func schema(question: String) async throws {
    let answer = try await ToolsFixture().server.answer(
      "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": \"search\", "
        + "\"arguments\": {\"query\": \"\(question)\"}, \(meta)}}"
    ).last
    let content = try #require(answer?.at("result.structuredContent"))
    #expect(answer?.at("result.content.0.text")?.string == content.text)
    #expect(Self.faults(in: content, FoundPassages.schema).isEmpty)
    #expect(!Self.faults(in: .object(["passages": .array([])]), FoundPassages.schema).isEmpty)
  }

  /// As much of JSON Schema as the tools' schemas have.
  private static func faults(in value: JSONValue, _ schema: JSONValue) -> [String] {
    switch schema["type"]?.string {
    case "object":
      guard let members = value.object else { return ["expected an object, found \(value.kind)"] }
      let properties = schema["properties"]?.object ?? [:]
      var faults = (schema["required"]?.array ?? []).compactMap(\.string).filter { members[$0] == nil }
      for (key, member) in members {
        if let property = properties[key] {
          faults += Self.faults(in: member, property)
        } else if schema["additionalProperties"] == .bool(false) {
          faults.append("unknown \(key)")
        }
      }
      return faults
    case "array": return (value.array ?? [.null]).flatMap { Self.faults(in: $0, schema["items"] ?? .null) }
    case "string": return value.string == nil ? ["no string"] : []
    case "integer": return value.integer == nil ? ["no integer"] : []
    case "number": return value.double == nil ? ["no number"] : []
    case "boolean": return value.bool == nil ? ["no boolean"] : []
    default: return ["no schema"]
    }
  }
}
