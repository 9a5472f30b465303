#if Network
  import Diagnostics
  import GRDB

  /// Answers in an SQLite file that several processes of one machine share, those in containers as well.
  ///
  /// Each answer is on the disk before it is used. Claims name their owner, who renews them; one that was not renewed for a
  /// minute counts for nothing. A process that sees that the owner is gone does not wait for that, so a killed run's questions
  /// are asked again at once.
  final class SQLiteCache: AnswerCache {
    private let database: DatabaseQueue
    private let path: String
    private let owner: CacheOwner

    /// 2 has owners of claims, and why a model ended; 1 had process numbers.
    private static let version = 2
    private static let claimSeconds = 60

    /// - Throws: `cannotWrite` when the file cannot be made; `badInput` when it is another's, or a later version's.
    init(path: String, owner: CacheOwner = .current()) throws(ParlanceError) {
      self.path = path
      self.owner = owner
      var configuration = Configuration()
      configuration.busyMode = .timeout(60)
      configuration.journalMode = .wal
      do {
        database = try DatabaseQueue(path: path, configuration: configuration)
        // Otherwise the last answers would be lost with the power.
        try database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      } catch {
        throw Self.error(error, path, "the cache cannot be opened")
      }
      try prepare()
    }

    private func prepare() throws(ParlanceError) {
      let found = try write { db in
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        switch (version, tables) {
        case (0, 0): try db.execute(sql: Self.answers + Self.claims)
        // Nobody asks for what was paid because the file has become older.
        case (1, _): try db.execute(sql: Self.further + "DROP TABLE claims;" + Self.claims)
        default: return version
        }
        try db.execute(sql: "PRAGMA user_version = \(Self.version)")
        return Self.version
      }
      guard found == Self.version else {
        throw ParlanceError(
          .badInput,
          "expected a cache of rewrites of version \(Self.version), found "
            + (found == 0 ? "another database" : "version \(found)"), at: .init(file: path))
      }
    }

    private static let answers = """
      CREATE TABLE answers (
        key TEXT PRIMARY KEY, model TEXT NOT NULL, prompt TEXT NOT NULL, content TEXT NOT NULL,
        prompt_tokens INTEGER, completion_tokens INTEGER, stored INTEGER NOT NULL DEFAULT (unixepoch()),
        finish TEXT, unreadable INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      """
    private static let further = """
      ALTER TABLE answers ADD COLUMN finish TEXT;
      ALTER TABLE answers ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;
      """
    private static let claims = """
      CREATE TABLE claims (
        key TEXT PRIMARY KEY, owner TEXT NOT NULL, place TEXT NOT NULL, process INTEGER NOT NULL, began INTEGER NOT NULL,
        renewed INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """

    func claim(_ key: String) throws(ParlanceError) -> CacheClaim {
      try write { db in
        if let answer = try Self.answer(db, key) { return .answered(answer) }
        let claim = try Row.fetchOne(
          db, sql: "SELECT * FROM claims WHERE key = ? AND renewed > unixepoch() - ?",
          arguments: [key, Self.claimSeconds])
        if let claim {
          let other = CacheOwner(
            token: claim["owner"], place: claim["place"], process: claim["process"], began: claim["began"])
          if other.token != owner.token, !other.isGone(seenFrom: owner) { return .taken }
        }
        try db.execute(
          sql: """
            INSERT OR REPLACE INTO claims (key, owner, place, process, began, renewed)
            VALUES (?, ?, ?, ?, ?, unixepoch())
            """,
          arguments: [key, owner.token, owner.place, owner.process, owner.began])
        return .mine
      }
    }

    func answer(for key: String) throws(ParlanceError) -> ChatAnswer? {
      try write { db in try Self.answer(db, key) }
    }

    func store(_ answer: ChatAnswer, for key: String, model: String, prompt: String) throws(ParlanceError) {
      try write { db in
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO answers
              (key, model, prompt, content, prompt_tokens, completion_tokens, finish, unreadable)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            key, model, prompt, answer.content, answer.promptTokens, answer.completionTokens, answer.finish,
            answer.isUnreadable,
          ])
        try db.execute(sql: "DELETE FROM claims WHERE key = ?", arguments: [key])
      }
    }

    func giveBack(_ key: String) throws(ParlanceError) {
      try write { db in
        try db.execute(sql: "DELETE FROM claims WHERE key = ? AND owner = ?", arguments: [key, owner.token])
      }
    }

    func renew() throws(ParlanceError) {
      try write { db in
        try db.execute(sql: "UPDATE claims SET renewed = unixepoch() WHERE owner = ?", arguments: [owner.token])
      }
    }

    private static func answer(_ db: Database, _ key: String) throws -> ChatAnswer? {
      try Row.fetchOne(
        db,
        sql: "SELECT content, finish, unreadable, prompt_tokens, completion_tokens FROM answers WHERE key = ?",
        arguments: [key]
      ).map { row in
        var answer = ChatAnswer(
          content: row["content"], finish: row["finish"], promptTokens: row["prompt_tokens"],
          completionTokens: row["completion_tokens"])
        answer.isUnreadable = row["unreadable"]
        return answer
      }
    }

    private func write<Value>(_ body: (Database) throws -> Value) throws(ParlanceError) -> Value {
      do {
        return try database.inTransactionReturning(body)
      } catch let error as ParlanceError {
        throw error
      } catch {
        throw Self.error(error, path, "the cache cannot be used")
      }
    }

    private static func error(_ error: any Error, _ path: String, _ what: String) -> ParlanceError {
      guard let error = error as? DatabaseError else {
        return ParlanceError(.cannotWrite, "\(what): \(error)", at: .init(file: path))
      }
      let code: ParlanceError.Code =
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .badInput
        case .SQLITE_BUSY, .SQLITE_LOCKED: .tryAgain
        default: .cannotWrite
        }
      return ParlanceError(
        code, "\(what): \(error.message ?? "SQLite's error \(error.resultCode)")", at: .init(file: path))
    }
  }

  extension DatabaseQueue {
    /// Runs `body` in a transaction that holds the right to write from its beginning, so that what it read still holds when
    /// it writes, whatever other processes do.
    fileprivate func inTransactionReturning<Value>(_ body: (Database) throws -> Value) throws -> Value {
      var value: Value?
      try inDatabase { db in
        try db.inTransaction(.immediate) {
          value = try body(db)
          return .commit
        }
      }
      guard let value else { throw ParlanceError(.internalFault, "a transaction of the cache did not run") }
      return value
    }
  }
#endif
