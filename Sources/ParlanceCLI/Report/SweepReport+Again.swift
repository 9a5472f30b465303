#if Storage
  import BinaryFiles
  import Diagnostics
  import Evaluation
  import Experiments
  import Reports

  /// What makes a sweep's report again.
  extension SweepReport {
    /// Recipes, data and command lines.
    func again(_ report: inout ExperimentReport, _ set: SweepTables.OfSet) throws(ParlanceError) {
      report.commands = [
        "parlance sweep \(TourSteps.quoted(runs.folder.sweep)) --out \(TourSteps.quoted(runs.folder.path))",
        command.line,
      ]
      let pair = try CasePair(set.report, asked: command.cases)
      for name in [pair?.baseline.name, pair?.other.name].compactMap(\.self) {
        if let run = set.arms.first(where: { $0.arm == name })?.runs.first { report.recipes.append((name, run.recipe)) }
      }
      if report.recipes.isEmpty, let arm = set.arms.first, let run = arm.runs.first {
        report.recipes = [(arm.arm, run.recipe)]
      }
      if FileNames.exists(runs.folder.recipe) {
        let text = try Self.text(of: runs.folder.recipe)
        report.recipes.insert(("all arms before their settings, recipe.yaml", text), at: 0)
      }
      let text = try Self.text(of: runs.folder.sweep)
      report.recipes.insert(("the whole sweep, sweep.yaml", text), at: 0)
      report.data = try data(of: set)
      report.makers = makers(of: set)
      report.program = set.arms.first?.runs.first?.program ?? ""
    }

    private static func text(of path: String) throws(ParlanceError) -> String {
      let file = try MappedFile(path: path)
      return String(decoding: file.bytes.array(), as: UTF8.self)
    }

    /// What the runs read, and what that was made of.
    private func data(of set: SweepTables.OfSet) throws(ParlanceError) -> Table {
      var read: [(reader: String, prints: [RunResult.Fingerprint])] = []
      for run in set.arms.flatMap(\.runs) {
        let prints = try runs.store.fingerprints(of: run.id)
        read.append(("the runs", prints))
      }
      let notes = try MadeNote.kept(in: runs.folder)
      for step in runs.sweep.prepare {
        if let note = notes[step.makes] { read.append(("what made \(step.makes)", note.read)) }
      }
      var table = Table(columns: [.label("file"), .label("SHA-256"), .label("read by")])
      var seen: Set<RunResult.Fingerprint> = []
      for (reader, prints) in read {
        for print in prints where seen.insert(print).inserted {
          table.rows.append([Table.Cell(print.file), Table.Cell(print.sha256), Table.Cell(reader)])
        }
      }
      return table
    }

    /// Programs and machines, a column for those that are the same; `nil` where no run noted its own.
    private func makers(of set: SweepTables.OfSet) -> Table? {
      var names: [String] = []
      var columns: [[String]] = []
      var made: [[StoredRun]] = []
      var unnoted = 0
      for run in set.arms.flatMap(\.runs) {
        guard let lines = run.maker?.lines else {
          unnoted += 1
          continue
        }
        names = ["program"] + lines.map(\.name)
        let column = [run.program] + lines.map(\.text)
        if let place = columns.firstIndex(of: column) {
          made[place].append(run)
        } else {
          columns.append(column)
          made.append([run])
        }
      }
      guard !columns.isEmpty else { return nil }
      var table = Table(columns: [.label("made by")] + made.map { .label(FixedDecimal.counted($0.count, "run")) })
      for (row, name) in names.enumerated() {
        table.rows.append([Table.Cell(name)] + columns.map { Table.Cell($0[row]) })
      }
      if made.count > 1 {
        let arms = made.map { Set($0.map(\.arm)).sorted().joined(separator: "; ") }
        table.rows.append([Table.Cell("arms")] + arms.map { Table.Cell($0) })
      }
      if unnoted > 0 { table.notes = ["Of \(FixedDecimal.counted(unnoted, "run")) this was not noted."] }
      return table
    }
  }
#endif
