import BinaryFiles
import Conversations
import Diagnostics
import Identifiers
import LineFiles
import RankedResults

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where importers put what they read: checks it, counts it, and writes the files that something is written to.
final class ImportOutput {
  var summary = ImportSummary()
  private let folder: String
  private let prefix: String
  private let keepsGoing: Bool
  private let progress: ProgressHandler?
  let interruption: Interruption?

  private var turnWriters: [String: TurnWriter] = [:]
  private var rewriteWriters: [String: RewriteWriter] = [:]
  private var qrelsWriters: [String: QrelsWriter] = [:]
  private var passageWriters: [String: PassageWriter] = [:]
  /// What stands in the names of the files of each turn: `.train`, or nothing.
  private var turns: [ExternalID: String] = [:]
  private var conversations: Set<ExternalID> = []
  /// Ids behind names of files: strings that are canonically equal would pass for one.
  private var rewritten: Set<ExternalID> = []
  private var judged: Set<ExternalID> = []
  /// The passages that were written. Two ids of one hash, one pair in 60,000 collections of 25 million, pass for one.
  private var passages = SeenHashes()
  private var rows = 0
  /// What the row under way wants to write; `nil` where a malformed row ends the import anyhow.
  private var pending: RowUnderWay?
  private var madeFolders: [String] = []

  /// A row is written as a whole or not at all.
  private struct RowUnderWay {
    var skipped: [String: Int]
    var writes: [() throws(ParlanceError) -> Void] = []
    var turns: [ExternalID] = []
    var rewritten: [ExternalID] = []
    var judged: [ExternalID] = []
  }

  init(
    folder: String, prefix: String, keepsGoing: Bool, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    if !prefix.isEmpty, let fault = ExternalID.fault(of: prefix) {
      throw ParlanceError(.usage, "expected a prefix for ids \(fault)")
    }
    let there = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let isTaken = { (name: String) in
      ["conversations", "passages", "qrels"].contains { name.hasPrefix($0) } || name == "rewrites"
    }
    if let other = there.sorted().first(where: isTaken) {
      throw ParlanceError(
        .cannotWrite, "expected a folder without \(other), which is there already; give another folder",
        at: .init(file: folder))
    }
    self.folder = folder
    self.prefix = prefix
    self.keepsGoing = keepsGoing
    self.progress = progress
    self.interruption = interruption
  }

  // MARK: What rows turn out to be

  func skip(_ reason: String, _ count: Int = 1) {
    summary.skipped[reason, default: 0] += count
  }

  /// Runs `body` for one row; a malformed one ends the import, or is counted.
  func row(_ body: () throws(ParlanceError) -> Void) throws(ParlanceError) {
    rows += 1
    if rows % 1024 == 0 {
      try interruption?.check()
      progress?(Progress("importing", completed: rows, total: nil, unit: "rows"))
    }
    pending = keepsGoing ? RowUnderWay(skipped: summary.skipped) : nil
    defer { pending = nil }
    do {
      try body()
      for write in pending?.writes ?? [] { try write() }
    } catch {
      guard keepsGoing, error.code == .badInput else { throw error }
      takeBack()
      summary.malformedCount += 1
      if summary.malformed.count < ImportSummary.toldAtMost { summary.malformed.append(error.description) }
    }
  }

  /// Forgets what a row said before it turned out to be malformed.
  private func takeBack() {
    guard let row = pending else { return }
    summary.skipped = row.skipped
    for turn in row.turns { turns[turn] = nil }
    rewritten.subtract(row.rewritten)
    judged.subtract(row.judged)
  }

  /// Writes now, or when the row turned out to be well-formed.
  private func write(_ body: @escaping () throws(ParlanceError) -> Void) throws(ParlanceError) {
    if pending == nil { try body() } else { pending?.writes.append(body) }
  }

  /// An id of a turn, a conversation or a passage.
  func id(_ text: String, _ name: String, prefixed: Bool = true) throws(ParlanceError) -> ExternalID {
    if let fault = ExternalID.fault(of: text) { throw ParlanceError(.badInput, "expected an id \(fault), as \(name)") }
    return ExternalID(prefixed ? prefix + text : text)
  }

  // MARK: Writing

  /// Writes a turn: the history and the question behind it. Answers without words are left out.
  ///
  /// - Parameter part: `train` of `conversations.train.jsonl`.
  /// - Returns: whether it was written; a turn without a question, or one that is there already, is counted and left out.
  @discardableResult
  func write(
    turn: String, of conversation: String, _ history: [Message], question: String, part: String? = nil
  ) throws(ParlanceError) -> Bool {
    let id = try id(turn, "the turn")
    let conversation = try self.id(conversation, "the conversation")
    let question = question.trimmed
    guard !question.isEmpty else {
      skip("turns without a question")
      return false
    }
    guard turns[id] == nil else {
      skip("turns that are there already")
      return false
    }
    let part = part.map { "." + $0 } ?? ""
    turns[id] = part
    pending?.turns.append(id)
    var messages = history.map { Message(role: $0.role, content: $0.content.trimmed) }
    messages.removeAll { $0.role == .assistant && $0.content.isEmpty }
    messages.append(Message(role: .user, content: question))
    let name = "conversations\(part).jsonl"
    let turn = Turn(
      id: id, conversation: conversation, number: messages.count { $0.role == .user }, messages: messages)
    try write { [self] () throws(ParlanceError) in
      let writer = try writer(name, \.turnWriters) { path throws(ParlanceError) in try TurnWriter(path: path) }
      try writer.write(turn)
      conversations.insert(conversation)
      summary.written[name, default: 0] += 1
    }
    return true
  }

