import Conversations
import Identifiers
import StrictJSON
import Testing

@testable import SearchService

@Suite("POST /v1/search")
struct SearchRouteTests {
  @Test("a filter has a size beyond which it is refused")
  func largeFilter() async throws {
    let service = try await ServiceFixture()
    func send(_ filter: String) async -> APIResponse {
      await service.send("POST", "/v1/search", #"{"query": "commit", "filter": \#(filter)}"#)
    }
    func values(_ count: Int) -> String {
      "[\((0..<count).map(String.init).joined(separator: ","))]"
    }
    #expect(await send("{\"page\": \(values(1000))}").status == 200)
    let refused = await send("{\"page\": \(values(1001))}")
    #expect(try refused.status == 400 && refused.json["field"]?.string == "filter")
    let fields = (0..<33).map { "\"f\($0)\": 1" }.joined(separator: ",")
    #expect(await send("{\(fields)}").status == 400)
  }

  static let conversation = """
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How do I undo a commit?"},
     {"role": "assistant", "content": "By a reset."}, {"role": "user", "content": "and merge a branch?"}]
    """

  @Test("a question gives passages, best first, with scores, texts and metadata")
  func question() async throws {
    let answer = try await ServiceFixture().search(#"{"query": "undoing a commit", "k": 2}"#)
    #expect(answer["passages"]?.array?.count == 2)
    let first = try #require(answer["passages"]?[0])
    #expect(first["id"]?.string == "p1")
    #expect(first["rank"]?.integer == 1)
    #expect(first["title"]?.string == "git reset")
    #expect(first["metadata"]?["page"]?.integer == 7)
    #expect(first["explanation"] == nil)
    let scores = answer["passages"]?.array?.compactMap { $0["score"]?.double } ?? []
    #expect(scores == scores.sorted(by: >))
    #expect(answer["index"]?["exact"]?.bool == true)
    #expect(answer["index"]?["weights"]?.string == "f32")
    #expect(answer["timing"]?["total_ms"]?.double != nil)
  }

  @Test("terms are told by the message that they came from, newest first; instructions are not searched with")
  func turns() async throws {
    let answer = try await ServiceFixture().search(#"{"messages": \#(Self.conversation)}"#)
    let turns = try #require(answer["terms_by_turn"]?.array)
    #expect(turns.map { $0["message"]?.integer } == [3, 2, 1])
    #expect(turns.map { $0["role"]?.string } == ["user", "assistant", "user"])
    let newest = turns[0]["terms"]?.array?.compactMap { $0["term"]?.string } ?? []
    #expect(Set(newest) == ["merg", "branch"])
    #expect(answer["form"]?.string == "conversation")
  }

  @Test("the form says which words are searched for, a rewrite takes the place of the last question")
  func forms() async throws {
    let service = try await ServiceFixture()
    func sources(_ more: String) async throws -> [String] {
      let answer = try await service.search(#"{"messages": \#(Self.conversation), \#(more)}"#)
      return answer["terms_by_turn"]?.array?.map {
        $0["message"]?.integer.map(String.init) ?? $0["source"]?.string ?? ""
      }
        ?? []
    }
    #expect(try await sources(#""form": "last-turn""#) == ["3"])
    #expect(try await sources(#""form": "user-turns""#) == ["3", "1"])
    #expect(try await sources(#""form": "last-turn", "rewrite": "a tag""#) == ["rewrite"])
    #expect(try await sources(#""form": "conversation", "rewrite": "a tag""#) == ["rewrite", "2", "1"])
  }

  @Test("what comes after the user's last message is left out, text parts are put together")
  func parts() async throws {
    let answer = try await ServiceFixture().search(
      """
      {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "tag"}]},
        {"role": "assistant", "content": "a branch"}, {"role": "assistant", "content": null, "tool_calls": []}]}
      """)
    #expect(answer["passages"]?.array?.compactMap { $0["id"]?.string } == ["p3"])
  }

  @Test("an explanation adds up to the score and marks whole words in code points")
  func explanation() async throws {
    let passages = [
      Fixture.passage("e1", "Überblick 🙂", "👩‍👩‍👧 then undoing commits, and a tag"), Fixture.passage("e2", "", "a branch"),
    ]
    let answer = try await ServiceFixture(passages: passages).search(
      #"{"query": "undo the commit of überblick", "explain": true}"#)
    let first = try #require(answer["passages"]?[0])
    let sum = first["explanation"]?.array?.compactMap { $0["contribution"]?.double }.reduce(0, +) ?? 0
    #expect(abs(sum - (first["score"]?.double ?? 0)) < 1e-5)
    #expect(words("title", of: first) == ["Überblick"])
    #expect(words("text", of: first) == ["undoing", "commits"])
  }

  /// The words of a passage that an answer marks.
  private func words(_ field: String, of passage: JSONValue) -> [String] {
    let scalars = Array((passage[field]?.string ?? "").unicodeScalars)
    return passage["highlights"]?[field]?.array?.map { place in
      let range = (place["start"]?.integer ?? 0)..<(place["end"]?.integer ?? 0)
      return String(String.UnicodeScalarView(scalars[range]))
    } ?? []
  }

  @Test("BM25's words are those of its index: an apostrophe belongs to one, an ideograph is one")
  func words() async throws {
    let passages = [
      Fixture.passage("e1", "", "🙂 Don\u{2019}t reset 東京タワー, as it's 'quoted'"), Fixture.passage("e2", "", "a branch"),
    ]
    let answer = try await ServiceFixture(passages: passages).search(
      #"{"query": "don't quote the 京 of a タワー", "explain": true}"#)
    let first = try #require(answer["passages"]?[0])
    #expect(words("text", of: first) == ["Don\u{2019}t", "京", "タワー", "quoted"])
  }

  @Test("a filter lets only passages through whose metadata fits")
  func filter() async throws {
    let service = try await ServiceFixture()
    func ids(_ filter: String) async throws -> [String] {
      let answer = try await service.search(#"{"query": "commit branch", "filter": \#(filter)}"#)
      return answer["passages"]?.array?.compactMap { $0["id"]?.string } ?? []
    }
    #expect(try await ids(#"{"page": 7}"#) == ["p1"])
    #expect(try await ids(#"{"page": {"gt": 7}}"#) == [])
    #expect(try await Set(ids("{}")) == ["p1", "p2", "p3"])
    for filter in ["1", #"{"page": null}"#, #"{"page": {}}"#, #"{"page": {"gt": 1, "gte": 1}}"#] {
      let response = await service.send("POST", "/v1/search", #"{"query": "a", "filter": \#(filter)}"#)
      #expect(response.status == 400)
      #expect(try response.json["field"]?.string == "filter")
    }
  }

  @Test("texts are left out where nobody wants them")
  func withoutTexts() async throws {
    let answer = try await ServiceFixture().search(#"{"query": "commit", "texts": false, "explain": true}"#)
    let first = try #require(answer["passages"]?[0])
    #expect(first["text"] == nil && first["highlights"] == nil && first["explanation"] != nil)
  }

  @Test(
    "what is not a request is refused with the field that is meant",
    arguments: [
      (#"{}"#, 400, ""), (#"[]"#, 400, ""), (#"{"query": "a", "messages": []}"#, 400, ""),
      (#"{"query": 1}"#, 400, "query"),
      (#"{"query": " \t"}"#, 400, "query"), (#"{"query": "a", "k": 0}"#, 400, "k"),
      (#"{"query": "a", "k": 1001}"#, 400, "k"),
      (#"{"query": "a", "k": 1.5}"#, 400, "k"), (#"{"query": "a", "form": "rewrite"}"#, 400, "form"),
      (#"{"query": "a", "explain": null}"#, 400, "explain"), (#"{"query": "a", "kk": 1}"#, 400, "kk"),
      (#"{"messages": []}"#, 400, "messages"), (#"{"messages": [{"role": "user"}]}"#, 400, "messages[0].content"),
      (#"{"messages": [{"role": "assistant", "content": "a"}]}"#, 400, "messages"),
      (#"{"messages": [{"role": "boss", "content": "a"}]}"#, 400, "messages[0].role"),
      (#"{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}"#, 400, "messages[0].content[0]"),
      (#"{"query": "a", "query": "b"}"#, 400, ""), (#"{"query": "\ud800"}"#, 400, ""), ("{", 400, ""),
    ])
  func refusals(body: String, status: Int, field: String) async throws {
    let response = await (try ServiceFixture()).send("POST", "/v1/search", body)
    #expect(response.status == status)
    #expect(response[header: "content-type"] == "application/problem+json")
    let problem = try response.json
    #expect(problem["status"]?.integer == status)
    #expect(problem["field"]?.string ?? "" == field, "\(response.text)")
  }

  @Test("a conversation longer than the limit is refused")
  func tooLong() async throws {
    let service = try await ServiceFixture { $0.limits.messages = 3 }
    let response = await service.send("POST", "/v1/search", #"{"messages": \#(Self.conversation)}"#)
    #expect(response.status == 400)
    #expect(response.text.contains("1 to 3 elements, found 4"))
  }

  @Test(
    "only JSON is taken, so that a form of another site cannot ask",
    arguments: ["text/plain", "", "application/x-www-form-urlencoded"])
  func mediaType(type: String) async throws {
    let response = await (try ServiceFixture()).send(
      "POST", "/v1/search", #"{"query": "a"}"#, headers: ["content-type": type])
    #expect(response.status == 415)
  }

  @Test("a body that is packed is refused as such, whatever is in it")
  func encoded() async throws {
    let response = await (try ServiceFixture()).send(
      "POST", "/v1/search", "\u{1F}\u{8B}", headers: ["content-encoding": "gzip"])
    #expect(response.status == 415 && response.text.contains("content encoding"), "\(response.text)")
  }

  @Test("a method that the path does not have is told with those that it has", arguments: ["GET", "TRACE", "QUERY"])
  func methods(method: String) async throws {
    let response = await (try ServiceFixture()).send(method, "/v1/search")
    #expect(response.status == 405)
    #expect(response[header: "allow"] == "POST")
  }
}

enum Fixture {
  static func passage(_ id: String, _ title: String, _ text: String) -> Conversations.Passage {
    .init(id: .init(id), title: title, text: text)
  }
}
