import Diagnostics
import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

@Suite("parlance --help")
struct HelpTests {
  private func parlance(_ arguments: [String], columns: Int = 80) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      try ParlanceProcess.run(arguments, in: folder, environment: ["COLUMNS": "\(columns)"])
    }
  }

  /// The subcommands, those of subcommands included, by their words.
  static let commands: [String] = {
    func names(_ command: any ParsableCommand.Type, _ path: String) -> [String] {
      let own = [path, command.configuration.commandName ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
      return [own] + command.configuration.subcommands.flatMap { names($0, own) }
    }
    return ParlanceCommand.configuration.subcommands.flatMap { names($0, "") }
  }()

  @Test("parlance alone, --help and help say the same, which begins and ends as written here")
  func root() throws {
    let alone = try parlance([])
    #expect(alone.code == 0)
    #expect(alone.error.isEmpty)
    #expect(try parlance(["--help"]).output == alone.output)
    #expect(try parlance(["help"]).output == alone.output)
    #expect(
      alone.output.hasPrefix(
        """
        OVERVIEW: Conversational search with learned-sparse vectors: no LLM at query
        time.

        Results go to standard output, everything else to standard error. Files may be
        gzip-compressed; - is standard input or output.

        Exit codes: 0 done, 64 usage, 65 bad input data, 66 no input, 69 engine or
        service missing, 70 internal, 73 cannot write, 75 locked or try again, 130
        interrupted.

        Examples:

        """), "\(alone.output)")
    for command in ParlanceCommand.configuration.subcommands {
      #expect(alone.output.contains("\n  \(command.configuration.commandName ?? "") "))
    }
    #expect(alone.output.hasSuffix("  See 'parlance help <subcommand>' for detailed help.\n"))
  }

  @Test("each subcommand has help that fits 80 columns, whose examples can be pasted", arguments: commands)
  func subcommand(name: String) throws {
    let result = try parlance(name.split(separator: " ").map(String.init) + ["--help"])
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.filter { $0.count > 80 && !$0.hasPrefix("USAGE") }.isEmpty, "too long")
    let isGroup = result.output.contains("USAGE: parlance \(name) <subcommand>")
    #expect(lines.contains("Examples:") || isGroup, "no examples")
    // On a wide screen no line is broken: an example longer than 80 columns would be, on a narrow one.
    let wide = try parlance(name.split(separator: " ").map(String.init) + ["--help"], columns: 400).output
    let examples = wide.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "Examples:" }.prefix { !$0.isEmpty }
    for line in examples { #expect(line.count <= 80, "\(line)") }
    for line in examples where line.hasPrefix("  parlance ") {
      #expect(line.hasPrefix("  parlance \(name.split(separator: " ")[0])"), "\(line)")
    }
  }

  @Test(
    "what does not exist is told with what was meant",
    arguments: [
      ("serach x", "there is no subcommand \"serach\"; did you mean \"search\"?"),
      ("help evalaute", "did you mean \"evaluate\"?"), ("frobnicate", "there is no subcommand \"frobnicate\"\n"),
      ("--verzion", "Unknown option '--verzion'"),
      ("search --index i --modle m a", "Unknown option '--modle'. Did you mean '--model'?"),
      ("doctor a", "a"), ("index bild --out i", "there is no subcommand \"bild\"; did you mean \"build\"?"),
      ("help vectors exprot", "did you mean \"export\"?"), ("data help", "there is no subcommand \"help\"\n"),
    ])
  func mistyped(arguments: String, says: String) throws {
    let result = try parlance(arguments.split(separator: " ").map(String.init))
    #expect(result.code == 64)
    #expect(result.error.contains(says), "\(result.error)")
    #expect(result.output.isEmpty)
  }

  @Test("words a slip apart are near, others are not")
  func distance() {
    #expect(NearestName.distance("serach", "search") == 1)
    #expect(NearestName.distance("", "fuse") == 4)
    #expect(NearestName.distance("bench", "search") == 3)
    #expect(NearestName.distance("doctor", "doctor") == 0)
    #expect(NearestName.distance("", "") == 0)
    #expect(NearestName.distance("kitten", "sitting") == 3)
  }

  @Test("--version prints the version alone")
  func version() throws {
    #expect(try parlance(["--version"]).output == ParlanceCommand.version + "\n")
  }

  @Test(
    "completion scripts for three shells know the subcommands, and bash's loads", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try ParlanceProcess.run(["--generate-completion-script", shell], in: folder)
      #expect(result.code == 0)
      for name in Self.commands where !name.contains(" ") { #expect(result.output.contains(name)) }
      #expect(result.output.contains("explain"))
      guard shell == "bash" else { return }
      try result.output.write(toFile: folder + "/completion", atomically: false, encoding: .utf8)
      let loaded = try ParlanceProcess.shell(
        "bash -n completion && source ./completion && complete -p parlance", in: folder)
      #expect(loaded.code == 0 && loaded.output.contains("parlance"), "\(loaded.error)")
    }
  }
}
