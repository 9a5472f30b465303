#if Storage
  public import Diagnostics
  import Evaluation
  import GRDB
  import Identifiers
  import SQLiteFiles

  /// The runs of a sweep in one SQLite file, `runs.sqlite`: resolved recipes, fingerprints of data, figures by query, curves.
  ///
  /// The files of a run's folder are the truth; what is lost here is read from them again.
  public final class RunStore {
    private let file: SQLiteFile

    private static let kind = {
      var kind = SQLiteFileKind(
        name: "database of runs", application: 0x5041_5255, version: 2, schema: schema + makers, earlyTable: "runs")
      kind.upgrades[1] = makers
      kind.readable = [1]
      return kind
    }()

    /// - Throws: `noInput` when there is none and none is to be made, `badInput` for another database or a later version,
    ///   `cannotWrite`.
    public init(path: String, making: Bool) throws(ParlanceError) {
      file = try SQLiteFile(path: path, kind: Self.kind, making: making)
    }

    private static let schema = """
      CREATE TABLE runs (
        id TEXT PRIMARY KEY, arm TEXT NOT NULL, seed TEXT, fold INTEGER, state TEXT NOT NULL, digest TEXT NOT NULL,
        recipe TEXT NOT NULL, program TEXT NOT NULL, steps INTEGER NOT NULL, examples INTEGER NOT NULL,
        seconds REAL NOT NULL, processor_seconds REAL NOT NULL, peak_memory INTEGER NOT NULL, fault TEXT
      ) STRICT;
      CREATE TABLE fingerprints (
        run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, file TEXT NOT NULL, sha256 TEXT NOT NULL,
        PRIMARY KEY (run, file)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE queries (
        run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, dataset TEXT NOT NULL, query TEXT NOT NULL,
        conversation TEXT NOT NULL, turn INTEGER NOT NULL, terms INTEGER NOT NULL, flops REAL NOT NULL,
        postings INTEGER NOT NULL, encode_ms REAL NOT NULL, search_ms REAL NOT NULL, divergence REAL,
        PRIMARY KEY (run, dataset, query)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE figures (
        run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, dataset TEXT NOT NULL, query TEXT NOT NULL,
        measure TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (run, dataset, query, measure)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE curves (
        run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL, step INTEGER NOT NULL,
        value REAL NOT NULL, PRIMARY KEY (run, name, step)
      ) STRICT, WITHOUT ROWID;

      """

    /// What version 2 has beside version 1.
    private static let makers = """
      CREATE TABLE makers (
        run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, fact TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (run, fact)
      ) STRICT, WITHOUT ROWID;
      """

    /// A fact about a run for each set that it was measured on: how many of the set's turns are trained on.
    private static let trainedOn = "turns_trained_on "

    // MARK: - Writing

    /// Puts a finished run in, in place of whatever was known of it.
    public func store(_ result: RunResult, curves: [TrainingCurve]) throws(ParlanceError) {
      try file.write { db in
        try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [result.run])
        try db.execute(
          sql: "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
          arguments: [
            result.run, result.arm, result.seed.map { "\($0)" }, result.fold, StoredRun.State.finished.rawValue,
            result.digest, result.recipe, result.program, result.steps, result.examples, result.seconds,
            result.processorSeconds, result.peakMemory,
          ])
        for print in result.fingerprints {
          try db.execute(
            sql: "INSERT INTO fingerprints VALUES (?, ?, ?)", arguments: [result.run, print.file, print.sha256])
        }
        var facts = result.maker?.facts ?? []
        if let other = result.stepsOf { facts.append(("steps_of", other)) }
        for set in result.measured {
          if let turns = set.turnsTrainedOn { facts.append((Self.trainedOn + set.name, "\(turns)")) }
        }
        for (fact, value) in facts {
          try db.execute(sql: "INSERT INTO makers VALUES (?, ?, ?)", arguments: [result.run, fact, value])
        }
        let queries = try db.makeStatement(sql: "INSERT INTO queries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let figures = try db.makeStatement(sql: "INSERT INTO figures VALUES (?, ?, ?, ?, ?)")
        for set in result.measured {
          for query in set.queries {
            try queries.execute(arguments: [
              result.run, set.name, query.id, query.conversation, query.turn, query.terms, query.flops, query.postings,
              query.encodeMilliseconds, query.searchMilliseconds, query.divergence,
            ])
            for (measure, value) in zip(set.measures, query.values) {
              try figures.execute(arguments: [result.run, set.name, query.id, measure, value])
            }
          }
        }
        let points = try db.makeStatement(sql: "INSERT INTO curves VALUES (?, ?, ?, ?)")
        for curve in curves {
          for point in curve.points {
            try points.execute(arguments: [result.run, curve.name, point.step, point.value])
          }
        }
      }
    }

    /// Notes that a run failed, and why.
    public func store(failure fault: String, of run: PlannedRun) throws(ParlanceError) {
      try file.write { db in
        try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run.id])
        try db.execute(
          sql: "INSERT INTO runs VALUES (?, ?, ?, ?, ?, '', '', '', 0, 0, 0, 0, 0, ?)",
          arguments: [
            run.id, run.arm, run.seed.map { "\($0)" }, run.fold, StoredRun.State.failed.rawValue, fault,
          ])
      }
    }

    public func remove(_ run: String) throws(ParlanceError) {
      try file.write { db in try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run]) }
    }

    // MARK: - Reading

    /// All runs, by name.
    public func runs() throws(ParlanceError) -> [StoredRun] {
      try file.read { db in
        var makers: [String: [String: String]] = [:]
        // Of version 1, which has none, nothing but to read is wanted.
        let rows = try db.tableExists("makers") ? Row.fetchAll(db, sql: "SELECT run, fact, value FROM makers") : []
        for row in rows {
          let (run, fact): (String, String) = (row["run"], row["fact"])
          makers[run, default: [:]][fact] = row["value"]
        }
        return try Row.fetchAll(db, sql: "SELECT * FROM runs ORDER BY id").map { row in
          let (id, seed): (String, String?) = (row["id"], row["seed"])
          return StoredRun(
            id: id, arm: row["arm"], seed: seed.flatMap { UInt64($0) }, fold: row["fold"],
            state: StoredRun.State(rawValue: row["state"]) ?? .failed, digest: row["digest"], recipe: row["recipe"],
            program: row["program"], maker: makers[id].flatMap { RunMaker(facts: $0) },
            stepsOf: makers[id]?["steps_of"], turnsTrainedOn: Self.turnsTrainedOn(in: makers[id] ?? [:]),
            steps: row["steps"], examples: row["examples"], seconds: row["seconds"],
            processorSeconds: row["processor_seconds"],
            peakMemory: row["peak_memory"], fault: row["fault"])
        }
      }
    }

    private static func turnsTrainedOn(in facts: [String: String]) -> [String: Int] {
      var turns: [String: Int] = [:]
      for (fact, value) in facts where fact.hasPrefix(trainedOn) {
        turns[String(fact.dropFirst(trainedOn.count))] = Int(value)
      }
      return turns
    }

    public func fingerprints(of run: String) throws(ParlanceError) -> [RunResult.Fingerprint] {
      try file.read { db in
        try Row.fetchAll(
          db, sql: "SELECT file, sha256 FROM fingerprints WHERE run = ? ORDER BY file", arguments: [run]
        ).map { RunResult.Fingerprint(file: $0["file"], sha256: $0["sha256"]) }
      }
    }

    /// The turns of one set, by id, with their values in the order of `measures`; a figure that is not there is left out
    /// with its turn.
    public func queries(
      of run: String, on set: String, measures: [String]
    ) throws(ParlanceError) -> [StoredQuery] {
      try file.read { db in
        // By bytes: ids that are one text to Swift may be two.
        var values: [ExternalID: [String: Double]] = [:]
        let figures = try Row.fetchCursor(
          db, sql: "SELECT query, measure, value FROM figures WHERE run = ? AND dataset = ?", arguments: [run, set])
        while let row = try figures.next() {
          let (query, measure): (String, String) = (row["query"], row["measure"])
          values[ExternalID(query), default: [:]][measure] = row["value"]
        }
        let rows = try Row.fetchAll(
          db, sql: "SELECT * FROM queries WHERE run = ? AND dataset = ? ORDER BY query", arguments: [run, set])
        return rows.compactMap { row in
          let id: String = row["query"]
          let conversation: String = row["conversation"]
          let known = measures.compactMap { values[ExternalID(id)]?[$0] }
          guard known.count == measures.count else { return nil }
          return StoredQuery(
            id: ExternalID(id), conversation: ExternalID(conversation), turn: row["turn"], values: known,
            effort: QueryEffort(
              terms: row["terms"], flops: row["flops"], postings: row["postings"], encoding: row["encode_ms"],
              searching: row["search_ms"]),
            divergence: row["divergence"])
        }
      }
    }

    public func curves(of run: String) throws(ParlanceError) -> [TrainingCurve] {
      try file.read { db in
        var curves: [TrainingCurve] = []
        let rows = try Row.fetchCursor(
          db, sql: "SELECT name, step, value FROM curves WHERE run = ? ORDER BY name, step", arguments: [run])
        while let row = try rows.next() {
          let name: String = row["name"]
          if curves.last?.name != name { curves.append(TrainingCurve(name: name, points: [])) }
          curves[curves.count - 1].points.append(.init(step: row["step"], value: row["value"]))
        }
        return curves
      }
    }
  }
#endif
