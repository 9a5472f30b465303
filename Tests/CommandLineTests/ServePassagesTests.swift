#if Network
  import Foundation
  import Synchronization
  import TestSupport
  import Testing

  @Suite("parlance serve --writable", .timeLimit(.minutes(30)))
  struct ServePassagesTests {
    static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

    /// What one client knows: what was acknowledged of each passage, and what it asked for last without an answer.
    private struct Ledger {
      /// `nil` for a passage that was deleted.
      var acknowledged: [String: String?] = [:]
      var unanswered: [String: String?] = [:]
    }

    private final class Counter: Sendable {
      private let count = Atomic(0)
      var value: Int { count.load(ordering: .relaxed) }
      func add() { count.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Writes until the service is gone.
    private static func write(_ name: String, to port: Int, from seed: UInt64, count: Counter) -> Ledger {
      var ledger = Ledger()
      var random = SeededGenerator(seed: seed)
      guard let connection = try? ClientConnection(port: port) else { return ledger }
      for number in 0... {
        let ids = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          "\(name)-\(Int.random(in: 0..<20, using: &random))"
        }
        let isDeleting = Int.random(in: 0..<4, using: &random) == 0
        let path = isDeleting ? "/v1/deletions" : "/v1/passages"
        let members = ids.map { id in
          isDeleting ? "\"\(id)\"" : #"{"id": "\#(id)", "text": "undo number \#(number) of \#(name)"}"#
        }
        let body = #"{"\#(isDeleting ? "ids" : "passages")": [\#(members.joined(separator: ", "))]}"#
        let text: String? = isDeleting ? nil : "undo number \(number) of \(name)"
        for id in ids { ledger.unanswered[id] = .some(text) }
        do {
          try connection.send(ServedFixture.request("POST", path, body))
          guard try connection.answer().status == 200 else { continue }
        } catch { return ledger }
        count.add()
        for id in ids { ledger.acknowledged[id] = .some(text) }
        ledger.unanswered = [:]
      }
      return ledger
    }

    @Test("kill -9 at any moment of writing loses nothing that was acknowledged")
    func killed() throws {
      let served = try ServedFixture(["--writable", "--quiet"], model: Self.model)
      let seed = UInt64.random(in: 0 ... .max)
      var random = SeededGenerator(seed: seed)
      var known: [String: String?] = [:]
      var writes = 0
      for round in 0..<5 {
        let count = Counter()
        let least = Int.random(in: 1...12, using: &random)
        let seeds = (0..<2).map { _ in random.next() }
        let ledgers = Mutex<[Ledger]>([])
        let clients = DispatchGroup()
        let port = served.port
        for client in 0..<2 {
          // On threads of their own, since they wait and Dispatch has few.
          clients.enter()
          Thread.detachNewThread {
            let ledger = Self.write("c\(client)", to: port, from: seeds[client], count: count)
            ledgers.withLock { $0.append(ledger) }
            clients.leave()
          }
        }
        while count.value < least { usleep(500) }
        usleep(UInt32.random(in: 0..<20_000, using: &random))
        served.kill()
        clients.wait()
        writes += count.value
        try served.start()
        for ledger in ledgers.withLock({ $0 }) {
          known.merge(ledger.acknowledged) { $1 }
          for (id, text) in known where ledger.unanswered[id] != nil || ledger.acknowledged[id] != nil {
            let found = try shown(id, in: served)
            let isKept = found == text
            // What was not answered may have been done, as a whole or not at all.
            let isDone = ledger.unanswered[id].map { $0 == found } ?? false
            #expect(isKept || isDone, "seed \(seed), round \(round), \(id): \(found ?? "-"), not \(text ?? "-")")
            known[id] = .some(found)
          }
          for (id, text) in ledger.unanswered where known[id] == nil {
            let found = try shown(id, in: served)
            #expect(found == nil || found == text, "seed \(seed), round \(round), \(id)")
            known[id] = .some(found)
          }
        }
        let verified = try ParlanceProcess.run(["index", "verify", "index"], in: served.folder)
        #expect(verified.code == 0, "seed \(seed), round \(round): \(verified.output) \(verified.error)")
      }
      #expect(writes >= 5)
      for (id, text) in known { #expect(try shown(id, in: served) == text, "seed \(seed), \(id)") }
    }

    private func shown(_ id: String, in served: ServedFixture) throws -> String? {
      let connection = try served.connect()
      try connection.send(ServedFixture.request("GET", "/v1/passages/\(id)"))
      let answer = try connection.answer()
      if answer.status == 404 { return nil }
      let passage = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
      return passage?["text"] as? String
    }

    @Test("only a key that may write changes passages; another process that writes is waited for, not overwritten")
    func keysAndLocks() throws {
      let folder = try TestSupport.temporaryFolder("write-keys")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var lines = ""
      var keys: [String] = []
      for arguments in [["reader"], ["writer", "--may-write"]] {
        let made = try ParlanceProcess.run(["serve", "--new-key"] + arguments, in: folder)
        lines += made.output
        keys.append(try #require(made.error.split(whereSeparator: \.isWhitespace).last.map(String.init)))
      }
      try lines.write(toFile: folder + "/keys.txt", atomically: false, encoding: .utf8)
      let served = try ServedFixture(["--writable", "--api-keys", folder + "/keys.txt"], model: Self.model)
      let body = #"{"passages": [{"id": "n1", "text": "undo"}]}"#
      func post(_ key: String) throws -> String {
        try served.send("POST", "/v1/passages", body, fields: ["x-api-key: \(key)"])
      }
      #expect(try post("none").hasPrefix("HTTP/1.1 401"))
      #expect(try post(keys[0]).hasPrefix("HTTP/1.1 403"))
      let holder = try FileHandle(forUpdating: URL(fileURLWithPath: served.folder + "/index/lock"))
      #expect(flock(holder.fileDescriptor, LOCK_EX) == 0)
      let refused = try post(keys[1])
      #expect(refused.hasPrefix("HTTP/1.1 503") && refused.lowercased().contains("retry-after: 1"), "\(refused)")
      #expect(!refused.contains(served.folder))
      try holder.close()
      #expect(try post(keys[1]).hasPrefix("HTTP/1.1 200"))
    }

    @Test("what cannot be written to is refused at the start")
    func refusals() throws {
      try SearchFixture.inFolder { folder in
        for (arguments, code) in [
          (["--writable"], 64), (["--writable", "--model", Self.model], 65), (["--passage-model", Self.model], 64),
        ] {
          let refused = try ParlanceProcess.run(["serve", "--index", "bm25", "--port", "0"] + arguments, in: folder)
          #expect(refused.code == code, "\(arguments): \(refused.error)")
        }
      }
    }
  }
#endif
