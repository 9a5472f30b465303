import BinaryFiles

/// A range of postings as it is written, beginning at 0.
struct RangeBytes: Sendable {
  let range: PostingsRange
  private(set) var bytes: [UInt8] = []

  /// - Parameter greatest: what each term of the vocabulary weighs at most, where weights are bytes.
  init(
    of inversion: RangeInversion, _ passages: Range<Int>, _ common: CommonTerms, weights: StoredWeights,
    vocabularySize: Int, greatest: [Float]?
  ) {
    let wordsPerRow = PostingsFormat.wordsPerRow(weights)
    let layout = PostingsRange.smallerLayout(
      rows: inversion.rows, vocabularySize: vocabularySize, wordsPerRow: wordsPerRow)
    range = PostingsRange(
      firstPassage: UInt32(passages.lowerBound), passages: passages.count, layout: layout,
      rows: layout == .everyTerm ? vocabularySize : inversion.rows, postings: inversion.numbers.count,
      bitmapPostings: inversion.bitmapPostings, commonTerms: common.count, offset: 0,
      bytesPerWeight: weights.bytesPerWeight, wordsPerRow: wordsPerRow)
    bytes.reserveCapacity(range.end)
    bytes.append(bytesOf: inversion.directory(layout, greatest: greatest).span)
    bytes.append(bytesOf: inversion.commonDirectory(greatest: greatest).span)
    pad(to: range.bitmaps)
    bytes.append(bytesOf: inversion.bitmaps(words: range.bitmapWords).span)
    pad(to: range.numbers)
    bytes.append(bytesOf: inversion.numbers.span.extracting(..<range.numberedPostings))
    pad(to: range.weights)
    switch weights {
    case .u8:
      let scales = (greatest ?? []).map { ByteWeights.scale(maximum: $0) }
      bytes.append(
        bytesOf: inversion.mapWeights { term, weight in ByteWeights.encode(weight, scale: scales[term]) }.span)
    case .f16: bytes.append(bytesOf: inversion.mapWeights { _, weight in HalfWeights.encode(weight) }.span)
    case .f32: bytes.append(bytesOf: inversion.weights.span)
    }
    pad(to: range.end)
  }

  private mutating func pad(to end: Int) {
    bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
  }
}

extension PostingsRange {
  /// The same range, beginning at `offset`, a multiple of the alignment.
  func moved(to offset: Int) -> PostingsRange {
    var range = self
    range.directory += offset
    range.commonDirectory += offset
    range.bitmaps += offset
    range.numbers += offset
    range.weights += offset
    range.end += offset
    return range
  }
}
