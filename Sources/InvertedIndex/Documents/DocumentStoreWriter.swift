import BinaryFiles
import Conversations
import Diagnostics
import Identifiers
import WorkerThreads

/// Writes the passages file of a segment: ids always, texts where there are some.
///
/// In memory is a bit for each passage; what else grows with the collection is sorted in the scratch file.
struct DocumentStoreWriter {
  let path: String
  let configuration: IndexConfiguration
  let ids: IDTable
  let scratch: BuildScratch

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

  /// Where the text of a passage lies.
  private struct TextPlace: BitwiseCopyable, Comparable {
    var passage: UInt32
    var place: UInt64

    static func < (left: Self, right: Self) -> Bool { left.passage < right.passage }
  }

  /// - Returns: the metadata, which filters ask of.
  private func writeTexts(
    _ texts: PassageSource, of vectors: some PassageVectors, to file: SectionedFileWriter,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> MetadataEntries {
    var metadata = MetadataEntries(scratch: scratch)
    var seen = PassageMask(passages: vectors.count, passagesPerRange: 1 << 16)
    var places = RowSorter<TextPlace>(memory: scratch.memory / 16, scratch: scratch)
    var blocks = try TextBlockWriter(file: file, configuration: configuration, scratch: scratch)
    var next = 0
    try file.beginSection(DocumentFormat.texts)
    while let passage = try texts.next() {
      guard let index = try place(of: passage.id, in: vectors, expectedAt: next) else {
        throw ParlanceError(
          .badInput,
          "the passage \"\(passage.id)\" has a text but no vector; encode the passages again, or leave it out",
          at: texts.location)
      }
      guard !seen.contains(index) else {
        throw ParlanceError(.badInput, "the text of passage \"\(passage.id)\" is given twice", at: texts.location)
      }
      seen.insert(index)
      try places.append(TextPlace(passage: UInt32(index), place: try blocks.append(passage)))
      try metadata.add(passage.metadata, of: index)
      next = index + 1
      if next & 255 == 0 {
        try interruption?.check()
        progress?(Progress("storing", completed: seen.count, total: vectors.count, unit: "passages"))
      }
    }
    if seen.count < vectors.count, let index = (0..<vectors.count).first(where: { !seen.contains($0) }) {
      throw ParlanceError(
        .badInput,
        "expected the texts of \(vectors.count) passages, found \(seen.count); the first without is \"\(try vectors.id(at: index))\"",
        at: vectors.location(of: index))
    }
    let table = try blocks.finish()
    try file.beginSection(DocumentFormat.textBlocks)
    try file.writeValues { write throws(ParlanceError) in try table.forEach(write) }
    try file.beginSection(DocumentFormat.textPlaces)
    try file.writeValues { write throws(ParlanceError) in
      try places.finish().forEach { row throws(ParlanceError) in try write(row.place) }
    }
    return metadata
  }

  /// Texts mostly come in the order of the vectors, and are then found at once.
  private func place(
    of id: ExternalID, in vectors: some PassageVectors, expectedAt next: Int
  ) throws(ParlanceError) -> Int? {
    if next < vectors.count, try vectors.id(at: next) == id { return next }
    return try ids.passage(id, in: vectors)
  }

  private func writeIDs(
    of vectors: some PassageVectors, to file: SectionedFileWriter, interruption: Interruption?
  ) throws(ParlanceError) {
    func forEachID(_ body: (ExternalID) throws(ParlanceError) -> Void) throws(ParlanceError) {
      for index in 0..<vectors.count {
        if index & 0xFFFF == 0 { try interruption?.check() }
        try body(try vectors.id(at: index))
      }
    }
    try file.beginSection(DocumentFormat.ids)
    try file.writeValues { write throws(ParlanceError) in
      try forEachID { id throws(ParlanceError) in for byte in id.string.utf8 { try write(byte) } }
    }
    try file.beginSection(DocumentFormat.idStarts)
    try file.writeValues { write throws(ParlanceError) in
      var start: UInt64 = 0
      try write(start)
      try forEachID { id throws(ParlanceError) in
        start += UInt64(id.string.utf8.count)
        try write(start)
      }
    }
    try file.beginSection(DocumentFormat.idHashes)
    try file.writeValues { write throws(ParlanceError) in
      try ids.rows.forEach { row throws(ParlanceError) in try write(row.hash) }
    }
    try file.beginSection(DocumentFormat.idPassages)
    try file.writeValues { write throws(ParlanceError) in
      try ids.rows.forEach { row throws(ParlanceError) in try write(row.passage) }
    }
  }
}
