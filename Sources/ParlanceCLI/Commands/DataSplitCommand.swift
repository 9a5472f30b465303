import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import Reports

/// `parlance data split`.
struct DataSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Deal conversations into parts, to train on some and measure on the others.",
    discussion: """
      Whole conversations are dealt, so that no part shares one with another; which goes where follows from its id and \
      the seed alone. The parts are DIR/part-1.jsonl, DIR/part-2.jsonl and so on, each with as many conversations as \
      the next, or one more; lines stay as they are. --qrels deals judgments along with them, into \
      DIR/part-1.qrels.txt and so on: a turn that a run lacks counts 0, so a part is measured by its own judgments.

      Examples:
        parlance data split conversations.jsonl --out halves
        parlance data split conversations.jsonl --qrels qrels.txt --out halves
        parlance data split conversations.jsonl --parts 5 --out folds --seed 7
      """)

  @Argument(help: "Conversations, one turn a line.")
  var conversations: String

  @Option(help: ArgumentHelp("Judgments of the turns, dealt likewise.", valueName: "file"))
  var qrels: String?

  @Option(help: "How many parts.")
  var parts = 2

  @Option(help: ArgumentHelp("The folder of the parts.", valueName: "dir"))
  var out: String

  @Option(help: "Another seed deals otherwise.")
  var seed: UInt64 = 0

  func validate() throws {
    guard parts > 1 else { throw ValidationError("expected --parts of at least 2, found \(parts)") }
    if conversations == "-" {
      throw ValidationError("the conversations are read twice, which standard input cannot be; expected a file")
    }
  }

  func run() throws {
    let console = Console.standard
    let outputs = (1...parts).map { "\(out)/part-\($0).jsonl" }
    let judged = (1...parts).map { "\(out)/part-\($0).qrels.txt" }
    for output in outputs + judged { try OutputPath.check(output, isNoneOf: [conversations, qrels]) }
    // A part of another split would share conversations with these, and its judgments would be of other turns.
    for next in ["\(out)/part-\(parts + 1).jsonl", "\(out)/part-\(parts + 1).qrels.txt"] {
      guard !FileNames.exists(next) else {
        throw ParlanceError(
          .cannotWrite, "it is a part of an earlier split into more; remove it, or name another folder",
          at: .init(file: next))
      }
    }
    for old in judged where qrels == nil && FileNames.exists(old) {
      throw ParlanceError(
        .cannotWrite, "it has the judgments of an earlier split; remove it, give --qrels, or name another folder",
        at: .init(file: old))
    }
    let split = try ConversationSplit(
      readingFrom: conversations, into: parts, seed: seed, interruption: console.interruption)
    // Read before the first part is written: what is wrong with them leaves nothing behind.
    let judgments = try qrels.map { qrels throws(ParlanceError) in
      try DealtJudgments(qrels, of: conversations, by: split, interruption: console.interruption)
    }
    try FileNames.makeFolder(out)
    let dealt = try split.write(
      conversations, to: outputs, removing: judgments == nil ? [] : judged, interruption: console.interruption)
    for part in dealt {
      console.note(
        "\(part.path): \(FixedDecimal.grouped(part.conversations)) conversations, \(FixedDecimal.grouped(part.turns)) "
          + "turns")
    }
    guard let judgments else { return }
    try judgments.write(to: judged)
    for (path, entries) in zip(judged, judgments.parts) {
      console.note("\(path): \(FixedDecimal.counted(entries.count, "judgment"))")
    }
    if judgments.strangers > 0 {
      console.note(
        "\(FixedDecimal.counted(judgments.strangers, "judgment")) of turns that \(conversations) does not have: in no part"
      )
    }
  }
}
