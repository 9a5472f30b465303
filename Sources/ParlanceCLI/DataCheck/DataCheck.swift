import Conversations
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
  /// What the turns to measure on share with those to train on without its being a fault; `nil` unless there are both.
  private(set) var shared: SharedTurns.OfTrain?
  /// What other two sides share; `nil` for nothing.
  private(set) var otherShared: [SharedTurns.OfOthers]?

  /// By id: the file that it is in, and its question.
  var turns: [ExternalID: (file: String, question: TextDigest)] = [:]
  /// The part that each turn was dealt to.
  var parts: [ExternalID: String] = [:]
  var conversations: Set<ExternalID> = []
  var passages: Set<ExternalID> = []
  var passageTexts: Set<TextDigest> = []
  var hasPassages = false
  var order = TurnOrder()
  var late = Occurrences()
  var askedAgain = Occurrences()
  var leaks = SplitLeaks()
  /// Parts are compared with one another alone: the file that was dealt may lie beside them.
  var partLeaks = SplitLeaks()
  var measured: QueryLengths
  private var told: [String: Int] = [:]
  private var pairs: [SharedTurns] = []
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
    case otherShared
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
    for name in matching("conversations", ".jsonl") {
      try readTurns(name, SplitSide(fileName: name), in: folder, &steps)
    }
    let parts = Self.parts(among: names, in: folder)
    for (name, part) in parts { try readTurns(name, part, in: folder, &steps) }
    if !turns.isEmpty { summariseTurns() }
    for name in matching("passages", ".jsonl") { try readPassages(name, in: folder, &steps) }
    for name in rewrites where name.hasSuffix(".jsonl") || name.hasSuffix(".jsonl.gz") {
      try readRewrites("rewrites/" + name, in: folder, &steps)
    }
    let dealt = parts.flatMap { [$0.part.name + ".qrels.txt", $0.part.name + ".qrels.txt.gz"] }.filter(names.contains)
    for name in matching("qrels", ".txt") + dealt { try readQrels(name, in: folder, &steps) }
    guard !files.isEmpty else {
      throw ParlanceError(
        .noInput,
        "expected conversations*.jsonl, part-N.jsonl, passages*.jsonl, rewrites/*.jsonl or qrels*.txt, there are none",
        at: .init(file: folder))
    }
    summariseLeaks()
    noteOthers(among: names + rewrites.map { "rewrites/" + $0 })
  }

  /// What `data split` wrote, in the order of the numbers. Passages may be kept in files of such names, too: none is taken for a
  /// part where one is missing, and where no file begins with a turn.
  private static func parts(among names: [String], in folder: String) -> [(name: String, part: SplitSide)] {
    var parts: [(name: String, part: SplitSide)] = []
    for name in names {
      if let part = SplitSide(fileName: name), part.isPart { parts.append((name, part)) }
    }
    let numbers = Set(parts.map { $0.part })
    guard (1...max(1, numbers.count)).allSatisfy({ numbers.contains(.part($0)) }),
      parts.contains(where: { beginsWithTurn(folder + "/" + $0.name) })
    else { return [] }
    return parts.sorted { ($0.part, $0.name) < ($1.part, $1.name) }
  }

  private static func beginsWithTurn(_ path: String) -> Bool {
    do throws(ParlanceError) { return try TurnReader(path: path).next() != nil } catch { return false }
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
    pairs = leaks.shared + partLeaks.shared
    for pair in pairs {
      let (first, second) = (pair.first.name, pair.second.name)
      // Of train it is worth knowing that nothing is shared.
      if pair.first == .train || !pair.questions.isEmpty {
        findings.append("\(first) and \(second) share \(pair.questions.count) questions of five words or more")
      }
      if pair.first == .train || !pair.passages.isEmpty {
        findings.append(
          "\(pair.turnsWithKnownPassages) \(second) turns have a relevant passage that a \(first) turn has, too")
      }
    }
    let ofTrain = pairs.filter { $0.first == .train }
    if !ofTrain.isEmpty { shared = SharedTurns.OfTrain(ofTrain) }
    let others = pairs.filter { $0.first != .train && !($0.questions.isEmpty && $0.passages.isEmpty) }
    if !others.isEmpty { otherShared = others.map { SharedTurns.OfOthers($0) } }
  }

  /// The first questions and passages that two sides share, a line for each, under a line that names the sides.
  var sharedLines: [String] {
    pairs.flatMap { pair -> [String] in
      let (first, second) = (pair.first.name, pair.second.name)
      func sides(_ item: SharedTurns.Item) -> String {
        "of \(second) \(Self.named(item.second)), of \(first) \(Self.named(item.first))"
      }
      let lines =
        firstLines(of: pair.questions) { "question: " + sides($0) }
        + firstLines(of: pair.passages) { "passage \"\($0.passage?.string ?? "")\": " + sides($0) }
      return lines.isEmpty ? [] : ["Shared by \(first) and \(second):"] + lines.map { "  " + $0 }
    }
  }

  private static func named(_ turns: [ExternalID]) -> String {
    turns.prefix(turnsNamed).map { "\"\($0)\"" }.joined(separator: ", ")
      + (turns.count > turnsNamed ? " and \(turns.count - turnsNamed) more" : "")
  }

  private func firstLines(of items: [SharedTurns.Item], _ line: (SharedTurns.Item) -> String) -> [String] {
    items.prefix(limit).map(line)
      + (items.count > limit ? ["and \(items.count - limit) more (--json names all)"] : [])
  }

  private static let turnsNamed = 3

  mutating func fault(_ kind: String, _ message: String) {
    faultCount += 1
    told[kind, default: 0] += 1
    if told[kind, default: 0] <= limit { faults.append(message) }
  }
}
