import ArgumentParser
import Diagnostics
import ModelContext

struct MCPCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp",
    abstract: "Offer search as a tool to language models: the Model Context Protocol.",
    discussion: """
      Speaks the protocol on standard input and output, as the programs that start it expect; a person has no use for it \
      alone. Tools: search_conversation, search, get_passage. Versions: 2026-07-28, 2025-11-25, 2025-06-18. What goes wrong \
      is told on standard error. It ends when its input does.

      Examples:
        parlance mcp --index index --model DIR
        parlance mcp --index bm25
      """)

  @OptionGroup
  var options: SearcherOptions

  func run() async throws {
    let console = Console.standard
    let searcher = try await options.open()
    let tools = PassageTools(searcher) { error in console.note("parlance: error: \(error)") }
    try await StandardStreamServer(
      ContextServer(tools, version: ParlanceCommand.version), interruption: console.interruption
    ).run()
  }
}
