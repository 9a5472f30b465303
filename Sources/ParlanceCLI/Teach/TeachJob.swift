import BinaryFiles
import Conversations
import Diagnostics
import Distillation
import Identifiers
import InvertedIndex
import RankedResults
import Reports
import Retrieval
import SparseEncoder
import SparseVectors

/// One run of `teach`: looks at everything that can be looked at first, then encodes, then searches.
struct TeachJob {
  let command: TeachCommand
  let out: String
  private let console = Console.standard
  private let bar = ProgressBar()

  init(_ command: TeachCommand, out: String) {
    self.command = command
    self.out = out
  }

  /// What one teacher has to encode.
  private struct ToEncode {
    var source: TeacherDescription.Source
    var queries: TeacherQueries
  }

  func run() async throws {
    defer { bar.finish() }
    let sources = try TeacherSources(command)
    let selecting = command.selecting
    let inputs: [String?] =
      command.files + [command.vectors, command.conversations, command.qrels, selecting.baseline]
    let outputs = [out, command.exportRun, selecting.report]
    try OutputPath.check(outputs, areNoneOf: inputs)
    for output in outputs { try OutputPath.check(output, isNotIn: command.index) }
    // Prove that both files can be written.
    try AtomicFile(path: out).abandon()
    if let report = selecting.report { try AtomicFile(path: report).abandon() }
    let exported = try command.exportRun.map { path throws(ParlanceError) in
      try RunWriter(path: path, tag: TeacherSources.tag(of: sources.all), keepingTies: true)
    }
    let passages = try PassageCollection(
      vectors: command.vectors, index: command.index, progress: bar.handler, interruption: console.interruption)
    let turns = try command.conversations.map { path throws(ParlanceError) in try readTurns(path) }
    var toEncode = try readQueries(turns ?? [], sources)
    let teachers = toEncode.count
    let encodesBaseline = selecting.comparesWithBaseline && selecting.baseline == nil && command.encodes
    if encodesBaseline { toEncode.append(try lastTurn(turns ?? [])) }
    let gold = try command.qrels.map { path throws(ParlanceError) in
      try GoldPassages(readingFrom: path, in: passages)
    }
    try FreeSpace.check((turns?.count ?? 0) * (8 * min(command.depth, passages.vectors.count) + 2048), for: out)
    let others = try openVectors(passages, sources) + readRuns(passages, sources)
    let givenBaseline = try selecting.baseline.map { path throws(ParlanceError) in try openBaseline(path, passages) }
    let encoded = try await encode(toEncode, passages)

    var job = TeachingJob(
      passages: passages, teachers: encoded.prefix(teachers) + others, combination: command.chosenCombination,
      depth: command.depth, threads: command.encoding.cores, progress: bar.handler,
      interruption: console.interruption)
    job.trustsEncoders = command.trustModel
    job.baseline = givenBaseline ?? (encodesBaseline ? encoded.last : nil)
    job.selection = selecting.selection
    // No list has more to compare.
    job.selection.depth = min(job.selection.depth, command.depth)
    job.reportsAgreement = selecting.report != nil
    func removeEncoded() {
      for case .vectors(let file) in encoded.map(\.knowledge) { FileNames.remove(file.path, faults: nil) }
    }
    let summary: TeachingSummary
    do {
      summary = try await noting { [job] in try await job.run(turns?.map(\.id), gold: gold, to: out) }
    } catch {
      // Nobody goes on with what cannot be.
      if (error as? ParlanceError)?.code == .badInput { removeEncoded() }
      throw error
    }
    removeEncoded()
    bar.finish()

    let made = try TeacherFile(path: out)
    let report = TeachReport(
      out: out, summary: summary, description: made.description,
      unknownRewrites: toEncode.prefix(teachers).map { ($0.source.name, $0.queries.unknownRewrites) })
    report.tell(console)
    if let path = selecting.report, let agreement = summary.agreement {
      let agreement = TeacherAgreementReport(agreement)
      try AtomicFile.write(Array((agreement.json.text + "\n").utf8), to: path)
      if !command.json, command.exportRun != "-" { try console.print(tables: agreement.tables) }
    }
    if let exported {
      try made.writeRun(
        exported, passages: passages.vectors, progress: bar.handler, interruption: console.interruption)
    }
    if command.json { try console.print(json: report.document) }
  }

