import BinaryFiles
import Diagnostics
import Identifiers

/// What an interrupted writer left: the head and a number of whole chunks; anything behind them is cut off.
struct PartialVectors {
  var end = 0
  var chunkOffsets: [Int] = []
  var count = 0
  var termCount = 0
  var seen = SeenHashes()
  var idHash = SHA256()

  init() {}

  /// - Throws: `badInput` when the file was begun for other vectors.
  init(
    reading path: String, head: [UInt8], weightKind: VectorsDescription.WeightKind, vocabularyCount: Int
  ) throws(ParlanceError) {
    let file = try MappedFile(path: path, access: .sequential)
    let bytes = file.bytes
    let known = min(bytes.byteCount, head.count)
    guard bytes.extracting(0..<known).array() == Array(head[..<known]) else {
      throw ParlanceError(
        .badInput,
        "the interrupted file was begun with another encoder, vocabulary or kind of weights; remove it to begin anew",
        at: .init(file: path))
    }
    guard known == head.count else { return }
    end = known
    while let chunk = VectorsChunk(header: bytes.extracting(end..<bytes.byteCount), weightKind: weightKind),
      // The last chunk of a finished file may be smaller; it is made again.
      chunk.passageCount == VectorsHead.passagesPerChunk, chunk.firstPassage == count,
      chunk.size <= bytes.byteCount - end
    {
      let payload = bytes.extracting(end + VectorsChunk.headerSize..<end + chunk.size)
      guard chunk.fault(in: payload, vocabularyCount: vocabularyCount) == nil else { return }
      chunkOffsets.append(end)
      termCount += chunk.termCount
      for passage in 0..<chunk.passageCount {
        _ = seen.insert(chunk.id(of: passage, in: payload))
        idHash.update(chunk.idBytes(of: passage, in: payload) + [UInt8(ascii: "\n")])
      }
      count += chunk.passageCount
      end += chunk.size
    }
  }
}
