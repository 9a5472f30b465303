import ArgumentParser
import Diagnostics
import InvertedIndex

/// `parlance index merge`.
struct IndexMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make one segment of an index, without what was deleted.",
    discussion: """
      Searches go on meanwhile, and other processes that want to change the index are refused (exit code 75). An index of an \
      earlier format is written in the present one. It needs as much room on the disk as the index has.

      Examples:
        parlance index merge index
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Flag(help: "Print what the index holds then as JSON.")
  var json = false

  @OptionGroup
  var memory: BuildMemory

  func run() throws {
    let index = try LiveIndex(path: path, configuration: memory.configuration)
    do {
      let bar = ProgressBar()
      defer { bar.finish() }
      let isDone = try index.merge(progress: bar.handler, interruption: Console.standard.interruption)
      bar.finish()
      if !isDone {
        let isEmpty = index.snapshot.count == 0
        Console.standard.note("\(isEmpty ? "no passages" : "one segment already"), nothing to do")
      }
    }
    try IndexInfoCommand.show(index.snapshot, asJSON: json)
  }
}