  /// Writes a teacher's lists as a run.
  static func export(_ teacher: String, vectors: String, to run: String) throws(ParlanceError) {
    let bar = ProgressBar()
    defer { bar.finish() }
    let file = try TeacherFile(path: teacher)
    let passages = try VectorsFile(path: vectors)
    try file.check(against: passages)
    let writer = try RunWriter(path: run, tag: TeacherSources.tag(of: file.description.teachers), keepingTies: true)
    try file.writeRun(
      writer, passages: passages, progress: bar.handler, interruption: Console.standard.interruption)
  }

  private func readTurns(_ path: String) throws(ParlanceError) -> [Turn] {
    let turns = try TurnReader.all(path)
    guard !turns.isEmpty else {
      throw ParlanceError(.badInput, "expected turns, there are none", at: .init(file: path))
    }
    return turns
  }

  /// The questions alone, as what rewrites should be better than.
  private func lastTurn(_ turns: [Turn]) throws(ParlanceError) -> ToEncode {
    ToEncode(
      source: .init(name: "baseline", kind: .conversations, form: .lastTurn),
      queries: try TeacherQueries(turns, form: .lastTurn))
  }

  private func openBaseline(_ path: String, _ passages: PassageCollection) throws(ParlanceError) -> Teacher {
    var source = TeacherDescription.Source(name: "baseline", kind: .run)
    guard path.hasSuffix(".vectors") else {
      let runs = RunImport(
        passages: passages, depth: command.depth, progress: bar.handler, interruption: console.interruption)
      return try runs.teacher(reading: path, as: source, spool: "\(out).baseline.run")
    }
    source.kind = .vectors
    return Teacher(source: source, knowledge: .vectors(try VectorsFile(path: path)))
  }

  private func readQueries(_ turns: [Turn], _ sources: TeacherSources) throws(ParlanceError) -> [ToEncode] {
    var queries: [ToEncode] = []
    for (path, source) in sources.rewrites {
      let rewrites = try Rewrites(readingFrom: path)
      queries.append(
        ToEncode(
          source: source, queries: try TeacherQueries(turns, form: source.form ?? .rewrite, rewrites: rewrites)))
    }
    if let source = sources.conversations, let form = source.form {
      queries.append(ToEncode(source: source, queries: try TeacherQueries(turns, form: form)))
    }
    return queries
  }

  private func openVectors(_ passages: PassageCollection, _ sources: TeacherSources) throws(ParlanceError) -> [Teacher]
  {
    var teachers: [Teacher] = []
    for (path, source) in sources.queries {
      let file = try VectorsFile(path: path)
      guard file.count > 0 else {
        throw ParlanceError(.badInput, "expected query vectors, there are none", at: .init(file: path))
      }
      do {
        try passages.index?.check(
          file.description.encoder, distilledFor: file.description.passageSpace,
          vocabularyDigest: file.description.vocabulary.digest, trusted: command.trustModel)
      } catch { throw ParlanceError(error.code, error.message, at: .init(file: path)) }
      var source = source
      source.encoder = file.description.encoder
      teachers.append(Teacher(source: source, knowledge: .vectors(file)))
    }
    return teachers
  }

  private func readRuns(_ passages: PassageCollection, _ sources: TeacherSources) throws(ParlanceError) -> [Teacher] {
    let runs = RunImport(
      passages: passages, depth: command.depth, progress: bar.handler, interruption: console.interruption)
    return try sources.runs.map { path, source throws(ParlanceError) in
      try runs.teacher(reading: path, as: source, spool: "\(out).\(source.name).run")
    }
  }

  private func encode(_ toEncode: [ToEncode], _ passages: PassageCollection) async throws -> [Teacher] {
    guard let model = command.model, let index = passages.index else { return [] }
    let encoder = try await command.encoding.open(model)
    _ = try Searcher(index: index, encoder: encoder, trustingEncoder: command.trustModel)
    var teachers: [Teacher] = []
    for next in toEncode {
      let vectors = try await noting {
        try await next.queries.encode(
          by: encoder, beside: out, name: next.source.name, progress: bar.handler, interruption: console.interruption)
      }
      var source = next.source
      source.encoder = encoder.identity
      teachers.append(Teacher(source: source, knowledge: .vectors(vectors)))
    }
    return teachers
  }

  /// Says at an interruption that nothing is lost.
  private func noting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      if command.encodes, (error as? ParlanceError)?.code == .interrupted {
        bar.finish()
        console.note("what is encoded is kept: the same command goes on from there")
      }
      throw error
    }
  }
}
