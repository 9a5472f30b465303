import BinaryFiles
import Diagnostics
import Identifiers
import SparseVectors
import Synchronization

/// The ids and words of passages, written once in their order; groups of 64 are read at once.
struct CountedPassages: Sendable {
  struct Word: Sendable {
    var term: TermID
    var count: UInt32
  }

  private(set) var count = 0
  private var ids: Groups
  private var words: Groups
  private let lastIDs = LastIDs()

  private static let groupSize = 64

  /// The bytes of groups of passages.
  private struct Groups: Sendable {
    var store: ByteStore
    /// Where each group begins, and where the last one ends.
    var starts = [0]
    /// The group that is not whole yet.
    var open: [UInt8] = []

    mutating func end() throws(ParlanceError) {
      try store.append(open)
      starts.append(store.count)
      open.removeAll(keepingCapacity: true)
    }

    func read(_ group: Int) throws(ParlanceError) -> [UInt8] { try store.read(starts[group]..<starts[group + 1]) }
  }

  /// The ids that were read last, since one asks for them in their order.
  private final class LastIDs: Sendable {
    let group = Mutex<(number: Int, ids: [ExternalID])>((-1, []))
  }

  init(scratch: BuildScratch) {
    ids = Groups(store: ByteStore(memory: scratch.memory / 32, scratch: scratch))
    words = Groups(store: ByteStore(memory: scratch.memory / 8, scratch: scratch))
  }

  mutating func append(_ id: ExternalID, _ found: [Word]) throws(ParlanceError) {
    let bytes = Array(id.string.utf8)
    ids.open.append(littleEndian: UInt32(bytes.count))
    ids.open += bytes
    words.open.append(littleEndian: UInt32(found.count))
    for word in found {
      words.open.append(littleEndian: word.term.rawValue)
      words.open.append(littleEndian: word.count)
    }
    count += 1
    if count % Self.groupSize == 0 { try finish() }
  }

  /// Ends the last group.
  mutating func finish() throws(ParlanceError) {
    guard !words.open.isEmpty else { return }
    try ids.end()
    try words.end()
  }

  func id(at index: Int) throws(ParlanceError) -> ExternalID {
    let (group, place) = index.quotientAndRemainder(dividingBy: Self.groupSize)
    return try lastIDs.group.withLock { last throws(ParlanceError) in
      if last.number != group { last = (group, Self.ids(in: try ids.read(group))) }
      return last.ids[place]
    }
  }

  private static func ids(in bytes: [UInt8]) -> [ExternalID] {
    var ids: [ExternalID] = []
    var at = 0
    while at < bytes.count {
      let end = at + 4 + Int(bytes.rawSpan.load(UInt32.self, at: at))
      ids.append(ExternalID(String(decoding: bytes[at + 4..<end], as: UTF8.self)))
      at = end
    }
    return ids
  }

  /// Gives the words of passages, ascending, and the number of the passage.
  func forEach(
    in range: Range<Int>, _ body: ([Word], Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    guard !range.isEmpty else { return }
    for group in range.lowerBound / Self.groupSize...(range.upperBound - 1) / Self.groupSize {
      let bytes = try words.read(group)
      var at = 0
      var index = group * Self.groupSize
      while at < bytes.count, index < range.upperBound {
        let count = Int(bytes.rawSpan.load(UInt32.self, at: at))
        if index >= range.lowerBound {
          let found = (0..<count).map { number in
            Word(
              term: TermID(bytes.rawSpan.load(UInt32.self, at: at + 4 + 8 * number)),
              count: bytes.rawSpan.load(UInt32.self, at: at + 8 + 8 * number))
          }
          try body(found, index)
        }
        at += 4 + 8 * count
        index += 1
      }
    }
  }
}
