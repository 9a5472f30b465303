import BinaryFiles
import Conversations
import Diagnostics
import Identifiers
import SparseVectors
import Synchronization

/// The mapped ids and texts of one segment, each found without reading the others.
final class DocumentStore: Sendable {
  let path: String
  let count: Int
  let hasTexts: Bool
  /// What filters ask of; `nil` without texts, and in a file of before there were columns.
  let columns: MetadataColumns?
  let file: SectionedFile

  private let ids: Section
  private let idStarts: Section
  private let idHashes: Section
  private let idPassages: Section
  private let texts: Texts?
  /// By their hash, where many ids have one and one of them was asked for.
  private let colliding = Mutex<[UInt64: CollidingPassages]>([:])

  private struct Texts {
    let bytes: Section
    let blocks: Section
    let places: Section
  }

  /// - Throws: `noInput`, `badInput` as `SectionedFile`, and where the sections do not fit each other.
  init(path: String) throws(ParlanceError) {
    file = try SectionedFile(path: path, format: DocumentFormat.format)
    self.path = path
    ids = try file.section(DocumentFormat.ids)
    idStarts = try file.section(DocumentFormat.idStarts)
    idHashes = try file.section(DocumentFormat.idHashes)
    idPassages = try file.section(DocumentFormat.idPassages)
    count = idHashes.count / 8
    columns = try MetadataColumns(of: file, passages: count)
    hasTexts = file.hasSection(DocumentFormat.texts)
    texts =
      hasTexts
      ? Texts(
        bytes: try file.section(DocumentFormat.texts), blocks: try file.section(DocumentFormat.textBlocks),
        places: try file.section(DocumentFormat.textPlaces)) : nil
    guard idHashes.count % 8 == 0, idStarts.count == 8 * (count + 1), idPassages.count == 4 * count,
      texts.map({ $0.places.count == 8 * count && $0.blocks.count % 16 == 0 && $0.blocks.count >= 16 }) ?? true
    else { throw contradiction("the number of its passages") }
  }

  /// The id of passage `index`, which must be below `count`.
  func id(at index: Int) throws(ParlanceError) -> ExternalID {
    let start = try idStarts.value(UInt64.self, at: index)
    let end = try idStarts.value(UInt64.self, at: index + 1)
    guard start <= end, end <= ids.count,
      let string = String(validating: try ids.copy(of: Int(start)..<Int(end)), as: UTF8.self)
    else { throw contradiction("the id of passage \(index)") }
    return ExternalID(string)
  }

  /// The passage that has `id`, if one has.
  func passage(_ id: ExternalID) throws(ParlanceError) -> Int? {
    let hash = id.stableHash
    let first = try row(of: hash)
    let end = min(count, first + Self.fewCollisions)
    for row in first..<end {
      guard try idHashes.value(UInt64.self, at: row) == hash else { return nil }
      let passage = try self.passage(ofRow: row)
      if try self.id(at: passage) == id { return passage }
    }
    guard end < count, try idHashes.value(UInt64.self, at: end) == hash else { return nil }
    return try passages(of: hash, from: first).passage(id) { passage throws(ParlanceError) in try self.id(at: passage) }
  }

  /// As many ids of one hash are looked at one by one.
  private static let fewCollisions = 8

  /// The first row of the sections of hashes whose hash is not below `hash`.
  private func row(of hash: UInt64) throws(ParlanceError) -> Int {
    try (0..<count).partitionPoint { row throws(ParlanceError) in try idHash(atRow: row) < hash }
  }

  /// The hash in a row of the section of hashes, which ascend.
  func idHash(atRow row: Int) throws(ParlanceError) -> UInt64 { try idHashes.value(UInt64.self, at: row) }

  func passage(ofRow row: Int) throws(ParlanceError) -> Int {
    let passage = Int(try idPassages.value(UInt32.self, at: row))
    guard passage < count else { throw contradiction("the passages of its ids") }
    return passage
  }

