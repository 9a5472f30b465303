import ArgumentParser
import Diagnostics

/// How quickstart shows and runs the subcommands that a user would type.
struct TourSteps {
  let workdir: String
  let console = Console.standard

  /// A file of the work folder.
  func path(_ name: String) -> String { workdir + "/" + name }

  func heading(_ text: String) throws {
    try console.print()
    try console.print(console.bold(text))
  }

  /// Shows a command line and runs it.
  func step<Command: ParsableCommand>(
    _: Command.Type, _ name: String, _ arguments: [String]
  ) async throws {
    try show("parlance \(name) \(arguments.map(Self.quoted).joined(separator: " "))")
    try console.interruption.check()
    try await Command.parse(arguments).execute()
  }

  /// Shows a command line, which the caller runs.
  func show(_ line: String) throws {
    try console.print(console.dim("$ \(line)"))
    try console.flush()
  }

  /// A word as a shell reads it back.
  static func quoted(_ argument: String) -> String {
    let isPlain = argument.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte >= 0x80 || "-_./,:=@%+".utf8.contains(byte)
    }
    return isPlain && !argument.isEmpty ? argument : "'\(argument.replacing("'", with: #"'\''"#))'"
  }
}
