import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import Reports
import Rewriting

/// `parlance rewrite`: self-contained forms of turns by a language model.
struct RewriteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewrite",
    abstract: "Let a language model write each turn's question so that it stands alone.",
    discussion: """
      Asks an endpoint that speaks OpenAI's protocol (vLLM, llama.cpp, Ollama, hosted ones) about each turn, and writes \
      what `teach --rewrites` reads. Every answer goes into an SQLite cache at once: a run that was stopped or killed goes \
      on where it was, a rerun asks only for what is missing, and several processes may share the cache. As many questions \
      are under way as the endpoint bears; it is asked again, after growing waits or those that it names, when it is too \
      busy, fails or breaks off.

      An answer without words, with under three or over 200 of them, of several lines without the label that the prompt \
      neither ends in nor gets, or cut off by --max-tokens, is asked for once more with sampling; what fails even so is \
      listed and has no line in the output. Ends with exit code 75 when a rerun may bring what is missing, 65 when answers \
      were no rewrites or the endpoint refused the question. A run whose endpoint answers nobody any more, refuses all, \
      wants to be paid, or whose first answers are all no rewrites ends early.

      Models differ in their parameters: --parameters sets some, and with null leaves one out, as max_tokens and temperature \
      for reasoning models of OpenAI.

      The key comes from the environment (\(RewriteOptions.keyVariable), or what --key-variable names) and is written \
      nowhere. It goes to https addresses and to this machine, elsewhere only with --key-over-http. HTTPS_PROXY, HTTP_PROXY \
      and NO_PROXY are honoured. Prompts are \(PromptTemplate.libraryNames.joined(separator: ", ")), or a file of \
      yours: --show-prompt prints one to begin with.

      Examples:
        parlance rewrite conversations.jsonl --endpoint http://127.0.0.1:8000/v1 \\
          --model mistral-7b --out rewrites/mistral.jsonl
        parlance rewrite conversations.jsonl --endpoint https://host/v1 --model big \\
          --out rewrites/big.jsonl --dry-run --price 0.15,0.60
        parlance rewrite conversations.jsonl --endpoint https://host/v1 --model o \\
          --out rewrites/o.jsonl --parameters \\
          '{"max_tokens":null,"max_completion_tokens":2048,"temperature":null}'
        parlance rewrite --show-prompt few-shot > mine.prompt
      """)

  @Argument(help: ArgumentHelp("Conversations, one turn a line.", valueName: "conversations"))
  var conversations: String?

  @OptionGroup
  var options: RewriteOptions

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where the rewrites go; with --samples n files, NAME.1.jsonl and so on."))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "The SQLite file of answers; rewrites.cache.sqlite beside --out if not given.", valueName: "file"))
  var cache: String?

  @Flag(help: "Say what would be asked, and what it may take and cost, without asking.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "For --dry-run: the price of a million tokens read and of a million written.", valueName: "in,out"))
  var price: String?

  @Option(help: ArgumentHelp("Print a prompt of the library and end.", valueName: "name"))
  var showPrompt: String?

  @Flag(help: "Print what was done as one JSON document.")
  var json = false

  func validate() throws {
    if showPrompt != nil { return }
    guard conversations != nil else { throw ValidationError("expected a file of conversations") }
    guard out != nil else { throw ValidationError("expected --out") }
    try options.check()
    guard out != "-" || (options.samples == 1 && !json) else {
      throw ValidationError("--out - takes one sample and no --json")
    }
    guard price == nil || dryRun else { throw ValidationError("--price belongs to --dry-run") }
  }

  func run() async throws {
    if let showPrompt {
      guard let file = PromptTemplate.libraryFile(showPrompt) else { throw Self.unknown(showPrompt) }
      return try Console.standard.print(file)
    }
    guard let conversations, let out else { return }
    let price = try price.map(RewriteReport.Price.init)
    let cache = cache ?? RewriteOptions.cachePath(beside: out)
    try OutputPath.check(cache, isNoneOf: [conversations, options.promptFile])
    for path in options.paths(out) {
      try OutputPath.check(path, isNoneOf: [conversations, options.promptFile, cache])
      guard !["", "-wal", "-shm", "-journal"].contains(where: { path == cache + $0 }) else {
        throw ParlanceError(.usage, "the answers are kept in this file; expected another name", at: .init(file: path))
      }
    }
    for path in options.paths(out) + [cache] where !FileNames.exists(folder(of: path)) {
      throw ParlanceError(.cannotWrite, "there is no folder \(folder(of: path))", at: .init(file: path))
    }
    let console = Console.standard
    let turns = try TurnReader.all(conversations, interruption: console.interruption)
    let bar = ProgressBar(console)
    defer { bar.finish() }
    let job = try RewriteJob(
      options.configuration(), cache: cache, onlyLooking: dryRun, progress: bar.handler,
      trouble: { console.warn("no answer yet: \($0); it is asked again, up to --attempts times") },
      interruption: console.interruption)
    if dryRun {
      let estimate = try job.estimate(turns)
      await job.shutdown()
      bar.finish()
      return try RewriteReport.print(
        estimate, of: turns.count, price: price, concurrency: options.concurrency, json: json)
    }
    let result: RewriteResult
    do { result = try await job.run(turns) } catch {
      await job.shutdown()
      throw error
    }
    await job.shutdown()
    bar.finish()
    let files = try write(result, turns, to: out)
    if files.isEmpty { console.warn("there is no rewrite, so that no file was written") }
    try RewriteReport.print(result, files: files, of: turns.count, json: json)
    try console.flush()
    if let code = RewriteReport.exitCode(of: result) { throw ExitCode(code.rawValue) }
  }

  /// Writes each sample's rewrites in the order of the turns. Where there are none an older file stays.
  private func write(
    _ result: RewriteResult, _ turns: [Turn], to out: String
  ) throws(ParlanceError) -> [String] {
    var files: [String] = []
    for (path, rewrites) in zip(options.paths(out), result.rewrites) where !rewrites.isEmpty || turns.isEmpty {
      let writer = try RewriteWriter(path: path)
      for turn in turns {
        if let text = rewrites[turn.id] { try writer.write(Rewrite(id: turn.id, text: text)) }
      }
      try writer.finish()
      files.append(path)
    }
    return files
  }

  private static func unknown(_ name: String) -> ParlanceError {
    ParlanceError(
      .usage, "there is no prompt \"\(name)\"; expected \(PromptTemplate.libraryNames.joined(separator: ", "))")
  }
}
