import Distillation
import Identifiers
import Reports

/// How far teachers agree, as tables for people and as a JSON document.
struct TeacherAgreementReport {
  private let agreement: TeacherAgreement
  private let names: [String]

  private static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]
  private static let listed = 10

  init(_ agreement: TeacherAgreement) {
    self.agreement = agreement
    names = agreement.teachers.map(\.name)
  }

  var tables: [Table] {
    let least = agreement.leastAlike(Self.listed)
    return [teacherTable] + (agreement.pairs.isEmpty ? [] : [pairTable]) + (least.isEmpty ? [] : [leastTable(least)])
  }

  private var teacherTable: Table {
    var table = Table(
      columns: [
        .label("teacher"), .figure("turns"), .figure("with others"), .figure("with baseline"), .figure("nDCG"),
        .figure("worse, of judged"), .figure("worse, of others"),
      ])
    for teacher in agreement.teachers {
      table.rows.append([
        Table.Cell(teacher.name), .count(teacher.queries), Self.cell(teacher.support), Self.cell(teacher.baseline),
        Self.cell(teacher.gold), Table.Cell(Self.share(teacher.worseJudged, of: teacher.judged)),
        Table.Cell(Self.share(teacher.worseCompared, of: teacher.compared)),
      ])
    }
    table.notes = [
      "With others, with baseline: the mean overlap of the best \(agreement.depth). nDCG: of as many, over the turns with a "
        + "relevant passage, all of which count alike. Worse: turns for which it retrieves worse than the baseline, by nDCG, and by agreement where "
        + "no relevant passage is known."
    ]
    if let gold = agreement.gold {
      table.notes.append(
        "All together \(FixedDecimal.text(gold.combined, digits: 3)), the baseline "
          + "\(FixedDecimal.text(gold.baseline, digits: 3)) over \(FixedDecimal.counted(gold.queries, "turn")); worse than "
          + "the baseline for \(FixedDecimal.counted(worse.count, "turn")), those without gold by agreement included.")
    } else if agreement.baseline != nil {
      table.notes.append(
        "All together seem worse than the baseline for \(FixedDecimal.counted(worse.count, "turn")).")
    }
    return table
  }

  private var pairTable: Table {
    var table = Table(
      columns: [.label("teacher"), .label("and teacher"), .figure("overlap@\(agreement.depth)"), .figure("turns")])
    table.rows = agreement.pairs.map {
      [Table.Cell($0.first), Table.Cell($0.second), .figure($0.overlap), .count($0.queries)]
    }
    if let mean = agreement.agreement {
      let parts = Self.shares.compactMap { share in
        agreement.agreement(ofShare: share).map {
          "\(FixedDecimal.text($0, digits: 3)) at \(FixedDecimal.percent(share, digits: 0))"
        }
      }
      table.notes = [
        "A turn's teachers overlap by \(FixedDecimal.text(mean, digits: 3)) on average; "
          + "\(parts.joined(separator: ", ")) of the turns."
      ]
    }
    return table
  }

  private func leastTable(_ turns: [TurnAgreement]) -> Table {
    var table = Table(
      title: "Where the teachers differ most",
      columns: [.label("turn"), .figure("overlap@\(agreement.depth)"), .figure("teachers"), .label("alone")])
    for turn in turns {
      let places = turn.teachers.indices
      let outsider = places.min { first, second in Self.support(turn, first) < Self.support(turn, second) }
      table.rows.append([
        Table.Cell(turn.query.string), .figure(turn.agreement ?? 0), .count(turn.teachers.count),
        Table.Cell(outsider.map { names[turn.teachers[$0]] } ?? ""),
      ])
    }
    table.notes = ["Alone: the teacher that shares least with the others."]
    return table
  }

  private var worse: [TurnAgreement] { agreement.turns.filter(\.isWorse) }

  /// A teacher's mean overlap with the turn's others.
  private static func support(_ turn: TurnAgreement, _ place: Int) -> Double {
    let others = turn.teachers.indices.filter { $0 != place }.map { turn.overlaps[place][$0] }
    return others.isEmpty ? 0 : others.reduce(0, +) / Double(others.count)
  }

  private static func cell(_ value: Double?) -> Table.Cell { value.map { .figure($0) } ?? "" }

  private static func share(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "" : "\(FixedDecimal.grouped(part)) of \(FixedDecimal.grouped(whole))"
  }

  // MARK: - JSON

  var json: OrderedJSON {
    .object([
      ("depth", .integer(agreement.depth)), ("baseline", agreement.baseline.map { .string($0) }),
      ("agreement", Self.number(agreement.agreement)),
      (
        "agreementOfShare",
        .object(Self.shares.map { (FixedDecimal.text($0, digits: 2), Self.number(agreement.agreement(ofShare: $0))) })
      ),
      (
        "nDCG",
        agreement.gold.map {
          ["combined": .number($0.combined), "baseline": .number($0.baseline), "turns": .integer($0.queries)]
        }
      ),
      ("worseTurns", .integer(worse.count)),
      ("teachers", .array(agreement.teachers.map(Self.json))),
      (
        "pairs",
        .array(
          agreement.pairs.map {
            [
              "teachers": .array([.string($0.first), .string($0.second)]), "turns": .integer($0.queries),
              "overlap": .number($0.overlap),
            ]
          })
      ),
      ("leastAlike", .array(agreement.leastAlike(100).map { .string($0.query.string) })),
      ("turns", .array(agreement.turns.map(json))),
    ])
  }

  private static func json(_ teacher: TeacherAgreement.Figures) -> OrderedJSON {
    [
      "name": .string(teacher.name), "turns": .integer(teacher.queries), "overlap": number(teacher.support),
      "overlapWithBaseline": number(teacher.baseline), "nDCG": number(teacher.gold),
      "judged": .integer(teacher.judged), "worseOfJudged": .integer(teacher.worseJudged),
      "compared": .integer(teacher.compared), "worseOfCompared": .integer(teacher.worseCompared),
    ]
  }

  private func json(_ turn: TurnAgreement) -> OrderedJSON {
    .object([
      ("id", .string(turn.query.string)), ("agreement", Self.number(turn.agreement)),
      (
        "overlap",
        turn.agreement.map { _ in
          .object(turn.teachers.indices.map { (names[turn.teachers[$0]], .number(Self.support(turn, $0))) })
        }
      ),
      (
        "overlapWithBaseline",
        turn.baseline.map { baseline in
          .object(zip(turn.teachers, baseline).map { (names[$0], .number($1)) })
        }
      ),
      (
        "nDCG",
        turn.gold.map { gold in
          .object(
            zip(turn.teachers, gold.teachers).map { (names[$0], .number($1)) }
              + [("combined", .number(gold.combined)), ("baseline", gold.baseline.map { .number($0) })])
        }
      ),
      ("worse", .array(turn.worse.map { .string(names[$0]) })), ("isWorse", .bool(turn.isWorse)),
      ("isFiltered", .bool(turn.isFiltered)), ("weight", .number(turn.weight)),
    ])
  }

  private static func number(_ value: Double?) -> OrderedJSON { value.map { .number($0) } ?? .null }
}
