import BinaryFiles
import Diagnostics
import SparseVectors

/// Writes the postings file of a segment, one range of passages after the other; memory is that of one range.
struct PostingsWriter {
  let path: String
  let weights: StoredWeights
  let passagesPerRange: Int
  let statistics: CollectionStatistics

  /// - Returns: the length of the file.
  func write(
    _ vectors: some PassageVectors, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> Int {
    let file = try SectionedFileWriter(path: path, format: PostingsFormat.format)
    do {
      try file.beginSection(PostingsFormat.shape)
      try file.write(
        [vectors.count, statistics.terms.count, statistics.postings, passagesPerRange].map(UInt64.init)
          + [PostingsFormat.code(of: weights)])
      try file.beginSection(PostingsFormat.terms)
      try file.write(statistics.terms)
      try file.beginSection(PostingsFormat.common)
      let common = CommonTerms(of: statistics.terms, passages: vectors.count)
      try file.write(common.terms)
      try file.beginSection(PostingsFormat.postings)
      let ranges = try writeRanges(of: vectors, common, to: file, progress: progress, interruption: interruption)
      try file.beginSection(PostingsFormat.ranges)
      for range in ranges { try file.write(Self.record(of: range)) }
      try file.commit()
      return file.position
    } catch {
      file.abandon()
      throw error
    }
  }

  private func writeRanges(
    of vectors: some PassageVectors, _ common: CommonTerms, to file: SectionedFileWriter, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) -> [PostingsRange] {
    var ranges: [PostingsRange] = []
    var offset = 0
    for first in stride(from: 0, to: vectors.count, by: passagesPerRange) {
      try interruption?.check()
      progress?(Progress("indexing", completed: first, total: vectors.count, unit: "passages"))
      let passages = min(passagesPerRange, vectors.count - first)
      let inversion = try RangeInversion(
        vectors, first..<first + passages, vocabularySize: statistics.terms.count, common)
      let range = PostingsRange(
        firstPassage: UInt32(first), passages: passages,
        layout: PostingsRange.smallerLayout(rows: inversion.rows, vocabularySize: statistics.terms.count),
        inversion: inversion, commonTerms: common.count, vocabularySize: statistics.terms.count, offset: offset,
        bytesPerWeight: weights.bytesPerWeight)
      try write(inversion, range, to: file)
      ranges.append(range)
      offset = range.end
    }
    progress?(Progress("indexing", completed: vectors.count, total: vectors.count, unit: "passages"))
    return ranges
  }

  private func write(
    _ inversion: RangeInversion, _ range: PostingsRange, to file: SectionedFileWriter
  ) throws(ParlanceError) {
    let directory = inversion.directory(range.layout)
    try file.write(directory)
    let bitmapStarts = inversion.bitmapStarts
    try file.write(bitmapStarts)
    try pad(from: range.bitmapStarts + 4 * bitmapStarts.count, to: range.bitmaps, file)
    let bitmaps = inversion.bitmaps(words: range.bitmapWords)
    try file.write(bitmaps)
    try pad(from: range.bitmaps + 8 * bitmaps.count, to: range.numbers, file)
    try file.write(inversion.numbers.span.extracting(..<range.numberedPostings))
    try pad(from: range.numbers + 2 * range.numberedPostings, to: range.weights, file)
    switch weights {
    case .u8:
      let scales = statistics.terms.map(\.scale)
      try file.write(inversion.mapWeights { term, weight in ByteWeights.encode(weight, scale: scales[term]) })
    case .f16: try file.write(inversion.mapWeights { _, weight in HalfWeights.encode(weight) })
    case .f32: try file.write(inversion.weights)
    }
    try pad(from: range.weights + weights.bytesPerWeight * range.postings, to: range.end, file)
  }

  private func pad(from start: Int, to end: Int, _ file: SectionedFileWriter) throws(ParlanceError) {
    try file.write([UInt8](repeating: 0, count: end - start))
  }

  private static func record(of range: PostingsRange) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(range.directory))
    bytes.append(littleEndian: UInt32(range.rows))
    bytes.append(littleEndian: UInt32(range.postings))
    bytes.append(littleEndian: range.layout.rawValue)
    bytes.append(littleEndian: UInt32(range.postings - range.numberedPostings))
    return bytes
  }
}

extension PostingsRange {
  fileprivate init(
    firstPassage: UInt32, passages: Int, layout: Layout, inversion: RangeInversion, commonTerms: Int,
    vocabularySize: Int,
    offset: Int, bytesPerWeight: Int
  ) {
    self.init(
      firstPassage: firstPassage, passages: passages, layout: layout,
      rows: layout == .everyTerm ? vocabularySize : inversion.rows, postings: inversion.numbers.count,
      bitmapPostings: inversion.bitmapPostings, commonTerms: commonTerms, offset: offset,
      bytesPerWeight: bytesPerWeight)
  }
}
