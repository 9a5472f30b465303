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
      _ = try SQLiteSessionStore(path: folder + "/ours")
      // Another program's database has its own mark where ours has ours.
      var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/ours"))
      bytes.replaceSubrange(68..<72, with: Data("thei".utf8))
      try bytes.write(to: URL(fileURLWithPath: folder + "/foreign"))
      for name in ["/text", "/foreign"] {
        #expect { try SQLiteSessionStore(path: folder + name) } throws: { ($0 as? ParlanceError)?.code == .badInput }
      }
    }

    @Test("a file that others could read is kept from them, which is said; somebody else's database is left as it is")
    func openToOthers() async throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder + name)[.posixPermissions] as? Int
      }
      func open(_ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + name)
      }
      do { _ = try SQLiteSessionStore(path: folder + "/ours") }
      try open("/ours")
      // As a process that was killed leaves it.
      try Data().write(to: URL(fileURLWithPath: folder + "/ours-wal"))
      try open("/ours-wal")
      let service = try await ServiceFixture { $0.sessions = folder + "/ours" }
      #expect(try mode("/ours") == 0o600 && mode("/ours-wal") == 0o600)
      #expect(service.log.text.contains("others could read"))
      let again = try await ServiceFixture { $0.sessions = folder + "/ours" }
      #expect(again.log.text == "")
      try Data(repeating: 120, count: 4096).write(to: URL(fileURLWithPath: folder + "/text"))
      try open("/text")
      #expect(throws: ParlanceError.self) { try SQLiteSessionStore(path: folder + "/text") }
      #expect(try mode("/text") == 0o644)
    }

    @Test("what was forgotten, and what is over, is in no file any more; the files are their owner's alone")
    func forgotten() throws {
      let folder = try TestSupport.temporaryFolder("sessions")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let store = try SQLiteSessionStore(path: folder + "/s.sqlite")
      func said(_ words: String) -> [TextMessage] { [TextMessage(role: "user", content: words)] }
      try store.create(Session(id: "a", messages: said("hush-hush"), timeToLive: 10, expires: 110), owner: "")
      try store.create(Session(id: "b", messages: said("whispered"), timeToLive: 10, expires: 110), owner: "")
      #expect(try store.delete("a", owner: "", now: 100))
      func holds(_ words: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
          try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)).range(of: Data(words.utf8)) != nil
        }
      }
      #expect(try !holds("hush-hush") && holds("whispered"))
      try store.create(Session(id: "c", messages: said("audible"), timeToLive: 10, expires: 130), owner: "")
      #expect(try !holds("whispered") && holds("audible"))
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
      }
    }

    /// A store that is held up, as by a lock on its file.
    private final class Stuck: SessionStore {
      let isFree = DispatchSemaphore(value: 0)
      func create(_ session: Session, owner: String) throws(ParlanceError) {
        isFree.wait()
        isFree.signal()
      }
      func session(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Session? { nil }
      func append(
        _ messages: [TextMessage], to id: String, owner: String, most: SessionLimits, now: Int
      ) throws(ParlanceError) -> Session? { nil }
      func delete(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Bool { false }
    }

    @Test("a store that is held up holds up no search")
    func stuck() async throws {
      let service = try await ServiceFixture()
      let store = Stuck()
      let table = RouteTable(try SessionRoutes(service.server.search, store: store).routes)
      let waiting = (0..<4).map { _ in
        Task {
          await table.answer(
            APIRequest(
              method: "POST", path: "/v1/sessions", headers: ["content-type": "application/json"],
              body: Array("{}".utf8))
          ).status
        }
      }
      #expect(try await service.search(#"{"query": "commit"}"#)["passages"]?.array?.count == 2)
      store.isFree.signal()
      for task in waiting { #expect(await task.value == 201) }
    }

    @Test("sessions are described where they are, and only there")
    func described() async throws {
      try await withService { service, _ in
        let paths = try await service.send("GET", "/openapi.json").json["paths"]?.object
        let described = paths?.filter { $0.key.hasPrefix("/v1/sessions") }.flatMap { path, item in
          (item.object?.keys ?? []).map { "\($0.uppercased()) \(path)" }
        }
        #expect(Set(described ?? []) == Set(service.server.table.names.filter { $0.contains("/v1/sessions") }))
      }
      let without = try await ServiceFixture()
      #expect(try await without.send("GET", "/openapi.json").json["paths"]?["/v1/sessions"] == nil)
      #expect(await without.send("POST", "/v1/sessions", "{}").status == 404)
    }
  }
#endif
