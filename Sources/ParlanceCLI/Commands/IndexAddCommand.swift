import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import InvertedIndex
import Reports
import Retrieval
import SparseEncoder
import SparseVectors

/// `parlance index add`.
struct IndexAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add passages to an index, or replace those whose id it has.",
    discussion: """
      All passages of a call are added in one step, as a segment of their own; parlance index merge makes one of many. \
      Whoever searches meanwhile finds what was there when the index was opened. The passages are encoded by the model that \
      encoded those that are there. Where the index has texts, --passages gives those of the new ones.

      With --model a call that was killed or interrupted goes on when it is given again, with the vectors that it kept in the \
      folder, whatever was deleted or merged in between; files that changed are encoded anew, as with --restart, and so are \
      those of a call that others with --model came after.

      Examples:
        parlance index add index --model DIR --passages new.jsonl
        parlance index add index --vectors new.vectors --passages new.jsonl
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Vectors of the passages, by parlance encode.", valueName: "file"))
  var vectors: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Texts of the passages, one JSON object a line.", valueName: "file"))
  var passages: [String] = []

  @Option(
    help: ArgumentHelp(
      "Encode the passages with this model: a folder, or hf:owner/name[@revision].", valueName: "model"))
  var model: String?

  @Flag(help: "With --model: encode anew what an earlier call of the same files left.")
  var restart = false

  @Flag(help: "Print what was done as JSON.")
  var json = false

  @OptionGroup
  var memory: BuildMemory

  @OptionGroup(title: "Encoding")
  var encoding: EncodingOptions

  func validate() throws {
    guard (model != nil) != !vectors.isEmpty else {
      throw ValidationError("expected either --vectors, or --model with --passages")
    }
    try encoding.checkModel(model, trustsModel: false)
    if restart, model == nil { throw ValidationError("--restart goes with --model") }
    if model != nil, passages.isEmpty || passages.contains(where: { $0 == "-" || FileNames.isStream($0) }) {
      throw ValidationError("--model needs --passages with files, which are read twice; a pipe cannot be")
    }
  }

  func run() async throws {
    let console = Console.standard
    let index = try LiveIndex(path: path, configuration: memory.configuration)
    let change: IndexChange
    if let model {
      change = try await add(to: index, with: model)
    } else {
      let files = try VectorsFiles(paths: vectors)
      try index.check(
        files.passageSpace, vocabularyDigest: files.vocabulary.digest, keptTerms: files.keptTerms,
        hasTexts: !passages.isEmpty)
      let bar = ProgressBar()
      defer { bar.finish() }
      change = try index.add(
        files, by: files.passageSpace, keptTerms: files.keptTerms,
        texts: passages.isEmpty ? nil : PassageSource(files: passages), progress: bar.handler,
        interruption: console.interruption)
    }
    try IndexChangeReport(change, of: index.snapshot).print(asJSON: json)
  }

  private func add(to index: LiveIndex, with model: String) async throws -> IndexChange {
    let console = Console.standard
    var job = IndexingJob(passages: passages, path: path)
    job.restarts = restart
    let count: Int
    do {
      let bar = ProgressBar()
      defer { bar.finish() }
      count = try job.check(progress: bar.handler, interruption: console.interruption)
    }
    let encoder = try await encoding.open(model)
    let bar = ProgressBar()
    defer { bar.finish() }
    let summary: IndexingJob.Summary
    let change: IndexChange
    do throws(ParlanceError) {
      (summary, change) = try await job.add(
        to: index, with: encoder, checked: count, progress: bar.handler, interruption: console.interruption)
    } catch {
      bar.finish()
      if error.code == .interrupted { console.note(IndexBuildCommand.goesOn) }
      throw error
    }
    bar.finish()
    summary.tell(encoder)
    return change
  }
}

/// What a change of an index came to.
struct IndexChangeReport: Encodable {
  var added: Int
  var replaced: Int
  var deleted: Int
  var passages: Int
  var segments: Int
  var deletedInFiles: Int

  enum CodingKeys: String, CodingKey {
    case added, replaced, deleted, passages, segments
    case deletedInFiles = "deleted_in_files"
  }

  init(_ change: IndexChange, of index: InvertedIndex) {
    (added, replaced, deleted) = (change.added, change.replaced, change.deleted)
    let info = index.info
    (passages, segments, deletedInFiles) = (info.passages, info.segments, info.deleted)
  }

  func print(asJSON: Bool) throws {
    let console = Console.standard
    if asJSON { return try console.print(json: self, keys: .asSpelled) }
    try console.print("\(added) added, \(replaced) replaced, \(deleted) deleted")
    try console.print("\(FixedDecimal.counted(passages, "passage")) in \(FixedDecimal.counted(segments, "segment"))")
  }
}
