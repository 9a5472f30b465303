import ArgumentParser
import BinaryFiles
import Checkpoints
import Conversations
import Diagnostics
import SparseVectors
import TensorEngine

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
  /// Whether a student is taught and trained.
  let trains: Bool
  private let steps: TourSteps
  private let console = Console.standard

  /// The systems of the table: the run's name, its index, its query form.
  private static let systems: [(name: String, index: String, form: ConversationForm)] = [
    ("bm25", "bm25", .rewrite),
    ("last-turn", "index", .lastTurn),
    ("user-turns", "index", .userTurns),
    ("conversation", "index", .conversation),
    ("rewrite", "index", .rewrite),
  ]

  init(workdir: String, model: String, documents: [String], examples: String?, trains: Bool) {
    self.workdir = workdir
    self.model = model
    self.documents = documents
    self.examples = examples
    self.trains = trains
    steps = TourSteps(workdir: workdir)
  }

  func run() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    try checkInputs()
    let judged = try JudgedExamples.find(examples)
    try FileNames.makeFolder(workdir)

    try steps.heading("Documents into passages")
    try await steps.step(PassagesCommand.self, "passages", documents + ["--out", path("passages.jsonl")])
    try await encodeAndIndex()

    var isReported = false
    var tries = ["--model \(model) \"a question of yours\" --explain"]
    if let judged, try judged.fit(path("passages.jsonl"), console: console) {
      var runs = try await search(judged)
      let student = try await train(judged)
      if let student { runs.append(student.run) }
      try await measure(runs, judged)
      try await draw(runs, judged)
      isReported = true
      if let student {
        try student.explain()
        tries += [try student.example()]
      }
      try await show(judged, student)
    } else {
      try console.print()
      try console.print("There are no judged conversations on these documents, so no figures. Ask something yourself:")
    }
    try console.print()
    try console.print("Try it:")
    for line in tries { try console.print("  \(Self.program) search --index \(path("index")) \(line)") }
    if isReported { try console.print("Look at it: \(report), in a browser") }
    console.note("done in \(ProgressBar.time((clock.now - start).seconds))")
  }

  private func path(_ name: String) -> String { steps.path(name) }

  /// As the user has to type it: by its path where it was not found by its name.
  private static var program: String {
    CommandLine.arguments.first.map { $0.contains("/") ? TourSteps.quoted($0) : "parlance" } ?? "parlance"
  }

  private func checkInputs() throws(ParlanceError) {
    for folder in documents + (model.hasPrefix("hf:") ? [] : [model])
    where !FileManager.default.fileExists(atPath: folder) {
      throw ParlanceError(
        .noInput, "there is no such folder; `make demo` brings the demo's model and documents, or name your own",
        at: .init(file: folder))
    }
    if !model.hasPrefix("hf:") { _ = try Checkpoint(folder: model) }
  }

  // MARK: - Steps

  private func encodeAndIndex() async throws {
    try steps.heading("Passages into sparse vectors")
    let passages = try MappedFile(path: path("passages.jsonl"))
    let vectors = path("passages.vectors")
    let made = Made(from: "\(SHA256.digest(of: passages.bytes)) \(model)", note: path("passages.made-from"))
    if made.isFinished, isReadable(vectors) {
      try console.print("\(vectors) is of these passages already")
    } else {
      let resuming = made.isBegun
      try made.begin()
      try await steps.step(
        EncodeCommand.self, "encode",
        ["--model", model, "--passages", path("passages.jsonl"), "--out", vectors] + (resuming ? [] : ["--restart"]))
      try made.finish()
    }
    try steps.heading("Vectors into an index, and BM25's beside it")
    try await steps.step(
      IndexBuildCommand.self, "index build",
      ["--vectors", vectors, "--passages", path("passages.jsonl"), "--out", path("index")])
    try await steps.step(
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

  /// - Returns: `nil` where there is nothing to train on, or nobody wants it.
  private func train(_ judged: JudgedExamples) async throws -> TourStudent? {
    guard trains else { return nil }
    let student = try TourStudent(steps: steps, model: model, judged: judged)
    guard student.hasEnoughConversations else {
      console.note(
        "no student: it takes \(TourStudent.fewestConversations) conversations to train on some and measure on others")
      return nil
    }
    do throws(ParlanceError) {
      _ = try TensorEngine.load()
    } catch {
      console.note("no student: encoding needs no engine, but training does. \(error)")
      return nil
    }
    try await student.teachAndTrain()
    return student
  }

  /// Searches the whole collection by every system, and by a student.
  private func search(_ judged: JudgedExamples) async throws -> [TourRun] {
    try steps.heading("Search by BM25, by the last question, by the conversation, by a rewrite")
    var runs: [TourRun] = []
    for system in Self.systems {
      let run = TourRun(name: system.name, path: path("\(system.name).trec"), queries: [path("\(system.name).vectors")])
      runs.append(run)
      try await steps.step(
        SearchCommand.self, "search",
        ["--index", path(system.index)] + (system.index == "bm25" ? [] : ["--model", model])
          + ["--conversations", judged.conversations, "--form", system.form.rawValue]
          + (system.form.needsRewrite ? ["--rewrites", judged.rewrites] : [])
          + ["--k", "100", "--tag", run.name, "--run", run.path] + run.queries.flatMap { ["--save-queries", $0] })
    }
    return runs
  }

  private func measure(_ runs: [TourRun], _ judged: JudgedExamples) async throws {
    try steps.heading("Figures")
    try await steps.step(
      EvaluateCommand.self, "evaluate",
      ["--qrels", judged.qrels] + runs.map(\.path)
        + [
          "--measures", "nDCG@3 RR R@10 R@100", "--baseline", path("last-turn.trec"),
          "--conversations", judged.conversations, "--queries",
        ] + runs.flatMap { run in run.queries.map { "\(run.name)=\($0)" } } + ["--index", path("index"), path("bm25")])
  }

  /// The figures as a page to look at.
  private func draw(_ runs: [TourRun], _ judged: JudgedExamples) async throws {
    try steps.heading("A report to open in a browser: the figures, what they cost, and the turns won and lost")
    let trained = runs.flatMap { run in run.training.map { "\(run.name)=\($0)" } }
    try await steps.step(
      ReportCommand.self, "report",
      runs.map(\.path)
        + [
          "--qrels", judged.qrels, "--baseline", path("last-turn.trec"), "--measures", "nDCG@3 RR R@10 R@100",
          "--conversations", judged.conversations, "--queries",
        ] + runs.flatMap { run in run.queries.map { "\(run.name)=\($0)" } } + ["--index", path("index"), path("bm25")]
        + (trained.isEmpty ? [] : ["--training"] + trained)
        + ["--title", "Parlance's quickstart", "--out", report])
  }

  private var report: String { path("report.html") }

  // MARK: - One conversation

  private func show(_ judged: JudgedExamples, _ student: TourStudent?) async throws {
    guard let first = try TurnReader.all(judged.conversations).first?.conversation else { return }
    let trained = student?.model(notTrainedOn: first)
    try steps.heading(
      "One conversation, turn by turn"
        + (trained == nil ? "" : ", read by a student that was not trained on it: no rewrite is used"))
    try await ConversationPage(
      index: path("index"), model: trained ?? model, conversations: judged.conversations,
      rewrites: trained == nil ? judged.rewrites : nil
    ).print(first)
  }
}

/// A run of the table, with its queries' vectors.
struct TourRun {
  var name: String
  var path: String
  var queries: [String]
  /// The folders that its students were trained in.
  var training: [String] = []
}
