import ArgumentParser
import Conversations
import Diagnostics
import InvertedIndex
import LineFiles
import Reports
import Retrieval
import SparseVectors

struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Search by conversation: ask, read the passages, ask on.",
    discussion: """
      Each question is searched for together with what was said before. On a terminal lines are edited with the usual keys \
      (arrows, ^A ^E ^K ^U ^W ^Y, ^R through what was typed, Tab for commands); /help lists the commands, among them \
      /explain, /compare, /turns, /answer and /undo. Elsewhere each line of standard input is a question or a command, and \
      --json prints one document a question.

      Examples:
        parlance chat --index index --model DIR
        parlance chat --index bm25 --form last-turn
        printf 'undo a commit\\nand a merge?\\n' | parlance chat --index bm25 --json
      """)

  @OptionGroup
  var options: SearcherOptions

  @Option(
    help: ArgumentHelp(
      "Which messages are searched with: last-turn, user-turns or conversation; nobody rewrites in a chat. (default: "
        + "conversation, or what a student was trained on)", valueName: "form"),
    completion: .list(ConversationForm.withoutRewrite.map(\.rawValue)), transform: Self.form)
  var form: ConversationForm?

  @Option(
    name: [.customShort("k"), .customLong("k")], help: ArgumentHelp("How many passages to show.", valueName: "n"))
  var depth = 3

  @Option(
    help: ArgumentHelp(
      "Keep what is typed in this file, for the next time; nobody else may read it.", valueName: "file"))
  var history: String?

  @Flag(help: "Print one JSON document a question, each on a line.")
  var json = false

  @Flag(help: "With --json: the query's terms, and what each adds to a passage's score.")
  var explain = false

  func validate() throws {
    if depth < 1 { throw ValidationError("expected --k of at least 1, found \(depth)") }
    if explain && !json { throw ValidationError("--explain goes with --json; in a chat there is /explain") }
  }

  private static func form(_ name: String) throws -> ConversationForm {
    guard let form = ConversationForm(rawValue: name), !form.needsRewrite else {
      throw ValidationError("expected last-turn, user-turns or conversation, found \"\(name)\"")
    }
    return form
  }

  func run() async throws {
    let console = Console.standard
    let searcher = try await options.open()
    let reading = QueryReading(searcher.encoder, form: form, maxLength: options.encoding.maxLength)
    if let note = reading.note { console.note(note) }
    let chat = Chat(searcher, reading, k: depth, output: json ? .json(explain: explain) : .text)
    guard RawTerminal.isInteractive, !json else { return try await answerLines(chat, prompts: false) }
    console.note(
      "\(FixedDecimal.counted(searcher.index.count, "passage")) by \(searcher.encoder.identity.name), read as "
        + "\(reading.form.rawValue); /help lists commands, ^D ends")
    if Environment["TERM"] == "dumb" { return try await answerLines(chat, prompts: true) }
    try await ChatTerminal(history: history).run(chat)
  }

  /// A question or command a line; what goes wrong ends it, but for a person who can do better.
  private func answerLines(_ chat: Chat, prompts: Bool) async throws {
    let console = Console.standard
    var chat = chat
    func prompt() throws {
      if prompts { try StandardOutput.shared.write("\(chat.conversation.exchanges.count + 1)> ") }
      try console.flush()
    }
    try prompt()
    let reader = try LineReader(path: "-", interruption: console.interruption)
    while let line = try reader.nextString() {
      // Who reads this later did not see what was typed.
      if !prompts, !json, line.contains(where: { !$0.isWhitespace }) {
        if reader.lineNumber > 1 { try console.print() }
        try console.print(console.bold("> \(line)"))
      }
      do {
        guard try await chat.take(line, width: console.width) else { break }
      } catch let error as ParlanceError where prompts && error.code != .cannotWrite {
        console.note("parlance: \(error)")
      } catch let error as ParlanceError {
        throw ParlanceError(error.code, error.message, at: error.location ?? reader.location)
      }
      try prompt()
    }
  }
}
