public import ArgumentParser
import Conversations
import Diagnostics
public import Distillation

struct TeachCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "teach",
    abstract: "Let rewrites or runs teach: which passages, with which scores, for each turn.",
    discussion: """
      Each file of rewrites is a teacher: its queries are encoded and searched, and what they find is scored over the \
      passages' vectors, never over the index's rounded weights. So is each file of query vectors, and each run of any \
      system, in TREC's form or as {"query": {"passage": score}} in a .json file. Without rewrites, --form lets the \
      conversations themselves teach.

      Several teachers are combined: rescore scores every passage that one of them found by all of them and takes the \
      mean; mean, min and max look only at those that found it. Runs cannot rescore. Weights are in the order rewrites \
      or conversations, query vectors, runs.

      --report compares the teachers: how much their best hundred passages overlap, on which turns they differ most, and \
      which rewrites and turns retrieve worse than the baseline: where the judgments know relevant passages by nDCG, elsewhere \
      when the other teachers agree more with the baseline than with them. The baseline is the last turn alone, encoded \
      like the rewrites, or a --baseline of yours.

      --filter leaves out what the report finds: worse-rewrites, so that the turn's other rewrites teach it; worse-turns; \
      disagreement, turns whose teachers overlap less than --least-agreement on average. With --filtered-weight such turns \
      are not left out and weigh less in training. --consensus teachers weighs each teacher in each turn by its overlap \
      with the others, which rescore and mean take into account, --consensus turns each turn by its teachers' agreement. \
      Disagreement and consensus are of two teachers or more. Training honours the weights by itself.

      What is encoded is kept beside the output until that is finished: the same command goes on where it was stopped.

      Examples:
        parlance teach --index index --vectors passages.vectors --model DIR \\
          --conversations conversations.jsonl \\
          --rewrites rewrites/mistral.jsonl rewrites/t5.jsonl --out llms.teacher
        parlance teach --index index --vectors passages.vectors --model DIR \\
          --conversations conversations.jsonl --form last-turn --out self.teacher
        parlance teach --vectors passages.vectors --run cross-encoder.trec \\
          --qrels qrels.txt --out cross.teacher
        parlance teach --vectors passages.vectors --run bm25.trec splade.trec \\
          --combine mean --weights 1,2 --out both.teacher
        parlance teach --index index --vectors passages.vectors --model DIR \\
          --conversations conversations.jsonl \\
          --rewrites rewrites/mistral.jsonl rewrites/t5.jsonl --qrels qrels.txt \\
          --report agreement.json --filter worse-rewrites disagreement \\
          --out chosen.teacher
        parlance teach --teacher llms.teacher --vectors passages.vectors \\
          --export-run llms.trec
      """)

  @Option(help: ArgumentHelp("The vectors of the passages, which give the scores.", valueName: "file"))
  var vectors: String

  @Option(help: ArgumentHelp("An index of the same passages, for rewrites and query vectors.", valueName: "dir"))
  var index: String?

  @Option(
    help: ArgumentHelp("The query encoder: a folder, or hf:owner/name[@revision].", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The turns that are taught, one a line; - is standard input.", valueName: "file"))
  var conversations: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Rewrites of the turns' questions; each file is a teacher.", valueName: "file"))
  var rewrites: [String] = []

  @Option(
    help: ArgumentHelp("Which words are encoded. (default: rewrite)", valueName: "form"))
  var form: ConversationForm?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Query vectors that were encoded before; each file is a teacher.", valueName: "file"))
  var queries: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Runs of any system; each file is a teacher.", valueName: "file"))
  var run: [String] = []

  @Option(
    help: ArgumentHelp(
      "How several teachers become one. (default: rescore)", valueName: "how"))
  var combine: TeacherCombination?

  @Option(help: ArgumentHelp("One weight for each teacher, separated by commas.", valueName: "w,w,..."))
  var weights: String?

  @Option(help: "Passages kept for each turn.")
  var depth = 1000

  @Option(help: ArgumentHelp("Judgments, to count the relevant passages that are in the lists.", valueName: "file"))
  var qrels: String?

  @OptionGroup
  var selecting: TeachingSelectionOptions

  @Option(help: ArgumentHelp("Where the teacher goes.", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("A teacher that was made before, to be exported.", valueName: "file"))
  var teacher: String?

  @Option(help: ArgumentHelp("Write the lists as a TREC run as well; - is standard output.", valueName: "file"))
  var exportRun: String?

  @Flag(help: "Search with a model that is not known to fit the index.")
  var trustModel = false

  @Flag(help: "Print what was done as one JSON document.")
  var json = false

  @OptionGroup
  var encoding: EncodingOptions

  func validate() throws {
    guard (out != nil) != (teacher != nil) else {
      throw ValidationError("expected either --out for a new teacher or --teacher for one that was made before")
    }
    if out == "-" { throw ValidationError("a .teacher file cannot go to standard output; expected --out FILE") }
    if json, exportRun == "-" { throw ValidationError("--json and --export-run - would both go to standard output") }
    if teacher != nil { try validateExport() } else { try validateTeachers() }
    try selecting.validate(canEncodeBaseline: encodes, teachers: teacherCount, combination: chosenCombination)
  }

  private func validateExport() throws {
    guard exportRun != nil else { throw ValidationError("--teacher goes with --export-run") }
    let others = [index, model, conversations, weights, qrels].contains { $0 != nil } || form != nil || combine != nil
    if others || teacherCount > 0 || json || selecting.isUsed {
      throw ValidationError("--teacher takes --vectors and --export-run alone")
    }
  }

  private func validateTeachers() throws {
    guard teacherCount > 0 else {
      throw ValidationError(
        "expected a teacher: --rewrites, --queries, --run, or --form last-turn, user-turns or conversation")
    }
    for (position, file) in files.enumerated() where files[..<position].contains(file) {
      throw ValidationError("the file '\(file)' is named twice")
    }
    if let form {
      if form.needsRewrite && rewrites.isEmpty { throw ValidationError("the form \(form.rawValue) needs --rewrites") }
      if !form.needsRewrite && !rewrites.isEmpty {
        throw ValidationError("the form \(form.rawValue) takes no --rewrites")
      }
    }
    if encodes {
      if conversations == nil { throw ValidationError("--rewrites and --form need --conversations") }
      if model == nil { throw ValidationError("--rewrites and --form need --model") }
    } else if model != nil {
      throw ValidationError("--model encodes rewrites or conversations; add --rewrites or --form")
    }
    if (encodes || !queries.isEmpty) && index == nil {
      throw ValidationError("--rewrites, --form and --queries need --index")
    }
    if depth < 1 { throw ValidationError("expected --depth of at least 1, found \(depth)") }
    if !run.isEmpty, combine == .rescore || (combine == nil && teacherCount > 1) {
      throw ValidationError(
        "a run cannot score the passages that it does not have, so that there is no rescoring; "
          + "expected --combine mean, min or max")
    }
    if weights != nil, !chosenCombination.weighsTeachers {
      throw ValidationError("--weights go with --combine rescore or mean")
    }
    if let weights, try Self.numbers(weights).count != teacherCount {
      throw ValidationError("expected \(teacherCount) --weights, one for each teacher, found '\(weights)'")
    }
  }

  /// The teachers' files, in their order.
  var files: [String] { rewrites + queries + run }
  /// Whether something has to be encoded.
  var encodes: Bool { !rewrites.isEmpty || form != nil }
  private var teacherCount: Int { files.count + (form.map { $0.needsRewrite ? 0 : 1 } ?? 0) }

  /// One teacher that is a run has nothing to be combined with.
  var chosenCombination: TeacherCombination { combine ?? (run.isEmpty ? .rescore : .mean) }

  /// The weight of each teacher, in their order.
  func chosenWeights() throws -> [Double] {
    try weights.map(Self.numbers) ?? [Double](repeating: 1, count: teacherCount)
  }

  func run() async throws {
    if let out {
      try await TeachJob(self, out: out).run()
    } else if let teacher, let exportRun {
      try TeachJob.export(teacher, vectors: vectors, to: exportRun)
    }
  }

  private static func numbers(_ text: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Double(part), number > 0, number.isFinite else {
        throw ValidationError("--weights are numbers above 0 separated by commas, not '\(text)'")
      }
      return number
    }
  }
}

extension TeacherCombination: ExpressibleByArgument {}
