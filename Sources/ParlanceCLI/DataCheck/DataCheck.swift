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

/// What is in a folder of conversations, rewrites, passages and judgments, and what does not fit.
struct DataCheck: Encodable {
  struct File: Encodable {
    var name: String
    var count: Int
    var unit: String
  }

  private(set) var files: [File] = []
  /// What is worth knowing and no fault, such as how many turns have a rewrite.
  private(set) var findings: [String] = []
  /// The first faults of each kind.
  private(set) var faults: [String] = []
  private(set) var faultCount = 0

  private var turns: [ExternalID: String] = [:]
  private var conversations: Set<ExternalID> = []
  private var passages: Set<ExternalID> = []
  private var hasPassages = false
  private var told: [String: Int] = [:]
  private let limit: Int

  private enum CodingKeys: String, CodingKey {
    case files
    case findings
    case faults
    case faultCount
  }

  /// - Throws: `noInput` when the folder is not there or has none of the files; `interrupted`.
  init(
    folder: String, limit: Int, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    self.limit = limit
    let names = try Self.names(in: folder)
    let rewrites = (try? Self.names(in: folder + "/rewrites")) ?? []
    func matching(_ start: String, _ end: String) -> [String] {
      names.filter { name in
        name.hasPrefix(start) && (name.hasSuffix(end) || name.hasSuffix(end + ".gz"))
      }
    }
    var reading = Reading(progress: progress, interruption: interruption)
    for name in matching("conversations", ".jsonl") { try readTurns(name, in: folder, &reading) }
    for name in matching("passages", ".jsonl") { try readPassages(name, in: folder, &reading) }
    for name in rewrites where name.hasSuffix(".jsonl") || name.hasSuffix(".jsonl.gz") {
      try readRewrites("rewrites/" + name, in: folder, &reading)
    }
    for name in matching("qrels", ".txt") { try readQrels(name, in: folder, &reading) }
    guard !files.isEmpty else {
      throw ParlanceError(
        .noInput, "expected conversations*.jsonl, passages*.jsonl, rewrites/*.jsonl or qrels*.txt, there are none",
        at: .init(file: folder))
    }
    if !conversations.isEmpty { findings.insert("\(turns.count) turns of \(conversations.count) conversations", at: 0) }
  }

  private static func names(in folder: String) throws(ParlanceError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ParlanceError(.noInput, "expected a folder that can be read", at: .init(file: folder))
    }
  }

  /// Counts lines and looks at the wish to stop.
  private struct Reading {
    let progress: ProgressHandler?
    let interruption: Interruption?
    var lines = 0

    mutating func step(_ name: String) throws(ParlanceError) {
      lines += 1
      guard lines % 1024 == 0 else { return }
      try interruption?.check()
      progress?(Progress("reading", completed: lines, total: nil, unit: "lines"))
    }
  }

  private mutating func fault(_ kind: String, _ message: String) {
    faultCount += 1
    told[kind, default: 0] += 1
    if told[kind, default: 0] <= limit { faults.append(message) }
  }

  /// Reads one file to its end or its first malformed line.
  private mutating func read(
    _ name: String, _ unit: String,
    _ body: (inout DataCheck) throws(ParlanceError) -> Int
  ) throws(ParlanceError) {
    files.append(File(name: name, count: 0, unit: unit))
    do {
      let count = try body(&self)
      files[files.count - 1].count = count
    } catch {
      if error.code == .interrupted { throw error }
      fault("malformed " + name, error.description + " (the rest of the file was not read)")
    }
  }

  private mutating func readTurns(
    _ name: String, in folder: String, _ reading: inout Reading
  ) throws(ParlanceError) {
    var steps = reading
    try read(name, "turns") { (check: inout DataCheck) throws(ParlanceError) in
      let reader = try TurnReader(path: folder + "/" + name)
      var count = 0
      while let turn = try reader.next() {
        count += 1
        if let other = check.turns.updateValue(name, forKey: turn.id) {
          check.fault("turn twice", "\(reader.lines.location): the turn \"\(turn.id)\" is in \(other) as well")
        }
        check.conversations.insert(turn.conversation)
        try steps.step(name)
      }
      return count
    }
    reading = steps
  }

  private mutating func readPassages(
    _ name: String, in folder: String, _ reading: inout Reading
  ) throws(ParlanceError) {
    var steps = reading
    hasPassages = true
    var blank = 0
    try read(name, "passages") { (check: inout DataCheck) throws(ParlanceError) in
      let reader = try PassageReader(path: folder + "/" + name)
      var count = 0
      while let passage = try reader.next() {
        count += 1
        if !check.passages.insert(passage.id).inserted {
          check.fault(
            "passage twice", "\(reader.lines.location): the passage \"\(passage.id)\" is in another file as well")
        }
        if (passage.title + passage.text).unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) { blank += 1 }
        try steps.step(name)
      }
      return count
    }
    if blank > 0 { findings.append("\(name): \(blank) passages have no words") }
    reading = steps
  }

  private mutating func readRewrites(
    _ name: String, in folder: String, _ reading: inout Reading
  ) throws(ParlanceError) {
    var steps = reading
    try read(name, "rewrites") { (check: inout DataCheck) throws(ParlanceError) in
      let reader = try RewriteReader(path: folder + "/" + name)
      var count = 0
      while let rewrite = try reader.next() {
        count += 1
        if check.turns[rewrite.id] == nil {
          check.fault("rewrite", "\(reader.lines.location): no turn has the id \"\(rewrite.id)\"")
        }
        try steps.step(name)
      }
      if count < check.turns.count { check.findings.append("\(name): \(count) of \(check.turns.count) turns") }
      return count
    }
    reading = steps
  }

  private mutating func readQrels(
    _ name: String, in folder: String, _ reading: inout Reading
  ) throws(ParlanceError) {
    var steps = reading
    var relevant: Set<ExternalID> = []
    try read(name, "judgments") { (check: inout DataCheck) throws(ParlanceError) in
      let reader = try QrelsReader(path: folder + "/" + name)
      var count = 0
      while let entry = try reader.next() {
        count += 1
        if entry.grade > 0 { relevant.insert(entry.query) }
        if check.turns[entry.query] == nil {
          check.fault("judged turn", "\(reader.lines.location): no turn has the id \"\(entry.query)\"")
        }
        if check.hasPassages, !check.passages.contains(entry.passage) {
          check.fault("judged passage", "\(reader.lines.location): no passage has the id \"\(entry.passage)\"")
        }
        try steps.step(name)
      }
      return count
    }
    findings.append("\(name): \(relevant.count) turns have a relevant passage")
    reading = steps
  }
}
