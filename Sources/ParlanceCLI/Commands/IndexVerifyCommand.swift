import ArgumentParser
import Diagnostics
import InvertedIndex

/// `parlance index verify`.
struct IndexVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every byte of an index and check it.",
    discussion: """
      Names each damaged file with its section and block and ends with 65; says nothing but "whole" otherwise.

      Examples:
        parlance index verify index
        parlance index verify index --json
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Flag(help: "Print one JSON document: the list of damages.")
  var json = false

  func run() throws {
    let console = Console.standard
    let bar = ProgressBar()
    let damages: [IndexDamage]
    do {
      defer { bar.finish() }
      damages = try InvertedIndex.verify(
        path: path, progress: bar.handler, interruption: console.interruption)
    }
    if json {
      try console.print(json: damages)
    } else if damages.isEmpty {
      try console.print("whole")
    } else {
      for damage in damages { try console.print("\(damage)") }
    }
    guard damages.isEmpty else {
      throw ParlanceError(
        .badInput,
        "\(damages.count) file\(damages.count == 1 ? " is" : "s are") damaged; build the index anew or copy it again",
        at: .init(file: path))
    }
  }
}
