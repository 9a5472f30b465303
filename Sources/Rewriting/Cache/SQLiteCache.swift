#if Network
  import Diagnostics
  import GRDB

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif

  /// Answers in an SQLite file that several processes of one machine share.
  ///
  /// Each answer is on the disk before it is used. Claims name the process that made them: one of a process that is no more
  /// counts for nothing, so a killed run's questions are asked again at once; one that is older than an hour neither, so
  /// that a number that the system gave to another process blocks nothing for ever.
  final class SQLiteCache: AnswerCache {
    private let database: DatabaseQueue
    private let path: String
    private let process: Int64

    private static let version = 1
    private static let claimSeconds = 3600

    /// - Throws: `cannotWrite` when the file cannot be made; `badInput` when it is another's, or a later version's.
    init(path: String, process: Int64 = Int64(getpid())) throws(ParlanceError) {
      self.path = path
      self.process = process
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
        guard version == 0, tables == 0 else { return version }
        try db.execute(
          sql: """
            CREATE TABLE answers (
              key TEXT PRIMARY KEY, model TEXT NOT NULL, prompt TEXT NOT NULL, content TEXT NOT NULL,
              prompt_tokens INTEGER, completion_tokens INTEGER, stored INTEGER NOT NULL DEFAULT (unixepoch())
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE claims (key TEXT PRIMARY KEY, process INTEGER NOT NULL, made INTEGER NOT NULL)
              STRICT, WITHOUT ROWID;
            PRAGMA user_version = 1;
            """)
        return Self.version
      }
      guard found == Self.version else {
        throw ParlanceError(
          .badInput,
          "expected a cache of rewrites of version \(Self.version), found "
            + (found == 0 ? "another database" : "version \(found)"), at: .init(file: path))
      }
    }

    func claim(_ key: String) throws(ParlanceError) -> CacheClaim {
      try write { db in
        if let answer = try Self.answer(db, key) { return .answered(answer) }
        let claim = try Row.fetchOne(
          db, sql: "SELECT process FROM claims WHERE key = ? AND made > unixepoch() - ?",
          arguments: [key, Self.claimSeconds])
        if let owner = claim?["process"] as Int64?, owner != process, Self.isAlive(owner) { return .taken }
        try db.execute(
          sql: "INSERT OR REPLACE INTO claims (key, process, made) VALUES (?, ?, unixepoch())",
          arguments: [key, process])
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
            INSERT OR IGNORE INTO answers (key, model, prompt, content, prompt_tokens, completion_tokens)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
          arguments: [key, model, prompt, answer.content, answer.promptTokens, answer.completionTokens])
        try db.execute(sql: "DELETE FROM claims WHERE key = ?", arguments: [key])
      }
    }

    func giveBack(_ key: String) throws(ParlanceError) {
      try write { db in
        try db.execute(sql: "DELETE FROM claims WHERE key = ? AND process = ?", arguments: [key, process])
      }
    }

    private static func answer(_ db: Database, _ key: String) throws -> ChatAnswer? {
      try Row.fetchOne(
        db, sql: "SELECT content, prompt_tokens, completion_tokens FROM answers WHERE key = ?", arguments: [key]
      ).map { row in
        ChatAnswer(
          content: row["content"], promptTokens: row["prompt_tokens"], completionTokens: row["completion_tokens"])
      }
    }

    /// Whether a process of this number runs on this machine.
    private static func isAlive(_ process: Int64) -> Bool {
      guard let number = pid_t(exactly: process), number > 0 else { return false }
      return kill(number, 0) == 0 || errno == EPERM
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
