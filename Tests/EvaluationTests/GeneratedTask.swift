import Evaluation
import Identifiers
import RankedResults

/// Judgments and a run as no collection has them, but every collection might: ties, scores that differ in double
/// precision only, gaps, unjudged passages, negative and high grades, queries on one side only.
struct GeneratedTask {
  var run = RankedRun(name: "generated")
  var qrels = Qrels()

  init(queries: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for number in 0..<queries {
      let query = ExternalID("q\(number)")
      let size = number % 100 == 0 ? 1500 : 60
      let pool = (0..<(1 + random.index(below: size))).map { GeneratedTask.passage($0, &random) }
      var seen: Set<ExternalID> = []
      let passages = pool.filter { seen.insert($0).inserted }
      let sides = random.index(below: 20)
      if sides != 0 { run.rankings[query] = GeneratedTask.ranking(passages, &random) }
      if sides != 1 { qrels.grades[query] = GeneratedTask.grades(passages, &random) }
    }
  }

  /// Ids where one is the beginning of another, with bytes beyond ASCII and in both normal forms.
  private static func passage(_ number: Int, _ random: inout SeededGenerator) -> ExternalID {
    switch random.index(below: 5) {
    case 0: ExternalID("é\(number)")
    case 1: ExternalID("e\u{301}\(number)")
    case 2: ExternalID("d0\(number)")
    case 3: ExternalID("日本\(number)-\(random.index(below: 3))")
    default: ExternalID("d\(number)")
    }
  }

  private static func ranking(_ passages: [ExternalID], _ random: inout SeededGenerator) -> [RankedPassage] {
    let style = random.index(below: 5)
    let keep = 1 + random.index(below: passages.count)
    let ranking = passages.shuffled(using: &random).prefix(keep).map { passage in
      let score: Double =
        switch style {
        case 0: Double.random(in: -5..<30, using: &random)
        case 1: Double(random.index(below: 4))
        case 2: 12 + Double(random.index(below: 9)) * 1e-7
        case 3: Double(random.index(below: 5)) * -1e30
        default: 0
        }
      return RankedPassage(passage: passage, score: score)
    }
    return random.index(below: 2) == 0 ? ranking : ranking.sorted { $0.score > $1.score }
  }

  private static func grades(_ passages: [ExternalID], _ random: inout SeededGenerator) -> [ExternalID: Int] {
    let style = random.index(below: 5)
    var grades: [ExternalID: Int] = [:]
    for passage in passages where random.index(below: 3) > 0 {
      grades[passage] =
        switch style {
        case 0: random.index(below: 2)
        case 1: random.index(below: 5)
        case 2: random.index(below: 6) - 2
        case 3: random.index(below: 40) == 0 ? 1 : 0
        default: random.index(below: 4) == 0 ? 12 : random.index(below: 3) - 1
        }
    }
    for number in 0..<random.index(below: 10) {
      grades[ExternalID("never retrieved \(number)")] = random.index(below: 4)
    }
    if grades.isEmpty { grades["d"] = 1 }
    return grades
  }
}
