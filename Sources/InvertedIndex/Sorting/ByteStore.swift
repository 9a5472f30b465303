import BinaryFiles
import Diagnostics

/// Bytes that are written once and read again: in memory as long as they have room there, in the scratch file from then on.
struct ByteStore: Sendable {
  private let limit: Int
  private let scratch: BuildScratch
  private var bytes: [UInt8] = []
  private var file: ScratchFile?
  /// What the store holds.
  private(set) var count = 0
  /// Where the bytes lie in the file, piece by piece: the file has other users.
  private var pieces: [Piece] = []

  private struct Piece {
    var first: Int
    var place: Int
  }

  /// - Parameter memory: how many bytes are kept in memory.
  init(memory: Int, scratch: BuildScratch) {
    limit = memory
    self.scratch = scratch
  }

  mutating func append(_ more: [UInt8]) throws(ParlanceError) {
    bytes += more
    count += more.count
    guard bytes.count >= limit else { return }
    let file = try scratch.file()
    self.file = file
    let place = try file.append(bytes.rawSpan)
    pieces.append(Piece(first: count - bytes.count, place: place.lowerBound))
    bytes.removeAll(keepingCapacity: true)
  }

  /// - Parameter range: what was appended at once, or a part of it.
  func read(_ range: Range<Int>) throws(ParlanceError) -> [UInt8] {
    let inMemory = count - bytes.count
    if range.lowerBound >= inMemory {
      return Array(bytes[range.lowerBound - inMemory..<range.upperBound - inMemory])
    }
    guard let file else { return [] }
    // The first one begins at 0.
    let piece = pieces[pieces.partitionPoint { $0.first <= range.lowerBound } - 1]
    let start = piece.place - piece.first
    return try file.read(start + range.lowerBound..<start + range.upperBound)
  }
}