  /// The passages that have `hash`, which begin at row `first`; they are put in order once.
  private func passages(of hash: UInt64, from first: Int) throws(ParlanceError) -> CollidingPassages {
    try colliding.withLock { colliding throws(ParlanceError) in
      if let known = colliding[hash] { return known }
      var passages: [UInt32] = []
      for row in first..<(hash == .max ? count : try self.row(of: hash + 1)) {
        passages.append(UInt32(try passage(ofRow: row)))
      }
      let found = try CollidingPassages(passages) { passage throws(ParlanceError) in try self.id(at: passage) }
      colliding[hash] = found
      return found
    }
  }

  /// The text of passage `index`, or `nil` where the index was built without texts.
  func text(at index: Int) throws(ParlanceError) -> Passage? {
    var reader = TextReader(self)
    return try reader.passage(at: index)
  }

  /// Reads the texts of all passages, where there are texts; blocks are decompressed once where passages follow each other in
  /// them.
  ///
  /// - Parameter body: gets each passage with its number, ascending.
  func forEachText(
    interruption: Interruption?, _ body: (Passage, Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var reader = TextReader(self)
    for index in 0..<count {
      if index & 255 == 0 { try interruption?.check() }
      guard let passage = try reader.passage(at: index) else { return }
      try body(passage, index)
    }
  }

  /// Reads many texts; a block is decompressed once where passages follow each other in it.
  struct TextReader {
    private let store: DocumentStore
    private var current: (index: Int, bytes: [UInt8], start: UInt64)?

    init(_ store: DocumentStore) {
      self.store = store
    }

    /// - Returns: `nil` where the index was built without texts.
    mutating func passage(at index: Int) throws(ParlanceError) -> Passage? {
      guard let texts = store.texts else { return nil }
      let place = try texts.places.value(UInt64.self, at: index)
      let blockIndex = try store.block(of: place, texts)
      if current?.index != blockIndex {
        let (bytes, start) = try store.decompressed(blockIndex, texts)
        current = (blockIndex, bytes, start)
      }
      guard let current, place >= current.start, place - current.start < current.bytes.count else {
        throw store.contradiction("the place of the text of passage \(index)")
      }
      return try store.passage(at: index, in: current.bytes, from: Int(place - current.start))
    }
  }

  /// The last block that does not begin behind `place`.
  private func block(of place: UInt64, _ texts: Texts) throws(ParlanceError) -> Int {
    // The last entry tells where the last block ends.
    let count = texts.blocks.count / MemoryLayout<TextBlock>.stride - 1
    guard count > 0 else { throw contradiction("the number of its text blocks") }
    let next = try (1..<count).partitionPoint { block throws(ParlanceError) in
      try texts.blocks.value(TextBlock.self, at: block).place <= place
    }
    return next - 1
  }

  /// - Returns: the bytes of a block, and where it begins among the uncompressed bytes.
  private func decompressed(_ index: Int, _ texts: Texts) throws(ParlanceError) -> (bytes: [UInt8], start: UInt64) {
    let block = try texts.blocks.value(TextBlock.self, at: index)
    let next = try texts.blocks.value(TextBlock.self, at: index + 1)
    guard block.offset <= next.offset, next.offset <= texts.bytes.count, block.place <= next.place,
      let count = Int(exactly: next.place - block.place)
    else { throw contradiction("text block \(index)") }
    let section = texts.bytes
    let compressed = try section.bytes(in: Int(block.offset)..<Int(next.offset))
    guard let bytes = TextCompression.decompress(compressed, count: count) else {
      throw contradiction("text block \(index)")
    }
    return (bytes, block.place)
  }

  private func passage(at index: Int, in block: [UInt8], from start: Int) throws(ParlanceError) -> Passage {
    let id = try id(at: index)
    guard let passage = PassageRecord.passage(id, in: block.rawSpan.extracting(droppingFirst: start)) else {
      throw contradiction("the text of passage \(index)")
    }
    return passage
  }

  func contradiction(_ what: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the passages contradict themselves in \(what); build the index anew or copy it again",
      at: .init(file: path))
  }
}
