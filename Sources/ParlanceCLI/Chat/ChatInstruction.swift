import Conversations
import Diagnostics

/// What a line of a chat is: a question, or one of the commands that begin with a slash.
enum ChatInstruction: Equatable {
  case question(String)
  case explain(Int?)
  case compare
  case turns
  case passage(Int)
  case answerBy(passage: Int)
  case answer(String)
  case undo
  case new
  case form(ConversationForm?)
  case depth(Int)
  case help
  case quit
  /// A line without words.
  case nothing

  /// Each command with what it takes and what it does, for `/help` and completion.
  static let commands: [(name: String, takes: String, does: String)] = [
    ("/explain", "[N]", "the query's terms by message, and why passage N, or each, was found"),
    ("/compare", "", "the last question alone against the conversation, side by side"),
    ("/turns", "", "what was said so far, and the terms that each message gave"),
    ("/passage", "N", "the whole text of passage N"),
    ("/answer", "N or words", "takes passage N, or these words, as the answer that was given"),
    ("/undo", "", "takes the last question back, with its answer"),
    ("/new", "", "begins a new conversation"),
    ("/form", "[NAME]", "which messages are searched with: last-turn, user-turns, conversation"),
    ("/k", "N", "how many passages are shown"),
    ("/help", "", "this list"),
    ("/quit", "", "ends, as ^D does"),
  ]

  /// - Throws: `usage` for a command that does not exist, or that takes something else.
  init(_ line: String) throws(ParlanceError) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let first = words.first else {
      self = .nothing
      return
    }
    // A path begins with a slash as well, and has another.
    guard first.hasPrefix("/"), !first.dropFirst().contains("/"), first.count > 1 else {
      self = .question(line)
      return
    }
    self = try Self.command(String(first), words.dropFirst().map(String.init), line)
  }

  private static func command(
    _ name: String, _ arguments: [String], _ line: String
  ) throws(ParlanceError) -> ChatInstruction {
    func number(_ what: String) throws(ParlanceError) -> Int {
      guard arguments.count == 1, let number = Int(arguments[0]), number >= 1 else {
        throw ParlanceError(.usage, "\(name) takes \(what), from 1")
      }
      return number
    }
    switch name {
    case "/explain": return .explain(arguments.isEmpty ? nil : try number("the number of a passage"))
    case "/compare": return .compare
    case "/turns": return .turns
    case "/passage": return .passage(try number("the number of a passage"))
    case "/answer":
      if arguments.count == 1, let number = Int(arguments[0]) { return .answerBy(passage: number) }
      guard !arguments.isEmpty else {
        throw ParlanceError(.usage, "/answer takes the number of a passage, or the answer's words")
      }
      return .answer(arguments.joined(separator: " "))
    case "/undo": return .undo
    case "/new": return .new
    case "/form":
      guard let name = arguments.first else { return .form(nil) }
      guard let form = ConversationForm(rawValue: name), !form.needsRewrite else {
        throw ParlanceError(.usage, "/form takes last-turn, user-turns or conversation, found \"\(name)\"")
      }
      return .form(form)
    case "/k": return .depth(try number("how many passages to show"))
    case "/help", "/?": return .help
    case "/quit", "/exit", "/q": return .quit
    default: throw unknown(name)
    }
  }

  private static func unknown(_ name: String) -> ParlanceError {
    let hint =
      NearestName.of(name, among: commands.map(\.name), within: 2).map { "; did you mean \($0)?" }
      ?? "; /help lists them"
    return ParlanceError(.usage, "there is no command \(name)\(hint)")
  }
}
