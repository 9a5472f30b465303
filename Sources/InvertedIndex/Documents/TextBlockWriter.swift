import BinaryFiles
import Conversations
import Diagnostics
import WorkerThreads

/// Gathers records until a block is full, has it compressed by whichever core is free, and writes it.
struct TextBlockWriter {
  private let file: SectionedFileWriter
  private let blockSize: Int
  private let compression: OrderedWork<[UInt8], Compressed>
  /// Where each block begins.
  private var blocks: RowSorter<TextBlock>
  /// Where the next block to be written begins.
  private var end = TextBlock(offset: 0, place: 0)
  private var block: [UInt8] = []
  /// Where `block` begins among the uncompressed bytes.
  private var place: UInt64 = 0

  private struct Compressed {
    var bytes: [UInt8]
    /// How many they were.
    var count: Int
  }

  init(file: SectionedFileWriter, configuration: IndexConfiguration, scratch: BuildScratch) throws(ParlanceError) {
    self.file = file
    blockSize = configuration.textBlockSize
    let level = configuration.compressionLevel
    compression = try OrderedWork(threads: WorkerThreads.availableCores) { block throws(ParlanceError) in
      Compressed(bytes: try TextCompression.compress(block, level: level), count: block.count)
    }
    blocks = RowSorter(memory: scratch.memory / 64, scratch: scratch)
  }

  /// - Returns: where the record begins among the uncompressed bytes.
  mutating func append(_ passage: Passage) throws(ParlanceError) -> UInt64 {
    let own = place + UInt64(block.count)
    PassageRecord.append(passage, to: &block)
    if block.count >= blockSize { try endBlock() }
    return own
  }

  private mutating func endBlock() throws(ParlanceError) {
    place += UInt64(block.count)
    var full: [UInt8] = []
    swap(&full, &block)
    try compression.add(full) { compressed throws(ParlanceError) in try write(compressed) }
  }

  private mutating func write(_ compressed: Compressed) throws(ParlanceError) {
    try blocks.append(end)
    try file.write(compressed.bytes)
    end.offset += UInt64(compressed.bytes.count)
    end.place += UInt64(compressed.count)
  }

  /// - Returns: where each block begins, and where the last one ends.
  consuming func finish() throws(ParlanceError) -> SortedRows<TextBlock> {
    if !block.isEmpty { try endBlock() }
    try compression.finish { compressed throws(ParlanceError) in try write(compressed) }
    try blocks.append(end)
    return blocks.finish()
  }
}
