import SparseVectors
public import ArgumentParser
public import Conversations
import Diagnostics
import InvertedIndex
import Retrieval

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find passages: for one question, for a file of conversations, for a file of vectors.",
    discussion: """
      Search is exact over the weights that the index keeps. An index made with --bm25 needs no model.

      Examples:
        parlance search --index index --model DIR "how do I undo the last commit?" --explain
        parlance search --index index --model DIR --conversations conversations.jsonl --form conversation \\
          --k 1000 --run conversation.trec
        parlance search --index index --model DIR --conversations conversations.jsonl --form rewrite \\
          --rewrites rewrites/official.jsonl --k 1000 --run rewrite.trec
        parlance search --index index --vectors queries.vectors --k 1000 --run out.trec
        parlance search --passages passages.jsonl --model DIR "how do I undo the last commit?"
      """)

  @Argument(help: "One question, answered on the screen.")
  var question: String?

  @Option(help: ArgumentHelp("The index to search.", valueName: "dir"))
  var index: String?

  @Option(help: ArgumentHelp("Passages to search without an index, for small collections.", valueName: "file"))
  var passages: String?

  @Option(
    help: ArgumentHelp(
      "The query encoder: a folder, or hf:owner/name[@revision]. BM25 indexes need none.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("Conversations, one turn a line.", valueName: "file"))
  var conversations: String?

  @OptionGroup
  var form: FormOptions

  @Option(help: ArgumentHelp("Query vectors that were encoded before.", valueName: "file"))
  var vectors: String?

  @Option(name: .customLong("k"), help: "How many passages to find: 10 on the screen, 1000 for a run, by default.")
  var depth: Int?

  @Option(help: ArgumentHelp("Where the TREC run goes; - is standard output.", valueName: "file"))
  var run: String?

  @Option(help: "The run's name, its last column; the form of the query by default.")
  var tag: String?

  @Flag(help: "Show the query's terms, where they came from, and what each adds to a passage's score.")
  var explain = false

  @Flag(help: "Search with a model that is not known to fit the index.")
  var trustModel = false

  @Flag(help: "Print one JSON document (for one question).")
  var json = false

  @OptionGroup(title: "Encoding")
  var encoding: EncodingOptions

  func validate() throws {
    let sources = [question != nil, conversations != nil, vectors != nil].filter(\.self).count
    guard sources == 1 else {
      throw ValidationError("expected one of a question, --conversations or --vectors, found \(sources) of them")
    }
    guard (index != nil) != (passages != nil) else {
      throw ValidationError("expected either --index or --passages")
    }
    if passages != nil && question == nil {
      throw ValidationError("--passages takes a question; build an index for runs")
    }
    if passages != nil && model == nil { throw ValidationError("--passages needs --model") }
    if vectors != nil && model != nil { throw ValidationError("--vectors are encoded already; leave --model out") }
    if question == nil {
      if run == nil { throw ValidationError("expected --run FILE for the results") }
      if json || explain { throw ValidationError("--json and --explain go with one question") }
    } else if run != nil {
      throw ValidationError("--run goes with --conversations or --vectors; a question is answered on the screen")
    }
    if let depth, depth < 1 { throw ValidationError("expected --k of at least 1, found \(depth)") }
    if conversations == nil && form.isGiven {
      throw ValidationError("--form and --rewrites go with --conversations")
    }
  }

  func run() async throws {
    if let question {
      try await QuestionSearch(command: self).answer(question)
    } else if let run {
      try await RunSearch(command: self).write(to: run)
    }
  }

  /// The searcher that the options describe.
  func openSearcher(_ index: String) async throws -> Searcher {
    let opened = try InvertedIndex(path: index)
    if let model {
      return try Searcher(index: opened, encoder: try await encoding.open(model), trustingEncoder: trustModel)
    }
    guard opened.bm25 != nil else {
      throw ParlanceError(
        .usage, "the index holds vectors of \(opened.passageSpace); name the encoder of the queries with --model",
        at: .init(file: index))
    }
    return try Searcher(index: opened, encoder: BM25QueryEncoder(of: opened))
  }
}

/// Which words of a conversation make the query.
struct FormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which words make the query: \(ConversationForm.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "form"))
  var form: ConversationForm?

  @Option(help: ArgumentHelp("Self-contained forms of the questions, for the forms that need them.", valueName: "file"))
  var rewrites: String?

  var isGiven: Bool { form != nil || rewrites != nil }

  func validate() throws {
    if let form {
      if form.needsRewrite && rewrites == nil { throw ValidationError("the form \(form.rawValue) needs --rewrites") }
      if !form.needsRewrite && rewrites != nil {
        throw ValidationError("the form \(form.rawValue) takes no --rewrites")
      }
    } else if rewrites != nil {
      throw ValidationError("--rewrites needs --form rewrite or --form rewrite+conversation")
    }
  }

  /// The form; the whole conversation by default.
  var chosen: ConversationForm { form ?? .conversation }
}

extension ConversationForm: ExpressibleByArgument {}
