#if Network || Storage
  import Diagnostics
  import Foundation
  import GRDB
  import SQLiteFiles
  import TestSupport
  import Testing

  @Suite("files of SQLite")
  struct SQLiteFileTests {
    private static func kind(version: Int = 2) -> SQLiteFileKind {
      var kind = SQLiteFileKind(
        name: "list of words", application: 0x7A, version: version,
        schema: "CREATE TABLE words (word TEXT, more TEXT);",
        earlyTable: "words")
      kind.upgrades[1] = "ALTER TABLE words ADD COLUMN more TEXT;"
      kind.isShared = true
      kind.patience = 0.01
      return kind
    }

    private func inFolder(_ body: (_ path: String) throws -> Void) throws {
      let folder = try TestSupport.temporaryFolder("sqlite")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try body(folder + "/words.sqlite")
    }

    private func foreign(_ path: String, _ sql: String) throws {
      try DatabaseQueue(path: path).inDatabase { try $0.execute(sql: sql) }
    }

    private func refusal(_ path: String, making: Bool = true) -> ParlanceError? {
      #expect(throws: ParlanceError.self) { try SQLiteFile(path: path, kind: Self.kind(), making: making) }
    }

    @Test("what is written is there for the next who opens it; an older version is brought up to date, once")
    func versions() throws {
      try inFolder { path in
        try foreign(path, "CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('old'); PRAGMA user_version = 1")
        for _ in 0..<2 {
          let file = try SQLiteFile(path: path, kind: Self.kind())
          #expect(
            try file.read { try String.fetchAll($0, sql: "SELECT word FROM words WHERE more IS NULL") } == ["old"])
        }
        try foreign(path, "PRAGMA user_version = 3")
        let error = try #require(refusal(path))
        #expect(error.code == .badInput && error.message.contains("found version 3"))
      }
    }

    @Test("a file that was closed leaves no log, keeps what was written, and tells whoever still asks it")
    func closed() throws {
      try inFolder { path in
        let file = try SQLiteFile(path: path, kind: Self.kind())
        try file.write { try $0.execute(sql: "INSERT INTO words (word) VALUES ('kept')") }
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        for _ in 0..<2 { file.close() }
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        for ask in [file.read, file.write] as [((Database) throws -> Int?) throws -> Int?] {
          let error = #expect(throws: ParlanceError.self) { try ask { try Int.fetchOne($0, sql: "SELECT 1") } }
          #expect(error?.code == .cannotWrite && error?.message == "the list of words is closed")
        }
        file.emptyLog()
        #expect(
          try SQLiteFile(path: path, kind: Self.kind()).read { try String.fetchAll($0, sql: "SELECT word FROM words") }
            == ["kept"])
      }
    }

    @Test(
      "another's database is refused and stays as it is, also with the same version number",
      arguments: [
        "CREATE TABLE contacts (name TEXT); PRAGMA user_version = 2",
        "CREATE TABLE words (word TEXT, more TEXT); PRAGMA user_version = 2; PRAGMA application_id = 9",
        "PRAGMA application_id = 9",
      ])
    func foreign(sql: String) throws {
      try inFolder { path in
        try foreign(path, sql)
        let error = try #require(refusal(path))
        #expect(error.code == .badInput && error.message.contains("another database"), "\(error)")
        let untouched = try DatabaseQueue()
        try untouched.inDatabase { try $0.execute(sql: sql) }
        #expect(try Self.content(DatabaseQueue(path: path)) == Self.content(untouched))
        #expect(try DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
      }
    }

    /// The tables and the numbers of the head, all that a kind looks at.
    private static func content(_ database: DatabaseQueue) throws -> [String] {
      try database.read { db in
        try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master")
          + ["application_id", "user_version"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") ?? "" }
      }
    }

    @Test("where none is to be made, none is left")
    func missing() throws {
      try inFolder { path in
        #expect(refusal(path, making: false)?.code == .noInput)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(refusal(path + "/none/file")?.code == .cannotWrite)
      }
    }

    @Test("somebody who writes for long does not hold up who reads, and who writes is told")
    func busy() throws {
      try inFolder { path in
        let file = try SQLiteFile(path: path, kind: Self.kind())
        try file.write { try $0.execute(sql: "INSERT INTO words VALUES ('a', '')") }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(try file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM words") } == 1)
        let error = #expect(throws: ParlanceError.self) {
          try file.write { try $0.execute(sql: "DELETE FROM words") }
        }
        #expect(error?.code == .tryAgain)
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
      }
    }

    @Test("what has to be on the disk is, before it counts; others do not wait for it", arguments: [false, true])
    func durable(isDurable: Bool) throws {
      try inFolder { path in
        var kind = Self.kind()
        kind.isDurable = isDurable
        for _ in 0..<2 {
          let file = try SQLiteFile(path: path, kind: kind)
          #expect(try file.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == (isDurable ? 2 : 1))
          #expect(try file.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        }
      }
    }

    @Test("a private file is its owner's alone, and what was deleted is in neither file nor log")
    func secrets() throws {
      try inFolder { path in
        var kind = Self.kind()
        kind.isPrivate = true
        let file = try SQLiteFile(path: path, kind: kind)
        try file.write { try $0.execute(sql: "INSERT INTO words VALUES ('xyzzysecret', '')") }
        for name in [path, path + "-wal"] {
          let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
          #expect(mode == 0o600, "\(name)")
        }
        try file.write { try $0.execute(sql: "DELETE FROM words") }
        file.emptyLog()
        for name in [path, path + "-wal"] {
          #expect(
            try Data(contentsOf: URL(fileURLWithPath: name)).range(of: Data("xyzzysecret".utf8)) == nil, "\(name)")
        }
      }
    }
  }
#endif
