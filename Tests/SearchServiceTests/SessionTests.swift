#if Storage
  import Diagnostics
  import Foundation
  import StrictJSON
  import Synchronization
  import TestSupport
  import Testing

  @testable import SearchService

  @Suite("sessions")
  struct SessionTests {
    private func withService(
      limit: Int = 256, _ body: (_ service: ServiceFixture, _ id: String) async throws -> Void
    ) async throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let service = try await ServiceFixture {
        $0.sessions = folder + "/sessions.sqlite"
        $0.limits.messages = limit
      }
      let made = await service.send("POST", "/v1/sessions", "{}")
      try #require(made.status == 201, "\(made.text)")
      try await body(service, try #require(try made.json["id"]?.string))
    }

    @Test("a conversation grows by questions and answers, and the whole of it is searched with")
    func conversation() async throws {
      try await withService { service, id in
        let first = await service.send("POST", "/v1/sessions/\(id)/search", #"{"query": "undo a commit", "k": 1}"#)
        #expect(try first.json["passages"]?[0]?["id"]?.string == "p1")
        let added = await service.send(
          "POST", "/v1/sessions/\(id)/messages", #"{"messages": [{"role": "assistant", "content": "by a reset"}]}"#)
        #expect(try added.json["count"]?.integer == 2)
        let second = try await service.send("POST", "/v1/sessions/\(id)/search", #"{"query": "and a branch?"}"#).json
        #expect(second["terms_by_turn"]?.array?.compactMap { $0["message"]?.integer } == [2, 1, 0])
        let again = try await service.send("POST", "/v1/sessions/\(id)/search", "{}").json
        #expect(again["passages"] == second["passages"])
        let whole = try await service.send("GET", "/v1/sessions/\(id)").json
        #expect(whole["messages"]?.array?.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(await service.send("DELETE", "/v1/sessions/\(id)").status == 204)
        #expect(await service.send("GET", "/v1/sessions/\(id)").status == 404)
        #expect(await service.send("POST", "/v1/sessions/\(id)/search", #"{"query": "a"}"#).status == 404)
      }
    }

    @Test("a conversation without a question, and one that is full, are conflicts; nothing is half added")
    func conflicts() async throws {
      try await withService(limit: 2) { service, id in
        #expect(await service.send("POST", "/v1/sessions/\(id)/search", "{}").status == 409)
        let pair = #"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"#
        #expect(await service.send("POST", "/v1/sessions/\(id)/messages", pair).status == 200)
        #expect(await service.send("POST", "/v1/sessions/\(id)/messages", pair).status == 409)
        let left = try await service.send("GET", "/v1/sessions/\(id)").json
        #expect(left["count"]?.integer == 2)
      }
    }

    private static let limits = SessionLimits(messages: 5, bytes: 100)

    @Test("what is kept is what was said, zeros and all; bytes are limited as messages are")
    func contents() throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let store = try SQLiteSessionStore(path: folder + "/s.sqlite")
      try store.create(Session(id: "a", messages: [], timeToLive: 10, expires: 110), owner: "")
      let odd = TextMessage(role: "user", content: "be\u{0}fore \u{E9} e\u{301}")
      #expect(try store.append([odd], to: "a", owner: "", most: Self.limits, now: 100) != nil)
      let kept = try #require(try store.session("a", owner: "", now: 100)?.messages.first?.content)
      #expect(kept.utf8.elementsEqual(odd.content.utf8))
      #expect(try store.session("a\u{0}b", owner: "", now: 100) == nil)
      let long = TextMessage(role: "user", content: String(repeating: "x", count: 101))
      #expect {
        try store.append([long], to: "a", owner: "", most: Self.limits, now: 100)
      } throws: { ($0 as? ParlanceError)?.code == .usage }
      #expect(try store.session("a", owner: "", now: 100)?.messages.count == 1)
    }

    @Test("a session is over when its time is, and each message gives it its time anew")
    func expiry() throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let store = try SQLiteSessionStore(path: folder + "/s.sqlite")
      let message = TextMessage(role: "user", content: "undo")
      try store.create(Session(id: "a", messages: [], timeToLive: 10, expires: 110), owner: "")
      #expect(try store.append([message], to: "a", owner: "", most: Self.limits, now: 109)?.expires == 119)
      #expect(try store.session("a", owner: "", now: 118)?.messages == [message])
      #expect(try store.session("a", owner: "", now: 119) == nil)
      #expect(try store.append([message], to: "a", owner: "", most: Self.limits, now: 119) == nil)
      #expect(try store.delete("a", owner: "", now: 119) == false)
      // The next one takes it out of the file.
      try store.create(Session(id: "b", messages: [], timeToLive: 10, expires: 130), owner: "")
      #expect(try store.session("a", owner: "", now: 0) == nil)
    }

    @Test("a session belongs to the key that made it; to another it does not exist")
    func owners() throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let store = try SQLiteSessionStore(path: folder + "/s.sqlite")
      try store.create(Session(id: "a", messages: [], timeToLive: 10, expires: 110), owner: "mine")
      #expect(try store.session("a", owner: "other", now: 100) == nil)
      let message = TextMessage(role: "user", content: "x")
      #expect(try store.append([message], to: "a", owner: "other", most: Self.limits, now: 100) == nil)
      #expect(try store.delete("a", owner: "other", now: 100) == false)
      #expect(try store.session("a", owner: "mine", now: 100)?.messages == [])
      // What was kept is there for the next process.
      #expect(try SQLiteSessionStore(path: folder + "/s.sqlite").session("a", owner: "mine", now: 100) != nil)
    }

    @Test("another database and a file that is none are refused, not overwritten")
    func otherFiles() throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Data(repeating: 120, count: 4096).write(to: URL(fileURLWithPath: folder + "/text"))
      #expect { try SQLiteSessionStore(path: folder + "/text") } throws: { ($0 as? ParlanceError)?.code == .badInput }
    }

    @Test("sessions are described where they are, and only there")
    func described() async throws {
      try await withService { service, _ in
        let paths = try await service.send("GET", "/openapi.json").json["paths"]?.object?.keys ?? []
        #expect(paths.contains("/v1/sessions/{id}/search"))
      }
      let without = try await ServiceFixture()
      #expect(try await without.send("GET", "/openapi.json").json["paths"]?["/v1/sessions"] == nil)
      #expect(await without.send("POST", "/v1/sessions", "{}").status == 404)
    }
  }
#endif
