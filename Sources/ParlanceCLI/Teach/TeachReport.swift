import Diagnostics
import Distillation
import Reports

/// What `teach` did, in words and as JSON.
struct TeachReport {
  var out: String
  var summary: TeachingSummary
  var description: TeacherDescription
  /// For each teacher with rewrites how many are for turns that the conversations do not have.
  var unknownRewrites: [(name: String, count: Int)]

  private static let ranks = [1, 10, 100, 1000]

  func tell(_ console: Console) {
    let mean = Double(summary.passages) / Double(max(1, summary.queries))
    var line =
      "\(FixedDecimal.grouped(summary.queries)) queries taught, \(FixedDecimal.text(mean, digits: 1)) passages each"
    if summary.short > 0 {
      line += "; \(FixedDecimal.grouped(summary.short)) lists have fewer than \(description.depth)"
      line += summary.empty > 0 ? ", \(FixedDecimal.grouped(summary.empty)) of them none" : ""
    }
    console.note(line)
    if summary.withoutTerms > 0 {
      console.warn(
        "\(FixedDecimal.grouped(summary.withoutTerms)) queries have no term in their vectors and find nothing")
    }
    if summary.untaught > 0 {
      console.warn("\(FixedDecimal.grouped(summary.untaught)) queries have no teacher and are left out")
    }
    if summary.leftOut > 0 { console.note("\(FixedDecimal.counted(summary.leftOut, "turn")) left out by --filter") }
    if summary.weighedDown > 0 {
      console.note("\(FixedDecimal.counted(summary.weighedDown, "turn")) of less weight by --filter")
    }
    let asked = summary.queries + summary.untaught + summary.leftOut
    for teacher in teachers where teacher.queries < asked || teacher.unasked > 0 || teachers.count > 1 {
      var line = "\(teacher.name): \(FixedDecimal.grouped(teacher.queries)) of \(FixedDecimal.grouped(asked)) queries"
      if teacher.unasked > 0 { line += "; \(FixedDecimal.grouped(teacher.unasked)) others were not asked for" }
      console.note(line)
    }
    guard let gold = summary.gold else { return }
    line =
      "gold: \(FixedDecimal.grouped(gold.passages)) relevant passages of \(FixedDecimal.grouped(gold.queries)) queries, "
    line += "\(FixedDecimal.grouped(gold.ranks.count)) in the lists"
    if gold.passages > 0 {
      line += " (\(FixedDecimal.percent(Double(gold.ranks.count) / Double(gold.passages))))"
    }
    line += Self.ranks.filter { $0 <= description.depth }
      .map { ", \(FixedDecimal.grouped(gold.found(within: $0))) in the top \($0)" }.joined()
    if gold.unknown > 0 { line += "; \(FixedDecimal.grouped(gold.unknown)) are not in the collection" }
    console.note(line)
  }

  /// Coverage with the rewrites that are for no turn among what was not asked for.
  private var teachers: [TeachingSummary.Coverage] {
    summary.teachers.map { teacher in
      var teacher = teacher
      teacher.unasked += unknownRewrites.first { $0.name == teacher.name }?.count ?? 0
      return teacher
    }
  }

  /// `--json`
  struct Document: Encodable {
    struct Teacher: Encodable {
      var name: String
      var weight: Double
      var queries: Int
      var unasked: Int
    }

    struct Gold: Encodable {
      var queries: Int
      var passages: Int
      var unknown: Int
      var found: Int
      /// By rank: how many are in a list at this rank or better.
      var foundWithin: [String: Int]
    }

    var out: String
    var combination: TeacherCombination
    var depth: Int
    var queryVectors: Bool
    var queries: Int
    var untaught: Int
    var passages: Int
    var short: Int
    var empty: Int
    var withoutTerms: Int
    /// By --filter: how many are not in the file, and how many weigh less.
    var leftOut: Int
    var weighedDown: Int
    var teachers: [Teacher]
    var gold: Gold?
  }

  var document: Document {
    Document(
      out: out, combination: description.combination, depth: description.depth,
      queryVectors: description.hasQueryVectors, queries: summary.queries, untaught: summary.untaught,
      passages: summary.passages, short: summary.short, empty: summary.empty, withoutTerms: summary.withoutTerms,
      leftOut: summary.leftOut, weighedDown: summary.weighedDown,
      teachers: zip(teachers, description.teachers).map {
        .init(name: $0.name, weight: $1.weight, queries: $0.queries, unasked: $0.unasked)
      },
      gold: summary.gold.map { gold in
        let within = Self.ranks.filter { $0 <= description.depth }.map { (String($0), gold.found(within: $0)) }
        return .init(
          queries: gold.queries, passages: gold.passages, unknown: gold.unknown, found: gold.ranks.count,
          foundWithin: Dictionary(uniqueKeysWithValues: within))
      })
  }
}
