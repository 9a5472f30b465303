import ArgumentParser
import Diagnostics

@main
struct Main {
  /// Parses, runs, and turns every error into one line on standard error and an exit code after `sysexits.h`.
  static func main() async {
    Signals.letIn()
    Signals.endOnBrokenPipe()
    do {
      try MistypedSubcommand.check(CommandLine.arguments.dropFirst())
      try await ParlanceCommand.parseAsRoot().execute()
      try Console.standard.flush()
    } catch let error as ParlanceError {
      Console.standard.finish(reporting: error)
    } catch {
      ParlanceCommand.exit(withError: error)
    }
  }
}

extension ParsableCommand {
  /// Runs a command that was parsed, whether it is asynchronous or not.
  func execute() async throws {
    if var command = self as? any AsyncParsableCommand {
      try await command.run()
    } else {
      var command = self
      try command.run()
    }
  }
}

/// The root of the command line; one file a subcommand in `Commands/`.
struct ParlanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parlance",
    abstract: "Conversational search with learned-sparse vectors: no LLM at query time.",
    discussion: """
      Results go to standard output, everything else to standard error. Files may be gzip-compressed; - is standard \
      input or output.

      Exit codes: 0 done, 64 usage, 65 bad input data, 66 no input, 69 engine or service missing, 70 internal, \
      73 cannot write, 75 locked or try again, 130 interrupted.

      Examples:
        parlance quickstart
        parlance index build --bm25 --passages passages.jsonl --out bm25
        parlance search --index bm25 "how do I undo the last commit?"
        parlance help search
      """,
    version: version,
    // One a line, in the order of the way of the data.
    subcommands: [
      QuickstartCommand.self,
      DoctorCommand.self,
      TokenizeCommand.self,
      PassagesCommand.self,
      ImportCommand.self,
      DataCommand.self,
      RewriteCommand.self,
      EncodeCommand.self,
      VectorsCommand.self,
      IndexCommand.self,
      SearchCommand.self,
      ServeCommand.self,
      EvaluateCommand.self,
      CompareCommand.self,
      FuseCommand.self,
      FlopsCommand.self,
      TeachCommand.self,
      TrainCommand.self,
      StudentCommand.self,
      ChatCommand.self,
      MCPCommand.self,
      SweepCommand.self,
      RunsCommand.self,
      ReportCommand.self,
      BenchCommand.self,
    ])

  static let version = "0.1.0"
}
