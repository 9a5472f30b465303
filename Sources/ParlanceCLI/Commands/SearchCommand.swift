public import ArgumentParser
public import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseVectors

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find passages for a question, or for each turn of many conversations.",
    discussion: """
      A question, or one turn of a conversation, is answered on the screen; conversations and vectors become a run in \
      TREC's form. Search is exact over the weights that the index keeps, unless --approximate is given. An index made with --bm25 needs no model.

      Examples:
        parlance search --index bm25 "how do I undo the last commit?"
        parlance search --index index --model DIR "undo a commit" --explain
        parlance search --index index --model DIR \\
          --conversations conversations.jsonl --turn git-undo-commit_3 --explain
        parlance search --index index --model DIR \\
          --conversations conversations.jsonl --run conversation.trec
        parlance search --index index --model DIR \\
          --conversations conversations.jsonl --form rewrite \\
          --rewrites rewrites/handwritten.jsonl --run rewrite.trec
        parlance search --index index --vectors queries.vectors --run out.trec
        parlance search --passages passages.jsonl --model DIR "undo a commit"
        parlance search --index bm25 "undo a commit" \\
          --filter 'lang=en|de' --filter 'year>=2020'
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

  @Option(help: ArgumentHelp("Conversations, one turn a line; - is standard input.", valueName: "file"))
  var conversations: String?

  @Option(help: ArgumentHelp("Answer only this turn of the conversations, on the screen.", valueName: "id"))
  var turn: String?

  @OptionGroup
  var form: FormOptions

  @Option(help: ArgumentHelp("Query vectors that were encoded before.", valueName: "file"))
  var vectors: String?

  @Option(
    name: [.customShort("k"), .customLong("k")],
    help: ArgumentHelp(
      "How many passages to find. (default: 10 on the screen, 1000 for a run)", valueName: "n"))
  var depth: Int?

  @Option(help: ArgumentHelp("Where the TREC run goes; - is standard output.", valueName: "file"))
  var run: String?

  @Option(
    help: ArgumentHelp(
      "Keep the vectors of the conversations' queries as well, for evaluate and flops.", valueName: "file"))
  var saveQueries: String?

  @Option(
    help: ArgumentHelp(
      "Encode and search the conversations one turn after the other, as somebody waits for each, and write what each took.",
      valueName: "file"))
  var costs: String?

  @Option(
    help: ArgumentHelp(
      "Search with so many terms of each query only, the heaviest: each term costs a walk over its postings.",
      valueName: "n"))
  var keepTerms: Int?

  @Option(
    help: ArgumentHelp(
      "Find only passages whose metadata fits: lang=en, 'lang=en|de', 'year>=2020'; repeated, all have to hold.",
      valueName: "condition"))
  var filter: [String] = []

  @Option(
    help: ArgumentHelp(
      "From 0 to below 1: leave the lightest terms with this share of a query's weight out of the scan; bench search tells the recall.",
      valueName: "dial"))
  var approximate: Double?

  @Option(help: "The run's name, its last column. (default: the form of the query)")
  var tag: String?

  @Flag(help: "Show the query's terms, where they came from, and what each adds to a passage's score.")
  var explain = false

  @Flag(help: "Search with a model that is not known to fit the index.")
  var trustModel = false

  @Flag(help: "Print one JSON document (for a question or --turn).")
  var json = false

  @Flag(help: "Tell where the time went, part by part (for a question or --turn).")
  var timings = false

  @OptionGroup
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
    // What encoded vectors is trusted by that name, too.
    try encoding.checkModel(model, trustsModel: trustModel && vectors == nil)
    if turn != nil && conversations == nil { throw ValidationError("--turn goes with --conversations") }
    if isAnsweredOnScreen {
      if run != nil || tag != nil || saveQueries != nil || costs != nil {
        throw ValidationError(
          "--run, --tag, --save-queries and --costs go with --conversations or --vectors; a question and --turn are answered on the screen"
        )
      }
    } else {
      if run == nil {
        throw ValidationError(
          "expected --run FILE for the results" + (conversations == nil ? "" : ", or --turn ID for one turn"))
      }
      if costs != nil, conversations == nil { throw ValidationError("--costs goes with --conversations") }
      if saveQueries != nil, conversations == nil {
        throw ValidationError("--save-queries goes with --conversations; --vectors are kept already")
      }
      if json || explain || timings {
        throw ValidationError("--json, --explain and --timings go with a question or --turn")
      }
    }
    if let question, question.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
      throw ValidationError("expected words as the question, found none")
    }
    if let keepTerms, keepTerms < 1 { throw ValidationError("expected --keep-terms of at least 1, found \(keepTerms)") }
    _ = try passageFilter
    do {
      _ = try approximation
    } catch {
      throw ValidationError(error.message)
    }
    if let depth, depth < 1 { throw ValidationError("expected --k of at least 1, found \(depth)") }
    if conversations == nil && form.isGiven {
      throw ValidationError("--form and --rewrites go with --conversations")
    }
  }

  /// Which passages may be found; `nil` where all may.
  var passageFilter: PassageFilter? {
    get throws {
      guard !filter.isEmpty else { return nil }
      do {
        return PassageFilter(try filter.flatMap { text in try PassageFilter(text: text).conditions })
      } catch let error as ParlanceError {
        throw ValidationError(error.message)
      }
    }
  }

  /// Says of fields that no passage of the index has, which nothing can fit.
  func tellUnknownFields(of index: InvertedIndex) throws {
    guard let filter = try passageFilter else { return }
    let known = try index.metadataFields()
    // An index of a version without columns does not know its fields.
    guard index.hasMetadataColumns else { return }
    for field in Set(filter.conditions.map(\.field)).sorted() where !known.contains(field) {
      let nearest = NearestName.of(field, among: known, within: max(1, field.count / 3)).map { "; did you mean \($0)?" }
      Console.standard.warn(
        "no passage of the index has the field \"\(field)\""
          + (nearest ?? (known.isEmpty ? "; there are none" : "; there are \(known.joined(separator: ", "))")))
    }
  }

  /// What searches may leave out; `nil` where nothing may.
  var approximation: Approximation? {
    get throws(ParlanceError) { try approximate.map { dial throws(ParlanceError) in try Approximation(dial: dial) } }
  }

  /// One query, for a person; the others become a run.
  private var isAnsweredOnScreen: Bool { question != nil || turn != nil }

  func run() async throws {
    if isAnsweredOnScreen {
      try await QuestionSearch(command: self).answer()
    } else if let run {
      try await RunSearch(command: self).write(to: run)
    }
  }

  /// The searcher that the options describe.
  func openSearcher(_ index: String) async throws -> Searcher {
    var timings = Timings()
    return try await openSearcher(index, timing: &timings)
  }

  func openSearcher(_ index: String, timing timings: inout Timings) async throws -> Searcher {
    let opened = try InvertedIndex(path: index)
    try tellUnknownFields(of: opened)
    timings.mark("index")
    let encoder = try await encoding.queryEncoder(model, of: opened, at: index)
    if model != nil { timings.mark("model") }
    return try approximate(Searcher(index: opened, encoder: kept(encoder), trustingEncoder: trustModel))
  }

  /// The searcher, which leaves out what it may.
  func approximate(_ searcher: Searcher) throws(ParlanceError) -> Searcher {
    var searcher = searcher
    searcher.approximation = try approximation
    return searcher
  }

  /// How the encoder reads turns, or a question, under the options; told where a student reads otherwise than usual.
  func reading(by encoder: any QueryEncoder) -> QueryReading {
    let reading = QueryReading(
      encoder, form: form.form, formMatters: conversations != nil, maxLength: encoding.maxLength)
    if let note = reading.note { Console.standard.note(note) }
    return reading
  }

  /// The encoder, of whose queries only the heaviest terms are kept where that is asked for.
  func kept(_ encoder: any QueryEncoder) throws(ParlanceError) -> any QueryEncoder {
    guard let keepTerms else { return encoder }
    return try PrunedQueryEncoder(encoder, keptTerms: keepTerms)
  }
}

/// Which words of a conversation make the query.
struct FormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which words make the query, newest first. (default: conversation, or what a student was trained on)",
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

  func openRewrites() throws(ParlanceError) -> Rewrites? {
    try rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
  }

  /// The words that are searched for.
  ///
  /// - Throws: `badInput`, naming the file, when the turn has no rewrite and the form needs one.
  func query(for turn: Turn, in form: ConversationForm, _ table: Rewrites?) throws(ParlanceError) -> FormedQuery {
    do {
      return try form.query(for: turn, rewrite: table?[turn.id])
    } catch {
      throw ParlanceError(error.code, error.message, at: rewrites.map { .init(file: $0) })
    }
  }
}

extension ConversationForm: ExpressibleByArgument {}
