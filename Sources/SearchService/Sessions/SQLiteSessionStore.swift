#if Storage
  import Diagnostics
  import GRDB

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Conversations in an SQLite file: they outlive the process, and go when their time is over.
  final class SQLiteSessionStore: SessionStore {
    private let database: DatabaseQueue
    private let path: String

    private static let version = 1

    /// - Throws: `cannotWrite` when the file cannot be made; `badInput` when it is another's, or a later version's.
    init(path: String) throws(ParlanceError) {
      self.path = path
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.journalMode = .wal
      // What SQLite logs and what errors say must not hold words of a conversation.
      configuration.publicStatementArguments = false
      do {
        database = try DatabaseQueue(path: path, configuration: configuration)
      } catch {
        throw Self.error(error, path)
      }
      let found = try write { db in
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard version == 0, tables == 0 else { return version }
        try db.execute(
          sql: """
            CREATE TABLE sessions (
              id TEXT PRIMARY KEY, owner TEXT NOT NULL, lives INTEGER NOT NULL, expires INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX expiry ON sessions (expires);
            CREATE TABLE messages (
              session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, place INTEGER NOT NULL, role TEXT NOT NULL,
              content BLOB NOT NULL, PRIMARY KEY (session, place)
            ) STRICT, WITHOUT ROWID;
            PRAGMA user_version = 1;
            """)
        return Self.version
      }
      guard found == Self.version else {
        throw ParlanceError(
          .badInput,
          "expected a file of sessions of version \(Self.version), found "
            + (found == 0 ? "another database" : "version \(found)"), at: .init(file: path))
      }
    }

    func create(_ session: Session, owner: String) throws(ParlanceError) {
      try write { db in
        // Whoever adds something takes out what is over, so that the file does not grow with the years.
        try db.execute(
          sql: "DELETE FROM sessions WHERE expires <= ?", arguments: [session.expires - session.timeToLive])
        try db.execute(
          sql: "INSERT INTO sessions (id, owner, lives, expires) VALUES (?, ?, ?, ?)",
          arguments: [session.id, owner, session.timeToLive, session.expires])
        try Self.insert(session.messages, from: 0, session.id, db)
      }
    }

    func session(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Session? {
      try write { db in try Self.session(id, owner, now, db) }
    }

    func append(
      _ messages: [TextMessage], to id: String, owner: String, most: SessionLimits, now: Int
    ) throws(ParlanceError) -> Session? {
      try write { db in
        guard var session = try Self.session(id, owner, now, db) else { return nil }
        try most.check(session.messages + messages)
        try Self.insert(messages, from: session.messages.count, id, db)
        session.messages += messages
        session.expires = now + session.timeToLive
        try db.execute(sql: "UPDATE sessions SET expires = ? WHERE id = ?", arguments: [session.expires, id])
        return session
      }
    }

    func delete(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Bool {
      try write { db in
        guard try Self.session(id, owner, now, db) != nil else { return false }
        try db.execute(sql: "DELETE FROM sessions WHERE id = ?", arguments: [id])
        return true
      }
    }

    private static func session(_ id: String, _ owner: String, _ now: Int, _ db: Database) throws -> Session? {
      // SQLite's texts end at a zero, so that it would find another's.
      if id.utf8.contains(0) { return nil }
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT lives, expires FROM sessions WHERE id = ? AND owner = ? AND expires > ?",
          arguments: [id, owner, now])
      else { return nil }
      let rows = try Row.fetchAll(
        db, sql: "SELECT role, content FROM messages WHERE session = ? ORDER BY place", arguments: [id])
      let messages = rows.map { row in
        let content: Data = row["content"]
        return TextMessage(role: row["role"], content: String(decoding: content, as: UTF8.self))
      }
      return Session(id: id, messages: messages, timeToLive: row["lives"], expires: row["expires"])
    }

    private static func insert(_ messages: [TextMessage], from first: Int, _ id: String, _ db: Database) throws {
      for (place, message) in messages.enumerated() {
        try db.execute(
          sql: "INSERT INTO messages (session, place, role, content) VALUES (?, ?, ?, ?)",
          arguments: [id, first + place, message.role, Data(message.content.utf8)])
      }
    }

    private func write<Value>(_ body: (Database) throws -> Value) throws(ParlanceError) -> Value {
      do {
        return try database.write(body)
      } catch let error as ParlanceError {
        throw error
      } catch {
        throw Self.error(error, path)
      }
    }

    private static func error(_ error: any Error, _ path: String) -> ParlanceError {
      guard let error = error as? DatabaseError else {
        return ParlanceError(.cannotWrite, "the sessions cannot be used", at: .init(file: path))
      }
      let code: ParlanceError.Code =
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .badInput
        case .SQLITE_BUSY, .SQLITE_LOCKED: .tryAgain
        default: .cannotWrite
        }
      return ParlanceError(
        code, "the sessions cannot be used: \(error.message ?? "SQLite's error \(error.resultCode)")",
        at: .init(file: path))
    }
  }
#endif
