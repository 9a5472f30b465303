#if Storage
  import Diagnostics
  import GRDB
  import SQLiteFiles

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Conversations in an SQLite file: they outlive the process, and go when their time is over.
  final class SQLiteSessionStore: SessionStore {
    private let file: SQLiteFile

    private static let kind: SQLiteFileKind = {
      var kind = SQLiteFileKind(
        name: "file of sessions", application: 0x5041_5353, version: 1, schema: schema, earlyTable: "sessions")
      kind.isShared = true
      // What people said.
      kind.isPrivate = true
      // A request waits for it.
      kind.patience = 1
      return kind
    }()

    private static let schema = """
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, lives INTEGER NOT NULL, expires INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX expiry ON sessions (expires);
      CREATE TABLE messages (
        session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, place INTEGER NOT NULL, role TEXT NOT NULL,
        content BLOB NOT NULL, PRIMARY KEY (session, place)
      ) STRICT, WITHOUT ROWID;
      """

    /// Whether others could read the file, which is its owner's alone from here on.
    var wasOpenToOthers: Bool { file.wasOpenToOthers }

    /// - Throws: `cannotWrite` when the file cannot be made; `badInput` when it is another's, or a later version's.
    init(path: String) throws(ParlanceError) {
      file = try SQLiteFile(path: path, kind: Self.kind)
    }

    func create(_ session: Session, owner: String) throws(ParlanceError) {
      let isOver = try file.write { db in
        // Whoever adds something takes out what is over, so that the file does not grow with the years.
        try db.execute(
          sql: "DELETE FROM sessions WHERE expires <= ?", arguments: [session.expires - session.timeToLive])
        let isOver = db.changesCount > 0
        try db.execute(
          sql: "INSERT INTO sessions (id, owner, lives, expires) VALUES (?, ?, ?, ?)",
          arguments: [session.id, owner, session.timeToLive, session.expires])
        try Self.insert(session.messages, from: 0, session.id, db)
        return isOver
      }
      if isOver { file.emptyLog() }
    }

    func session(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Session? {
      try file.read { db in try Self.session(id, owner, now, db) }
    }

    func append(
      _ messages: [TextMessage], to id: String, owner: String, most: SessionLimits, now: Int
    ) throws(ParlanceError) -> Session? {
      try file.write { db in
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
      let isThere = try file.write { db in
        guard try Self.session(id, owner, now, db) != nil else { return false }
        try db.execute(sql: "DELETE FROM sessions WHERE id = ?", arguments: [id])
        return true
      }
      if isThere { file.emptyLog() }
      return isThere
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
  }
#endif
