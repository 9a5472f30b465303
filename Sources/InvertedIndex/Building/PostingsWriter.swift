import BinaryFiles
import Diagnostics
import SparseVectors
import WorkerThreads

/// Writes the postings file of a segment, one range of passages after the other; memory is that of a few ranges.
struct PostingsWriter: Sendable {
  let path: String
  let weights: StoredWeights
  let statistics: CollectionStatistics
  private let passagesPerRange: Int
  private let threads: Int
  private let journal: BuildJournal?
  private let merged: MergedPassages?

  /// - Parameters:
  ///   - memory: how many bytes the ranges that are worked on may take. Ranges get smaller than `configuration` says
  ///     where not even one has room.
  ///   - journal: where ranges are noted, and what is kept of an earlier process.
  ///   - merged: the passages themselves, where they are those of other segments: what was rounded by the greatest weights of
  ///     their ranges is not rounded again where it need not be.
  init(
    path: String, configuration: IndexConfiguration, statistics: CollectionStatistics, memory: Int,
    journal: BuildJournal?, merged: MergedPassages? = nil
  ) {
    self.path = path
    self.journal = journal
    self.merged = merged
    weights = configuration.weights
    self.statistics = statistics
    func bytes(_ passages: Int) -> Int {
      let postings = statistics.densest * ((passages + CollectionStatistics.window - 1) / CollectionStatistics.window)
      // Vectors, what a merge reads them from, their inversion and its bytes; arrays of the vocabulary.
      return postings * (8 + 8 + 6 + 2 + 2 * configuration.weights.bytesPerWeight) + 24 * statistics.terms.count
    }
    var passages = configuration.passagesPerRange
    while passages > CollectionStatistics.window, bytes(passages) > memory { passages = (passages + 1) / 2 }
    passagesPerRange = passages
    // What is written waits beside what is worked on.
    threads = max(1, min(WorkerThreads.availableCores, memory / max(1, bytes(passages)) - 1))
  }

  /// - Returns: the length of the file.
  func write(
    _ vectors: some PassageVectors, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> Int {
    let file =
      journal == nil
      ? try SectionedFileWriter(path: path, format: PostingsFormat.format(of: weights))
      : try SectionedFileWriter(resuming: path, format: PostingsFormat.format(of: weights))
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
      if journal == nil { file.abandon() }
      throw error
    }
  }

  private func writeRanges(
    of vectors: some PassageVectors, _ common: CommonTerms, to file: SectionedFileWriter, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) -> [PostingsRange] {
    let vocabularySize = statistics.terms.count
    let work = try OrderedWork(threads: threads) { first throws(ParlanceError) in
      let passages = first..<min(first + passagesPerRange, vectors.count)
      let inversion = try RangeInversion(vectors, passages, vocabularySize: vocabularySize, common)
      var greatest: [Float]?
      if weights == .u8 {
        greatest =
          try merged?.greatestWeights(of: passages, vocabularySize: vocabularySize) ?? inversion.greatestWeights()
      }
      return RangeBytes(
        of: inversion, passages, common, weights: weights, vocabularySize: vocabularySize, greatest: greatest)
    }
    let records = try journal?.ranges()
    var ranges =
      try records.map { records throws(ParlanceError) in
        try keepRanges(of: records, passages: vectors.count, common, in: file)
      } ?? []
    func take(_ written: RangeBytes) throws(ParlanceError) {
      let range = written.range.moved(to: ranges.last?.end ?? 0)
      try file.write(written.bytes)
      if let records {
        try file.flush()
        try records.append(Self.record(of: range), bytes: written.bytes)
      }
      ranges.append(range)
      let completed = Int(range.firstPassage) + range.passages
      progress?(Progress("indexing", completed: completed, total: vectors.count, unit: "passages"))
    }
    for first in stride(from: passagesPerRange * ranges.count, to: vectors.count, by: passagesPerRange) {
      try interruption?.check()
      try work.add(first) { range throws(ParlanceError) in try take(range) }
    }
    try work.finish { range throws(ParlanceError) in try take(range) }
    return ranges
  }

  /// Writes again what an earlier process left, as far as it is whole.
  private func keepRanges(
    of records: BuildJournal.Ranges, passages: Int, _ common: CommonTerms, in file: SectionedFileWriter
  ) throws(ParlanceError) -> [PostingsRange] {
    var ranges: [PostingsRange] = []
    var offset = 0
    while let (record, checksum) = records.entry(ranges.count) {
      guard
        let range = PostingsRange(
          record: record.rawSpan, number: ranges.count, offset: offset, passages: passages, perRange: passagesPerRange,
          commonTerms: common.count, bytesPerWeight: weights.bytesPerWeight,
          wordsPerRow: PostingsFormat.wordsPerRow(weights)),
        let bytes = file.keptBytes(range.end - offset), CRC32C.checksum(of: bytes) == checksum
      else { break }
      try file.write(bytes)
      ranges.append(range)
      offset = range.end
    }
    try records.cut(to: ranges.count)
    return ranges
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
