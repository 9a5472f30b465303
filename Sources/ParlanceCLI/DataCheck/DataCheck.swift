import Diagnostics
import Identifiers
import WordPiece

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is in a folder of conversations, rewrites, passages and judgments, and what does not fit.
struct DataCheck: Encodable {
  struct File: Encodable {
    var name: String
    var count: Int
    var unit: String
  }

  var files: [File] = []
  /// What is worth knowing and no fault, such as how many turns have a rewrite.
  var findings: [String] = []
  /// The first faults of each kind.
  private(set) var faults: [String] = []
  private(set) var faultCount = 0
  private(set) var lengths: QueryLengths.Summary?
  /// What train and test share without its being a fault; `nil` unless there are both.
  private(set) var shared: SplitLeaks.Shared?

  /// By id: the file that it is in, and its question.
  var turns: [ExternalID: (file: String, question: TextDigest)] = [:]
  var conversations: Set<ExternalID> = []
  var passages: Set<ExternalID> = []
  var passageTexts: Set<TextDigest> = []
  var hasPassages = false
  var order = TurnOrder()
  var late = Occurrences()
  var askedAgain = Occurrences()
  var leaks = SplitLeaks()
  var measured: QueryLengths
  private var told: [String: Int] = [:]
  private let limit: Int

  /// How often something was found, and where first.
  struct Occurrences {
    private(set) var count = 0
    private(set) var first: ParlanceError.Location?

    mutating func add(at location: ParlanceError.Location) {
      count += 1
      if first == nil { first = location }
    }
  }

  private enum CodingKeys: String, CodingKey {
    case files
    case findings
    case faults
    case faultCount
    case lengths
    case shared
  }

  /// - Parameters:
  ///   - limit: how many faults are told of each kind.
  ///   - tokenizer: counts tokens; without it words are counted.
  ///   - maxLength: how many tokens a query may have.
  /// - Throws: `noInput` when the folder is not there or has none of the files; `interrupted`.
  init(
    folder: String, limit: Int, tokenizer: WordPieceTokenizer? = nil, maxLength: Int = 256,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    self.limit = limit
    measured = QueryLengths(tokenizer, limit: maxLength)
    let names = try Self.names(in: folder)
    let rewrites = (try? Self.names(in: folder + "/rewrites")) ?? []
    func matching(_ start: String, _ end: String) -> [String] {
      names.filter { name in
        name.hasPrefix(start) && (name.hasSuffix(end) || name.hasSuffix(end + ".gz"))
      }
    }
    var steps = Steps(progress: progress, interruption: interruption)
    for name in matching("conversations", ".jsonl") { try readTurns(name, in: folder, &steps) }
    if !turns.isEmpty { summariseTurns() }
    for name in matching("passages", ".jsonl") { try readPassages(name, in: folder, &steps) }
    for name in rewrites where name.hasSuffix(".jsonl") || name.hasSuffix(".jsonl.gz") {
      try readRewrites("rewrites/" + name, in: folder, &steps)
    }
    for name in matching("qrels", ".txt") { try readQrels(name, in: folder, &steps) }
    guard !files.isEmpty else {
      throw ParlanceError(
        .noInput, "expected conversations*.jsonl, passages*.jsonl, rewrites/*.jsonl or qrels*.txt, there are none",
        at: .init(file: folder))
    }
    summariseLeaks()
    noteOthers(among: names + rewrites.map { "rewrites/" + $0 })
  }

  /// Names what has a name that no file of a set has: as a rule one that was meant to be read.
  private mutating func noteOthers(among names: [String]) {
    let read = Set(files.map(\.name))
    let others = names.filter { name in
      !read.contains(name) && name != "rewrites" && !name.hasPrefix(".") && !name.hasPrefix("rewrites/.")
    }
    guard !others.isEmpty else { return }
    let more = others.count > Self.namesTold ? " and \(others.count - Self.namesTold) more" : ""
    findings.append("not looked at: \(others.prefix(Self.namesTold).joined(separator: ", "))\(more)")
  }

  private static let namesTold = 5

  private static func names(in folder: String) throws(ParlanceError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ParlanceError(.noInput, "expected a folder that can be read", at: .init(file: folder))
    }
  }

  private mutating func summariseTurns() {
    findings.append("\(turns.count) turns of \(conversations.count) conversations")
    findings += measured.findings
    lengths = measured.summary
    if order.missing > 0 { findings.append("\(order.missing) turns that others follow are not there") }
    if let place = late.first {
      findings.append("\(late.count) turns come behind one that follows them, the first at \(place)")
    }
    if let place = askedAgain.first {
      findings.append(
        "\(askedAgain.count) turns have conversation and questions of an earlier one, the first at \(place)")
    }
  }

  private mutating func summariseLeaks() {
    guard leaks.hasBothSides else { return }
    let shared = leaks.shared
    findings.append("train and test share \(shared.questions.count) questions of five words or more")
    findings.append("\(shared.turnsWithTrainedPassages) test turns have a relevant passage that a train turn has, too")
    self.shared = shared
  }

  /// The first questions and passages that train and test share, a line for each.
  var sharedLines: [String] {
    guard let shared else { return [] }
    func named(_ turns: [String]) -> String {
      turns.prefix(Self.turnsNamed).map { "\"\($0)\"" }.joined(separator: ", ")
        + (turns.count > Self.turnsNamed ? " and \(turns.count - Self.turnsNamed) more" : "")
    }
    func lines<Item>(_ items: [Item], _ line: (Item) -> String) -> [String] {
      items.prefix(limit).map(line)
        + (items.count > limit ? ["and \(items.count - limit) more (--json names all)"] : [])
    }
    return lines(shared.questions) { "question: of test \(named($0.test)), of train \(named($0.train))" }
      + lines(shared.passages) { "passage \"\($0.passage)\": of test \(named($0.test)), of train \(named($0.train))" }
  }

  private static let turnsNamed = 3

  mutating func fault(_ kind: String, _ message: String) {
    faultCount += 1
    told[kind, default: 0] += 1
    if told[kind, default: 0] <= limit { faults.append(message) }
  }
}
