#if Network
  import Diagnostics
  import GRDB
  import SQLiteFiles

  /// Answers in an SQLite file that several processes of one machine share, those in containers as well.
  ///
  /// Each answer is on the disk before it is used. Claims name their owner, who renews them; one that was not renewed for a
  /// minute counts for nothing. A process that sees that the owner is gone does not wait for that, so a killed run's questions
  /// are asked again at once.
  final class SQLiteCache: AnswerCache {
    private let file: SQLiteFile
    private let owner: CacheOwner
    private let claimSeconds: Int

    /// 2 has owners of claims, and why a model ended; 1 had process numbers.
    private static let kind: SQLiteFileKind = {
      var kind = SQLiteFileKind(
        name: "cache of rewrites", application: 0x5041_5257, version: 2, schema: answers + claims,
        earlyTable: "answers")
      // Nobody asks for what was paid because the file has become older.
      kind.upgrades[1] = further + "DROP TABLE claims;" + claims
      kind.isShared = true
      // Otherwise the last answers would be lost with the power.
      kind.isDurable = true
      return kind
    }()

    /// - Parameter claimSeconds: how long a claim lasts that is not renewed.
    /// - Throws: `cannotWrite` when the file cannot be made; `badInput` when it is another's, or a later version's.
    init(path: String, owner: CacheOwner = .current(), claimSeconds: Int = 60) throws(ParlanceError) {
      self.owner = owner
      self.claimSeconds = claimSeconds
      file = try SQLiteFile(path: path, kind: Self.kind)
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
      try file.write { db in
        if let answer = try Self.answer(db, key) { return .answered(answer) }
        let claim = try Row.fetchOne(
          db, sql: "SELECT * FROM claims WHERE key = ? AND renewed > unixepoch() - ?",
          arguments: [key, claimSeconds])
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
      try file.read { db in try Self.answer(db, key) }
    }

    func store(_ answer: ChatAnswer, for key: String, model: String, prompt: String) throws(ParlanceError) {
      try file.write { db in
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
      try file.write { db in
        try db.execute(sql: "DELETE FROM claims WHERE key = ? AND owner = ?", arguments: [key, owner.token])
      }
    }

    func renew() throws(ParlanceError) {
      try file.write { db in
        try db.execute(sql: "UPDATE claims SET renewed = unixepoch() WHERE owner = ?", arguments: [owner.token])
      }
    }

    func close() { file.close() }

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
  }
#endif