  /// Writes a rewrite by the source `name` of a turn that was written.
  func write(rewrite text: String, of turn: String, by name: String) throws(ParlanceError) {
    let id = try id(turn, "the turn")
    guard turns[id] != nil else { return skip("rewrites of turns that are not there") }
    let text = text.trimmed
    guard !text.isEmpty else { return skip("rewrites without words") }
    let key = ExternalID(name + " " + id.string)
    guard rewritten.insert(key).inserted else { return skip("rewrites that are there already") }
    pending?.rewritten.append(key)
    let file = "rewrites/\(name).jsonl"
    try write { [self] () throws(ParlanceError) in
      let writer = try writer(file, \.rewriteWriters) { path throws(ParlanceError) in try RewriteWriter(path: path) }
      try writer.write(Rewrite(id: id, text: text))
      summary.written[file, default: 0] += 1
    }
  }

  /// Writes a judgment of a turn that was written, by default beside it: those of `conversations.train.jsonl` are in
  /// `qrels.train.txt`, so that a measurement over one file finds its turns in the other.
  ///
  /// - Parameters:
  ///   - part: `test` of `qrels.test.txt`, where the judgments tell the parts and the turns do not.
  ///   - name: another file than these.
  func write(
    judgment grade: Int, of passage: String, for turn: String, part: String? = nil, file name: String? = nil
  ) throws(ParlanceError) {
    let id = try id(turn, "the turn")
    let passage = try self.id(passage, "the passage", prefixed: false)
    guard let partOfTurn = turns[id] else { return skip("judgments of turns that are not there") }
    let file = name ?? "qrels\(part.map { "." + $0 } ?? partOfTurn).txt"
    let key = ExternalID("\(file) \(id) \(passage)")
    guard judged.insert(key).inserted else { return skip("judgments that are there already") }
    pending?.judged.append(key)
    try write { [self] () throws(ParlanceError) in
      let writer = try writer(file, \.qrelsWriters) { path throws(ParlanceError) in try QrelsWriter(path: path) }
      try writer.write(id, passage, grade: grade)
      summary.written[file, default: 0] += 1
    }
  }

  /// Writes a passage; one whose id is there already, which no encoder would take, is counted and left out.
  ///
  /// - Parameter isRepeated: whether rows name passages again and again, so that there is nothing to count.
  func write(
    passage id: String, title: String, text: String, isRepeated: Bool = false
  ) throws(ParlanceError) {
    let id = try self.id(id, "the passage", prefixed: false)
    guard !(title + text).isBlank else { return skip("passages without words") }
    try write { [self] () throws(ParlanceError) in
      guard passages.insert(id) else {
        if !isRepeated { skip("passages whose id is there already") }
        return
      }
      let writer = try writer("passages.jsonl", \.passageWriters) { path throws(ParlanceError) in
        try PassageWriter(path: path)
      }
      try writer.write(Passage(id: id, title: title, text: text))
      summary.written["passages.jsonl", default: 0] += 1
    }
  }

  /// The writer of this file, made when something is first written to it.
  private func writer<Writer>(
    _ name: String, _ writers: ReferenceWritableKeyPath<ImportOutput, [String: Writer]>,
    _ make: (String) throws(ParlanceError) -> Writer
  ) throws(ParlanceError) -> Writer {
    if let writer = self[keyPath: writers][name] { return writer }
    let writer = try make(made(name))
    self[keyPath: writers][name] = writer
    return writer
  }

  private func made(_ name: String) throws(ParlanceError) -> String {
    for path in [folder] + (name.contains("/") ? [folder + "/rewrites"] : [])
    where !FileManager.default.fileExists(atPath: path) {
      try FileNames.makeFolder(path)
      madeFolders.append(path)
    }
    return folder + "/" + name
  }

  /// Leaves nothing of an import that failed: no file, and no folder that it made.
  func cleanUp() {
    turnWriters = [:]
    rewriteWriters = [:]
    qrelsWriters = [:]
    passageWriters = [:]
    for path in madeFolders.reversed()
    where (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Gives the files their names.
  func finish() throws(ParlanceError) -> ImportSummary {
    for writer in turnWriters.values { try writer.finish() }
    for writer in rewriteWriters.values { try writer.finish() }
    for writer in qrelsWriters.values { try writer.finish() }
    for writer in passageWriters.values { try writer.finish() }
    summary.conversations = conversations.count
    guard !summary.written.isEmpty else {
      let reasons =
        summary.skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        + (summary.malformedCount > 0 ? ["\(summary.malformedCount) malformed rows"] : [])
      throw ParlanceError(
        .badInput, "none of the rows could be used" + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: ", ")),
        at: .init(file: summary.files[0].path))
    }
    return summary
  }
}

extension String {
  /// Whether there is no visible character.
  var isBlank: Bool { unicodeScalars.allSatisfy { $0.properties.isWhitespace } }

  /// The text without the white space around it.
  var trimmed: String {
    var scalars = Substring(self).unicodeScalars
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(Substring(scalars.drop { $0.properties.isWhitespace }))
  }
}
