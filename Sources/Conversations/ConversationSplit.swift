import BinaryFiles
public import Diagnostics
public import Identifiers
import LineFiles

/// Deals whole conversations into parts of equal size, so that what one part trains is measured on another that shares no
/// conversation with it.
///
/// Turns of one conversation are much alike: a split by turns would show a student in training what it is measured on.
public struct ConversationSplit: Sendable {
  /// How many parts there are.
  public let parts: Int
  private let part: [ExternalID: Int]
  /// How many turns the file had that was dealt.
  private var turns = 0

  /// Deals one after the other in an order that follows from the ids and the seed alone.
  ///
  /// - Throws: `usage` when there are fewer than two parts, `badInput` when there are more parts than conversations.
  public init(_ conversations: some Sequence<ExternalID>, into parts: Int, seed: UInt64 = 0) throws(ParlanceError) {
    guard parts > 1 else { throw ParlanceError(.usage, "expected at least 2 parts, found \(parts)") }
    let keys = Dictionary(
      conversations.map { ($0, SHA256.digest(of: Array("\(seed) \($0)".utf8)).hexadecimal) },
      uniquingKeysWith: { first, _ in first })
    guard keys.count >= parts else {
      throw ParlanceError(
        .badInput, "expected at least \(parts) conversations, one for each part, found \(keys.count)")
    }
    let order = keys.sorted { $0.value < $1.value }.map(\.key)
    self.parts = parts
    part = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 % parts) })
  }

  /// The part of a conversation, from 0; `nil` for one that was not dealt.
  public subscript(conversation: ExternalID) -> Int? { part[conversation] }
}

extension ConversationSplit {
  /// What went into one part.
  public struct Part: Sendable, Hashable {
    public var path: String
    public var conversations: Int
    public var turns: Int
  }

  /// Deals the conversations of a file of turns.
  ///
  /// - Throws: as `init(_:into:seed:)`, with the file; as `TurnReader`.
  public init(
    readingFrom path: String, into parts: Int, seed: UInt64 = 0, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    var conversations: [ExternalID] = []
    let reader = try TurnReader(path: path, interruption: interruption)
    while let turn = try reader.next() { conversations.append(turn.conversation) }
    do throws(ParlanceError) {
      try self.init(conversations, into: parts, seed: seed)
    } catch {
      throw error.code == .badInput ? ParlanceError(.badInput, error.message, at: .init(file: path)) : error
    }
    turns = conversations.count
  }

  /// Writes each part of the file that was dealt to a file of its own, the lines as they stand and in their order. What had the names
  /// before is gone before the first part has its name, and stays until all bytes are on the disk: whoever ends in between leaves a part
  /// out, and none of another split.
  ///
  /// - Parameters:
  ///   - outputs: one for each part.
  ///   - others: what belongs to the parts that had these names, and goes with them.
  /// - Throws: `badInput` when the file has other turns than before; as `TurnReader`; `cannotWrite`.
  public func write(
    _ path: String, to outputs: [String], removing others: [String] = [], interruption: Interruption? = nil
  ) throws(ParlanceError) -> [Part] {
    let writers = try outputs.map { output throws(ParlanceError) in try LineWriter(path: output) }
    let reader = try TurnReader(path: path, interruption: interruption)
    var known: [Set<ExternalID>] = outputs.map { _ in [] }
    var count = 0
    while let (turn, line) = try reader.nextWithLine() {
      guard let part = self[turn.conversation] else { throw Self.changed(path) }
      try writers[part].write(line: line)
      known[part].insert(turn.conversation)
      count += 1
    }
    guard count == turns else { throw Self.changed(path) }
    for writer in writers { try writer.prepare() }
    for old in others + outputs where FileNames.isOrdinaryFile(old) {
      FileNames.remove(try FileNames.target(of: old), faults: FaultLayer.current)
    }
    for writer in writers { try writer.finish() }
    return outputs.indices.map { part in
      Part(path: outputs[part], conversations: known[part].count, turns: writers[part].lineCount)
    }
  }

  private static func changed(_ path: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the conversations are read twice, and the second time they were others; expected a file",
      at: .init(file: path))
  }
}
