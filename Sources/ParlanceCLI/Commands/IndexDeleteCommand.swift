import ArgumentParser
import Diagnostics
import Identifiers
import InvertedIndex
import LineFiles

/// `parlance index delete`.
struct IndexDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete passages from an index by their ids.",
    discussion: """
      All of them are gone in one step; their bytes stay in the files until parlance index merge. Ids that are not there are \
      counted and passed over.

      Examples:
        parlance index delete index p17 p18
        parlance index delete index --ids gone.txt
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Argument(help: "The ids of the passages.")
  var passages: [String] = []

  @Option(help: ArgumentHelp("A file with an id on each line; - is standard input.", valueName: "file"))
  var ids: String?

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func validate() throws {
    guard passages.isEmpty != (ids == nil) else {
      throw ValidationError("expected either the ids of passages, or --ids with a file of them")
    }
  }

  func run() throws {
    let console = Console.standard
    var wanted = passages.map { ExternalID($0) }
    if let ids {
      let lines = try LineReader(path: ids, interruption: console.interruption)
      while let line = try lines.nextString() {
        if line.isEmpty { continue }
        if let fault = ExternalID.fault(of: line) {
          throw ParlanceError(.badInput, "expected an id \(fault), found \"\(line)\"", at: lines.location)
        }
        wanted.append(ExternalID(line))
      }
    }
    let index = try LiveIndex(path: path)
    let before = index.snapshot
    let missing = try Set(wanted).filter { id throws(ParlanceError) in try before.document(for: id) == nil }.sorted()
    let change = try index.delete(wanted)
    if !missing.isEmpty {
      let named = missing.prefix(5).map(\.string).joined(separator: ", ") + (missing.count > 5 ? ", ..." : "")
      console.note("\(missing.count) of the ids \(missing.count == 1 ? "is" : "are") not in the index: \(named)")
    }
    try IndexChangeReport(change, of: index.snapshot).print(asJSON: json)
  }
}
