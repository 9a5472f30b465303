import Diagnostics

/// A chat with a person at a terminal: lines are edited, what goes wrong is said, and the chat goes on.
struct ChatTerminal {
  private let console = Console.standard
  private let file: HistoryFile?

  /// - Parameter history: where lines are kept for the next time.
  init(history: String?) {
    file = history.map { HistoryFile(path: $0) }
  }

  func run(_ chat: Chat) async throws {
    var chat = chat
    var editor = LineEditor(
      ProcessTerminal(), history: LineHistory(try file?.lines() ?? []), completions: Self.completions)
    try RawTerminal.enter()
    defer { RawTerminal.leave() }
    var goesOn = true
    // What was said stands apart from what is asked next.
    func separate() throws { if !chat.conversation.exchanges.isEmpty { try console.print() } }
    while goesOn {
      let number = "\(chat.conversation.exchanges.count + 1)> "
      switch editor.readLine(.init(text: number, styled: console.bold(number))) {
      case .end: return
      case .interrupted: continue
      case .line(let line):
        if editor.history.add(line) { try file?.append(line) }
        do {
          // While it searches, ^C ends the chat, as it ends other programs.
          RawTerminal.letSignals(through: true)
          defer { RawTerminal.letSignals(through: false) }
          goesOn = try await chat.take(line, width: RawTerminal.size.columns)
        } catch let error as ParlanceError where error.code != .cannotWrite {
          console.note("parlance: \(error)")
        }
        try separate()
        try console.flush()
      }
    }
  }

  private static func completions(of beginning: String) -> [String] {
    guard beginning.hasPrefix("/") else { return [] }
    return ChatInstruction.commands.map(\.name).filter { $0.hasPrefix(beginning) }
  }
}
