import ArgumentParser
import BinaryFiles
import Conversations
import Diagnostics
import Reports

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `parlance data split`.
struct DataSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Deal conversations into parts, to train on some and measure on the others.",
    discussion: """
      Whole conversations are dealt, so that no part shares one with another; which goes where follows from its id and \
      the seed alone. The parts are DIR/part-1.jsonl, DIR/part-2.jsonl and so on, each with as many conversations as \
      the next, or one more; lines stay as they are.

      Examples:
        parlance data split conversations.jsonl --out halves
        parlance data split conversations.jsonl --parts 5 --out folds --seed 7
      """)

  @Argument(help: "Conversations, one turn a line.")
  var conversations: String

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
    for output in outputs { try OutputPath.check(output, isNoneOf: [conversations]) }
    // A part of another split would share conversations with these.
    let next = "\(out)/part-\(parts + 1).jsonl"
    guard !FileNames.exists(next) else {
      throw ParlanceError(
        .cannotWrite, "it is a part of an earlier split into more; remove it, or name another folder",
        at: .init(file: next))
    }
    let split = try ConversationSplit(
      readingFrom: conversations, into: parts, seed: seed, interruption: console.interruption)
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw ParlanceError(.cannotWrite, "the folder cannot be made", at: .init(file: out))
    }
    for part in try split.write(conversations, to: outputs, interruption: console.interruption) {
      console.note(
        "\(part.path): \(FixedDecimal.grouped(part.conversations)) conversations, \(FixedDecimal.grouped(part.turns)) "
          + "turns")
    }
  }
}
