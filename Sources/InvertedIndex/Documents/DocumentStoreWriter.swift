import BinaryFiles
import Conversations
import Diagnostics
import Identifiers

/// Writes the passages file of a segment: ids always, texts where there are some.
struct DocumentStoreWriter {
  let path: String
  let configuration: IndexConfiguration
  let ids: IDTable

  /// - Parameter texts: gives each passage of `vectors` once, in any order.
  /// - Returns: the length of the file.
  /// - Throws: `badInput` for a passage that `vectors` does not have, one that is given twice, and one that is missing.
  func write(
    _ vectors: some PassageVectors, texts: PassageSource?, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> Int {
    let file = try SectionedFileWriter(path: path, format: DocumentFormat.format)
    do {
      let metadata = try texts.map { texts throws(ParlanceError) in
        try writeTexts(texts, of: vectors, to: file, progress: progress, interruption: interruption)
      }
      try writeIDs(of: vectors, to: file, interruption: interruption)
      try metadata?.write(to: file)
      try file.commit()
      return file.position
    } catch {
      file.abandon()
      throw error
    }
  }

  /// - Returns: the metadata, which filters ask of.
  private func writeTexts(
    _ texts: PassageSource, of vectors: some PassageVectors, to file: SectionedFileWriter,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> MetadataEntries {
    var metadata = MetadataEntries()
    let missing = UInt64.max
    var places = [UInt64](repeating: missing, count: vectors.count)
    var blocks = TextBlockWriter(
      file: file, blockSize: configuration.textBlockSize, level: configuration.compressionLevel)
    var count = 0
    try file.beginSection(DocumentFormat.texts)
    while let passage = try texts.next() {
      guard let index = try ids.passage(passage.id, in: vectors) else {
        throw ParlanceError(
          .badInput,
          "the passage \"\(passage.id)\" has a text but no vector; encode the passages again, or leave it out",
          at: texts.location)
      }
      guard places[index] == missing else {
        throw ParlanceError(.badInput, "the text of passage \"\(passage.id)\" is given twice", at: texts.location)
      }
      places[index] = try blocks.append(passage)
      metadata.add(passage.metadata, of: index)
      count += 1
      if count & 255 == 0 {
        try interruption?.check()
        progress?(Progress("storing", completed: count, total: vectors.count, unit: "passages"))
      }
    }
    if count < vectors.count, let index = places.firstIndex(of: missing) {
      throw ParlanceError(
        .badInput,
        "expected the texts of \(vectors.count) passages, found \(count); the first without is \"\(try vectors.id(at: index))\"",
        at: vectors.location(of: index))
    }
    try blocks.finish()
    try file.beginSection(DocumentFormat.textBlocks)
    try file.write(blocks.blocks)
    try file.beginSection(DocumentFormat.textPlaces)
    try file.write(places)
    return metadata
  }

  private func writeIDs(
    of vectors: some PassageVectors, to file: SectionedFileWriter, interruption: Interruption?
  ) throws(ParlanceError) {
    var starts: [UInt64] = [0]
    starts.reserveCapacity(vectors.count + 1)
    try file.beginSection(DocumentFormat.ids)
    for index in 0..<vectors.count {
      if index & 0xFFFF == 0 { try interruption?.check() }
      let bytes = Array(try vectors.id(at: index).string.utf8)
      try file.write(bytes)
      starts.append(starts[index] + UInt64(bytes.count))
    }
    try file.beginSection(DocumentFormat.idStarts)
    try file.write(starts)
    try file.beginSection(DocumentFormat.idHashes)
    try file.write(ids.hashes)
    try file.beginSection(DocumentFormat.idPassages)
    try file.write(ids.passages)
  }
}

/// Gathers records until a block is full, compresses it and writes it.
private struct TextBlockWriter: ~Copyable {
  let file: SectionedFileWriter
  let blockSize: Int
  let level: Int
  /// Where each block begins; the last entry is where the next one will.
  private(set) var blocks = [TextBlock(offset: 0, place: 0)]
  private var block: [UInt8] = []

  init(file: SectionedFileWriter, blockSize: Int, level: Int) {
    self.file = file
    self.blockSize = blockSize
    self.level = level
  }

  /// - Returns: where the record begins among the uncompressed bytes.
  mutating func append(_ passage: Passage) throws(ParlanceError) -> UInt64 {
    let place = blocks[blocks.count - 1].place + UInt64(block.count)
    PassageRecord.append(passage, to: &block)
    if block.count >= blockSize { try finish() }
    return place
  }

  mutating func finish() throws(ParlanceError) {
    guard !block.isEmpty else { return }
    let compressed = try TextCompression.compress(block, level: level)
    try file.write(compressed)
    let last = blocks[blocks.count - 1]
    blocks.append(
      TextBlock(offset: last.offset + UInt64(compressed.count), place: last.place + UInt64(block.count)))
    block.removeAll(keepingCapacity: true)
  }
}
