import Conversations
import Diagnostics
import Identifiers
import LineFiles
import RankedResults

extension DataCheck {
  /// Counts lines and looks at the wish to stop.
  struct Steps {
    let progress: ProgressHandler?
    let interruption: Interruption?
    private var lines = 0

    init(progress: ProgressHandler?, interruption: Interruption?) {
      self.progress = progress
      self.interruption = interruption
    }

    mutating func step() throws(ParlanceError) {
      lines += 1
      guard lines % 1024 == 0 else { return }
      try interruption?.check()
      progress?(Progress("reading", completed: lines, total: nil, unit: "lines"))
    }
  }

  /// Reads one file record by record; a line that is malformed is a fault, and the next is read.
  ///
  /// - Parameters:
  ///   - lines: the lines of the file, once it is open.
  ///   - body: reads and checks one record, and says whether there was one.
  private mutating func read<Reader>(
    _ name: String, _ unit: String, _ steps: inout Steps, open: () throws(ParlanceError) -> Reader,
    lines: (Reader) -> LineReader, _ body: (inout DataCheck, Reader) throws(ParlanceError) -> Bool
  ) throws(ParlanceError) {
    files.append(File(name: name, count: 0, unit: unit))
    let reader: Reader
    do { reader = try open() } catch { return try note(error, in: name, isLast: true) }
    var isOver = false
    while !isOver {
      let line = lines(reader).lineNumber
      do throws(ParlanceError) {
        isOver = try !body(&self, reader)
        if !isOver { files[files.count - 1].count += 1 }
      } catch {
        // A line that was not read to its end, as in damaged gzip, would fail again for ever.
        isOver = lines(reader).lineNumber == line
        try note(error, in: name, isLast: isOver)
      }
      try steps.step()
    }
  }

  private mutating func note(_ error: ParlanceError, in name: String, isLast: Bool) throws(ParlanceError) {
    if error.code == .interrupted { throw error }
    fault("malformed " + name, error.description + (isLast ? " (the rest of the file was not read)" : ""))
  }

  mutating func readTurns(
    _ name: String, _ side: SplitSide?, in folder: String, _ steps: inout Steps
  ) throws(ParlanceError) {
    var blank = 0
    try read(
      name, "turns", &steps, open: { () throws(ParlanceError) in try TurnReader(path: folder + "/" + name) },
      lines: \.lines
    ) { (check: inout DataCheck, reader: TurnReader) throws(ParlanceError) in
      guard let turn = try reader.next() else { return false }
      let location = reader.location
      blank += turn.messages.count { Self.isBlank($0.content) }
      try check.add(turn, from: name, isPart: side?.isPart == true, at: location)
      if let side { check.judgeLeak(of: turn, side, at: location) }
      check.conversations.insert(turn.conversation)
      return true
    }
    if blank > 0 { findings.append("\(name): \(blank) messages of histories have no words") }
  }

  /// Takes in a turn. That of a part may be there already, where the file that was dealt lies beside its parts.
  private mutating func add(
    _ turn: Turn, from name: String, isPart: Bool, at location: ParlanceError.Location
  ) throws(ParlanceError) {
    let known = turns[turn.id]?.file
    if let other = isPart ? parts.updateValue(name, forKey: turn.id) : known {
      fault("turn twice", "\(location): the turn \"\(turn.id)\" is in \(other) as well")
    }
    guard known == nil else { return }
    turns[turn.id] = (name, TextDigest(wordsOf: turn.messages.last?.content ?? ""))
    judgeOrder(of: turn, at: location)
    try measured.add(turn)
  }

  private mutating func judgeOrder(of turn: Turn, at location: ParlanceError.Location) {
    switch order.add(turn) {
    case .inOrder: break
    case .late: late.add(at: location)
    case .again: askedAgain.add(at: location)
    }
  }

  private mutating func judgeLeak(of turn: Turn, _ side: SplitSide, at location: ParlanceError.Location) {
    switch side.isPart ? partLeaks.add(turn, side) : leaks.add(turn, side) {
    case nil: break
    case .conversation(let other)?:
      fault(
        "leaked conversation",
        "\(location): the conversation \"\(turn.conversation)\" of \"\(turn.id)\" is in \(other.name) as well")
    case .questions(let turnAsked, let other)?:
      fault(
        "leaked questions",
        "\(location): the turn \"\(turn.id)\" asks what \"\(turnAsked)\" of \(other.name) asks, question by question")
    }
  }

  mutating func readPassages(_ name: String, in folder: String, _ steps: inout Steps) throws(ParlanceError) {
    hasPassages = true
    var (blank, again) = (0, 0)
    try read(
      name, "passages", &steps, open: { () throws(ParlanceError) in try PassageReader(path: folder + "/" + name) },
      lines: \.lines
    ) { (check: inout DataCheck, reader: PassageReader) throws(ParlanceError) in
      guard let passage = try reader.next() else { return false }
      if !check.passages.insert(passage.id).inserted {
        check.fault(
          "passage twice", "\(reader.location): the passage \"\(passage.id)\" is in another file as well")
      }
      if Self.isBlank(passage.title + passage.text) {
        blank += 1
      } else if !check.passageTexts.insert(TextDigest([passage.title, passage.text])).inserted {
        again += 1
      }
      return true
    }
    if blank > 0 { findings.append("\(name): \(blank) passages have no words") }
    if again > 0 { findings.append("\(name): \(again) passages have title and text of an earlier one") }
  }

  mutating func readRewrites(_ name: String, in folder: String, _ steps: inout Steps) throws(ParlanceError) {
    var same = 0
    try read(
      name, "rewrites", &steps, open: { () throws(ParlanceError) in try RewriteReader(path: folder + "/" + name) },
      lines: \.lines
    ) { (check: inout DataCheck, reader: RewriteReader) throws(ParlanceError) in
      guard let rewrite = try reader.next() else { return false }
      if let turn = check.turns[rewrite.id] {
        if turn.question == TextDigest(wordsOf: rewrite.text) { same += 1 }
      } else {
        check.fault("rewrite", "\(reader.location): no turn has the id \"\(rewrite.id)\"")
      }
      return true
    }
    let count = files.last?.count ?? 0
    if count < turns.count { findings.append("\(name): \(count) of \(turns.count) turns") }
    if same > 0 { findings.append("\(name): \(same) rewrites are the question as it was asked") }
  }

  mutating func readQrels(_ name: String, in folder: String, _ steps: inout Steps) throws(ParlanceError) {
    var relevant: Set<ExternalID> = []
    try read(
      name, "judgments", &steps, open: { () throws(ParlanceError) in try QrelsReader(path: folder + "/" + name) },
      lines: \.lines
    ) { (check: inout DataCheck, reader: QrelsReader) throws(ParlanceError) in
      guard let entry = try reader.next() else { return false }
      if entry.grade > 0 {
        relevant.insert(entry.query)
        check.leaks.add(relevant: entry.passage, for: entry.query)
        check.partLeaks.add(relevant: entry.passage, for: entry.query)
      }
      if check.turns[entry.query] == nil {
        check.fault("judged turn", "\(reader.location): no turn has the id \"\(entry.query)\"")
      }
      if check.hasPassages, !check.passages.contains(entry.passage) {
        check.fault("judged passage", "\(reader.location): no passage has the id \"\(entry.passage)\"")
      }
      return true
    }
    findings.append("\(name): \(relevant.count) turns have a relevant passage")
  }

  private static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
  }
}
