import ArgumentParser
import Diagnostics
import InvertedIndex
import Retrieval
import SearchService
import SparseEncoder

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer searches over HTTP, and show them on a page.",
    discussion: """
      POST /v1/search takes a conversation as OpenAI writes it and gives passages; the page at / shows how they came \
      about. SIGHUP loads index, model and keys anew without losing a request; SIGTERM ends it when what was taken is done. \
      Documentation/serve.md describes the interface.

      Examples:
        parlance serve --index bm25
        parlance serve --index index --model DIR --port 8080
        parlance serve --index index --model DIR --writable
        parlance serve --new-key search-team >> keys.txt
        parlance serve --index index --model DIR --host 0.0.0.0 --api-keys keys.txt
      """)

  @Option(help: ArgumentHelp("The index to search.", valueName: "dir"))
  var index: String?

  @Option(
    help: ArgumentHelp(
      "The query encoder: a folder, or hf:owner/name[@revision]. BM25 indexes need none.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("The address to listen at; one that others reach needs --api-keys.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "n"))
  var port = 8080

  @Option(help: ArgumentHelp("The keys that are let in: a file of names and hashes.", valueName: "file"))
  var apiKeys: String?

  @Option(
    help: ArgumentHelp(
      "Make a key: it goes to standard error, its line of the file to standard output.", valueName: "name"))
  var newKey: String?

  @Flag(help: "Let that key change passages.")
  var mayWrite = false

  @Flag(help: "Let callers add, replace and delete passages; of those with a key, the ones that may write.")
  var writable = false

  @Option(
    help: ArgumentHelp(
      "The encoder of passages that are added, where --model is a student. (default: --model)", valueName: "model"))
  var passageModel: String?

  @Option(help: ArgumentHelp("Let pages of this origin ask. (default: none)", valueName: "origin"))
  var cors: String?

  @Option(
    help: ArgumentHelp(
      "Keep conversations for callers in this SQLite file. (default: none are kept)", valueName: "file"))
  var sessions: String?

  @Option(help: ArgumentHelp("Search with so many terms of each query only, the heaviest.", valueName: "n"))
  var keepTerms: Int?

  @Flag(help: "Search with a model that is not known to fit the index.")
  var trustModel = false

  @Option(help: ArgumentHelp("The most passages of an answer.", valueName: "n"))
  var maxK = ServiceLimits().k

  @Option(help: ArgumentHelp("The most messages of a conversation.", valueName: "n"))
  var maxMessages = ServiceLimits().messages

  @Option(help: ArgumentHelp("The most bytes of a request.", valueName: "n"))
  var maxBody = ServiceLimits().bodyBytes

  @Option(help: ArgumentHelp("Queries that may wait for the encoder; one more is told to come again.", valueName: "n"))
  var queue = ServiceLimits().waiting

  @Option(help: ArgumentHelp("Seconds that a request may take.", valueName: "n"))
  var timeout = 30

  @Option(help: ArgumentHelp("Seconds that a client may take to send its request.", valueName: "n"))
  var receiveTimeout = 10

  @Option(
    help: ArgumentHelp(
      "Connections at once; one more closes the one whose client has been waited for longest.", valueName: "n"))
  var maxConnections = ServiceLimits().connections

  @Option(help: ArgumentHelp("Encoded queries that are kept.", valueName: "n"))
  var cache = ServiceLimits().cachedQueries

  @Flag(help: "Say nothing of each request.")
  var quiet = false

  @OptionGroup
  var encoding: EncodingOptions

  func validate() throws {
    guard (index != nil) != (newKey != nil) else { throw ValidationError("expected --index DIR, or --new-key NAME") }
    if mayWrite, newKey == nil { throw ValidationError("--may-write is about the key that --new-key makes") }
    if passageModel != nil, !writable { throw ValidationError("--passage-model encodes what --writable lets in") }
    if writable, model == nil {
      throw ValidationError("--writable needs --model; the passages of a BM25 index cannot be changed")
    }
    guard (0...65535).contains(port) else { throw ValidationError("expected --port from 0 to 65535, found \(port)") }
    for (name, value, range) in [
      ("--max-k", maxK, 1...1_000_000), ("--max-messages", maxMessages, 1...1_000_000),
      ("--max-body", maxBody, 1...1 << 30), ("--queue", queue, 1...1_000_000), ("--timeout", timeout, 1...86_400),
      ("--receive-timeout", receiveTimeout, 1...86_400), ("--keep-terms", keepTerms ?? 1, 1...Int.max),
      ("--max-connections", maxConnections, 2...1_000_000), ("--cache", cache, 0...10_000_000),
    ] as [(String, Int, ClosedRange<Int>)] where !range.contains(value) {
      throw ValidationError("expected \(name) from \(range.lowerBound) to \(range.upperBound), found \(value)")
    }
    if index != nil { try encoding.checkModel(model, trustsModel: trustModel) }
    if let cors, !Self.isOrigin(cors) {
      throw ValidationError("expected one origin as browsers send it, such as https://shop.example, found \(cors)")
    }
  }

  /// A scheme, a host, and a port where it is not the scheme's own; no path, and no pattern.
  static func isOrigin(_ text: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: { text.hasPrefix($0) }) else { return false }
    let rest = text.dropFirst(scheme.count)
    return !rest.isEmpty && text == text.lowercased() && !rest.contains { "/*?#@ ".contains($0) }
  }

  func run() async throws {
    // Whoever reloads what is only beginning finds it beginning.
    Signals.ignoreReload()
    if let newKey {
      let made = try APIKeys.make(name: newKey, mayWrite: mayWrite)
      Console.standard.note("the key, which is shown once: \(made.key)")
      return try Console.standard.print(made.line)
    }
    guard let index else { return }
    Signals.outliveReaders()
    // A wish to end that comes from here on ends what is only beginning.
    let interruption = Console.standard.interruption
    var configuration = ServiceConfiguration(version: ParlanceCommand.version)
    configuration.host = host
    configuration.port = port
    configuration.keys = try apiKeys.map { file throws(ParlanceError) in try APIKeys(file: file) }
    configuration.origin = cors
    configuration.sessions = sessions
    configuration.cores = encoding.cores
    configuration.limits.k = maxK
    configuration.limits.messages = maxMessages
    configuration.limits.bodyBytes = maxBody
    configuration.limits.waiting = queue
    configuration.limits.requestTime = .seconds(timeout)
    configuration.limits.receiveTime = .seconds(receiveTimeout)
    configuration.limits.connections = allowedConnections
    configuration.limits.cachedQueries = cache
    configuration.logsRequests = !quiet
    let host = host
    let server = try await SearchServer(
      configuration,
      onListening: { port in
        // The wish to end came before the service listened for it.
        if interruption.isRequested {
          Console.standard.finish(reporting: ParlanceError(.interrupted, "stopped on request"))
        }
        try? Console.standard.print("listening at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        try? Console.standard.flush()
      },
      say: { Console.standard.note($0) },
      opening: { () async throws(ParlanceError) in try await open(index) })
    try interruption.check()
    try await server.run()
  }

  /// What was asked for, as far as the system lets the process have so many files open.
  private var allowedConnections: Int {
    // Those of index, model, sessions and log, and whatever is opened for a moment.
    let others = 128
    let allowed = max(2, OpenFiles.allow(maxConnections + others) - others)
    if allowed < maxConnections {
      Console.standard.warn("the system allows \(allowed) connections at once, not \(maxConnections) (ulimit -n)")
    }
    return min(allowed, maxConnections)
  }

  private func open(_ path: String) async throws(ParlanceError) -> OpenedSearch {
    guard let model else {
      let opened = try InvertedIndex(path: path)
      try EncodingOptions.checkNeedsNoModel(opened, at: path)
      return OpenedSearch(index: opened, model: nil, keptTerms: keepTerms)
    }
    guard writable else {
      let opened = try InvertedIndex(path: path)
      return OpenedSearch(
        index: opened, model: try await encoding.open(model), trustsModel: trustModel, keptTerms: keepTerms)
    }
    let live = try LiveIndex(
      path: path, mergesByItself: true,
      mergeFailed: { Console.standard.warn("the index's segments were not merged: \($0)") })
    let queries = try await encoding.open(model)
    var passages: SparseEncoder?
    if let passageModel { passages = try await encoding.open(passageModel) }
    return OpenedSearch(
      live: live, model: queries, passageModel: passages, trustsModel: trustModel, keptTerms: keepTerms)
  }
}
