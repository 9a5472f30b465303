#if Storage
  import BinaryFiles
  import Conversations
  import Diagnostics
  import Evaluation
  import Experiments
  import Identifiers
  import RankedResults
  import Reports
  import SparseVectors

  /// The report of a sweep's arms.
  struct SweepReport {
    let command: ReportCommand
    let runs: StoredRuns
    private let console = Console.standard
    private let interruption = Console.standard.interruption

    init(command: ReportCommand, folder: String) throws(ParlanceError) {
      self.command = command
      runs = try StoredRuns(folder)
    }

    func report() throws -> ExperimentReport {
      let sweep = runs.sweep
      if let fault = command.significance.fault(hasBaseline: try sweep.expanded().count > 1, need: "a second arm") {
        throw ParlanceError(.usage, fault)
      }
      let tables = try SweepTables(
        sweep: sweep, store: runs.store, baseline: command.baseline, leavingOut: LeftOutTurns(command.leaveOut),
        configuration: command.significance.configuration(hasConversations: true))
      guard let first = tables.sets.first else {
        throw ParlanceError(
          .badInput, "no arm is finished yet; parlance runs list \(runs.folder.path) tells how far they are",
          at: .init(file: runs.folder.path))
      }
      var report = ExperimentReport(
        title: command.title ?? (sweep.name.isEmpty ? runs.folder.path : sweep.name), question: sweep.question,
        hypothesis: sweep.hypothesis,
        sets: tables.sets.map(\.figures))
      report.tables = [tables.unfinishedTable(title: "Arms that are not finished, and are left out")].compactMap(\.self)
      if let untested = tables.untested { console.note(untested) }
      let lines = first.report.evaluations.map(\.name)
      report.training = try training(first, lines)
      if let judged = sweep.evaluate.first(where: { $0.name == first.name }) { try cases(&report, first, judged) }
      try again(&report, first)
      return report
    }

    /// The first run of each arm, the baseline and the best ones first where not all can be drawn.
    private func training(
      _ set: SweepTables.OfSet, _ names: [String]
    ) throws(ParlanceError) -> [ExperimentReport.Training] {
      let order = set.arms.sorted { left, right in
        let isBase = { (arm: ArmFigures) in arm.arm == set.report.comparison?.baseline ? 0 : 1 }
        return (isBase(left), -(left.evaluation.means.first ?? 0)) < (
          isBase(right), -(right.evaluation.means.first ?? 0)
        )
      }
      let drawn = Set(order.prefix(7).map(\.arm))
      var curves: [(name: String, curves: [TrainingCurve])] = []
      for arm in set.arms where drawn.contains(arm.arm) {
        guard let run = arm.runs.first else { continue }
        curves.append((arm.arm, try runs.store.curves(of: run.id)))
      }
      return TrainingDrawings(curves).training
    }

    /// Wins and losses, or what they lack: the paths of a sweep are those of the folder that it ran in.
    private func cases(
      _ report: inout ExperimentReport, _ set: SweepTables.OfSet, _ judged: Sweep.Judged
    ) throws(ParlanceError) {
      guard command.shown > 0, let pair = try CasePair(set.report, asked: command.cases) else { return }
      let inputs = [judged.conversations, judged.qrels].filter { !FileNames.exists($0) }
      let parts = [pair.baseline.name, pair.other.name].flatMap { name in
        shown(name, set).flatMap { run in
          [
            (what: "rankings of \(name)", file: runs.folder.ranking(of: run.id, on: set.name)),
            (what: "terms of \(name)", file: runs.folder.queries(of: run.id, on: set.name)),
          ]
        }
      }.filter { !FileNames.exists($0.file) }
      for file in inputs { console.note("\(file) is not found: wins and losses are left out") }
      for (what, file) in parts { console.note("\(file) is not found: wins and losses lack \(what)") }
      if !inputs.isEmpty || !parts.isEmpty {
        var table = Table(title: "Files that are not found", columns: [.label("file"), .label("what is left out")])
        table.rows =
          inputs.map { [Table.Cell($0), "wins and losses"] }
          + parts.map { [Table.Cell($0.file), Table.Cell("\($0.what) in wins and losses")] }
        report.tables.append(table)
      }
      guard inputs.isEmpty else { return }
      var turns: [ExternalID: Turn] = [:]
      for turn in try TurnReader.all(judged.conversations, interruption: interruption) { turns[turn.id] = turn }
      report.cases = try CaseFinder(
        baseline: trace(pair.baseline.name, set), other: trace(pair.other.name, set),
        qrels: Qrels(readingFrom: judged.qrels, interruption: interruption), turns: turns,
        texts: PassageLookup(indexes: command.index, files: command.passages, interruption: interruption),
        shown: command.shown
      ).cases(pair.baseline, pair.other, measure: 0)
    }

    /// The runs whose rankings are shown of an arm: all folds of its first seed.
    private func shown(_ name: String, _ set: SweepTables.OfSet) -> [StoredRun] {
      let runs = set.arms.first { $0.arm == name }?.runs ?? []
      return runs.filter { $0.seed == runs.first?.seed }
    }

    /// Rankings and queries of an arm's first seed, from all of its folds; the values of this seed where there are others.
    private func trace(_ name: String, _ set: SweepTables.OfSet) throws(ParlanceError) -> SystemTrace {
      var trace = SystemTrace(name: name, rankings: [:], vectors: [])
      let seeds = Set(set.arms.first { $0.arm == name }?.runs.map(\.seed) ?? []).count
      for run in shown(name, set) {
        if seeds > 1 {
          if trace.seed == nil { trace.seed = (run.seed ?? 0, seeds, [:]) }
          let measures = runs.sweep.measures.prefix(1).map(\.description)
          for query in try runs.store.queries(of: run.id, on: set.name, measures: measures) {
            trace.seed?.values[query.id] = query.values.first
          }
        }
        let ranking = runs.folder.ranking(of: run.id, on: set.name)
        if FileNames.exists(ranking) {
          let read = try RankedRun(readingFrom: ranking, interruption: interruption)
          trace.rankings.merge(read.rankings) { first, _ in first }
        }
        let queries = runs.folder.queries(of: run.id, on: set.name)
        if FileNames.exists(queries) { trace.vectors.append(try VectorsFile(path: queries)) }
      }
      return trace
    }
  }
#endif
