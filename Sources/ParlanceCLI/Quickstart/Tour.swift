import ArgumentParser
import BinaryFiles
import Checkpoints
import Conversations
import Diagnostics
import SparseVectors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The way of the data from documents to figures, each step by the subcommand that a user would type.
struct Tour {
  let workdir: String
  let model: String
  let documents: [String]
  /// The folder of judged conversations, where the user named one.
  let examples: String?
  private let console = Console.standard

  /// The systems of the table: the run's name, its index, its query form.
  private static let systems: [(name: String, index: String, form: ConversationForm)] = [
    ("bm25", "bm25", .rewrite),
    ("last-turn", "index", .lastTurn),
    ("user-turns", "index", .userTurns),
    ("conversation", "index", .conversation),
    ("rewrite", "index", .rewrite),
  ]

  init(workdir: String, model: String, documents: [String], examples: String?) {
    self.workdir = workdir
    self.model = model
    self.documents = documents
    self.examples = examples
  }

  func run() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    try checkInputs()
    let judged = try JudgedExamples.find(examples)
    try makeFolder(workdir)

    try heading("Documents into passages")
    try await step(PassagesCommand.self, "passages", documents + ["--out", path("passages.jsonl")])
    try await encodeAndIndex()

    if let judged, try judged.fit(path("passages.jsonl"), console: console) {
      try await searchAndMeasure(judged)
      try await show(judged)
    } else {
      try console.print()
      try console.print("There are no judged conversations on these documents, so no figures. Ask something yourself:")
    }
    try console.print()
    try console.print("Try it:")
    try console.print("  parlance search --index \(path("index")) --model \(model) \"a question of yours\" --explain")
    console.note("done in \(ProgressBar.time((clock.now - start) / .seconds(1)))")
  }

  private func path(_ name: String) -> String { workdir + "/" + name }

  private func checkInputs() throws(ParlanceError) {
    for folder in documents + (model.hasPrefix("hf:") ? [] : [model])
    where !FileManager.default.fileExists(atPath: folder) {
      throw ParlanceError(
        .noInput, "there is no such folder; `make demo` brings the demo's model and documents, or name your own",
        at: .init(file: folder))
    }
    if !model.hasPrefix("hf:") { _ = try Checkpoint(folder: model) }
  }

  private func makeFolder(_ path: String) throws(ParlanceError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ParlanceError(.cannotWrite, "the folder cannot be made", at: .init(file: path))
    }
  }

  // MARK: - Steps

  private func heading(_ text: String) throws {
    try console.print()
    try console.print(console.bold(text))
  }

  /// Shows a command line and runs it.
  private func step<Command: ParsableCommand>(
    _: Command.Type, _ name: String, _ arguments: [String]
  ) async throws {
    try console.print(console.dim("$ parlance \(name) \(arguments.map(Self.quoted).joined(separator: " "))"))
    try console.flush()
    try console.interruption.check()
    try await Command.parse(arguments).execute()
  }

  private static func quoted(_ argument: String) -> String {
    argument.contains { " \"'$*".contains($0) } ? "'\(argument)'" : argument
  }

  private func encodeAndIndex() async throws {
    try heading("Passages into sparse vectors")
    let passages = try MappedFile(path: path("passages.jsonl"))
    let vectors = path("passages.vectors")
    let made = Made(from: "\(SHA256.digest(of: passages.bytes)) \(model)", note: path("passages.made-from"))
    if made.isFinished, isReadable(vectors) {
      try console.print("\(vectors) is of these passages already")
    } else {
      let resuming = made.isBegun
      try made.begin()
      try await step(
        EncodeCommand.self, "encode",
        ["--model", model, "--passages", path("passages.jsonl"), "--out", vectors] + (resuming ? [] : ["--restart"]))
      try made.finish()
    }
    try heading("Vectors into an index, and BM25's beside it")
    try await step(
      IndexBuildCommand.self, "index build",
      ["--vectors", vectors, "--passages", path("passages.jsonl"), "--out", path("index")])
    try await step(
      IndexBuildCommand.self, "index build",
      ["--bm25", "--passages", path("passages.jsonl"), "--out", path("bm25")])
  }

  /// Whether there are vectors that this version reads.
  private func isReadable(_ vectors: String) -> Bool {
    guard FileNames.exists(vectors) else { return false }
    do throws(ParlanceError) {
      _ = try VectorsFile(path: vectors)
      return true
    } catch {
      console.note("\(error); the passages are encoded anew")
      return false
    }
  }

  private func searchAndMeasure(_ judged: JudgedExamples) async throws {
    try heading("Search by BM25, by the last question, by the conversation, by a rewrite")
    var runs: [String] = []
    for system in Self.systems {
      let run = path("\(system.name).trec")
      runs.append(run)
      try await step(
        SearchCommand.self, "search",
        ["--index", path(system.index)] + (system.index == "bm25" ? [] : ["--model", model])
          + ["--conversations", judged.conversations, "--form", system.form.rawValue]
          + (system.form.needsRewrite ? ["--rewrites", judged.rewrites] : [])
          + ["--k", "100", "--tag", system.name, "--run", run])
    }
    try heading("Figures")
    try await step(
      EvaluateCommand.self, "evaluate",
      ["--qrels", judged.qrels] + runs
        + [
          "--measures", "nDCG@3 RR R@10 R@100", "--baseline", path("last-turn.trec"),
          "--conversations", judged.conversations,
        ])
  }

  // MARK: - One conversation

  private func show(_ judged: JudgedExamples) async throws {
    try heading("One conversation, turn by turn")
    try await ConversationPage(
      index: path("index"), model: model, conversations: judged.conversations, rewrites: judged.rewrites
    ).print()
  }
}

/// A note beside a file that says from what it was made, so that a file of other input is never taken for it.
private struct Made {
  /// What the file is made from.
  let from: String
  /// The note's path.
  let note: String

  private var text: String? { FileManager.default.contents(atPath: note).map { String(decoding: $0, as: UTF8.self) } }

  var isBegun: Bool { text == "begun " + from }
  var isFinished: Bool { text == "made from " + from }

  func begin() throws(ParlanceError) { try AtomicFile.write(Array(("begun " + from).utf8), to: note) }
  func finish() throws(ParlanceError) { try AtomicFile.write(Array(("made from " + from).utf8), to: note) }
}
