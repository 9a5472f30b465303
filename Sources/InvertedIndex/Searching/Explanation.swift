import BinaryFiles
public import Diagnostics
public import SparseVectors

extension InvertedIndex {
  /// Why a passage has its score: what each term that it shares with the query adds, terms ascending.
  ///
  /// The contributions add up to the score that `search` gives, within the rounding of single precision.
  ///
  /// - Throws: `usage` for a document that the index does not have and terms outside of its vocabulary; `badInput` for a
  ///   damaged index.
  public func explain(
    _ query: SparseVector, _ document: DocumentID
  ) throws(ParlanceError) -> [TermContribution] {
    let (segmentIndex, number) = try place(of: document)
    let segment = segments[segmentIndex]
    let prepared = try PreparedQuery(
      query, segments: segments.map(\.postings), vocabularySize: manifest.vocabularySize)
    var contributions: [TermContribution] = []
    for (index, (term, weight)) in zip(prepared.terms, prepared.weights).enumerated() {
      guard let (stored, row) = try segment.postings.posting(of: term, in: number) else { continue }
      let (passageWeight, contribution): (Float, Float)
      switch weights {
      case .u8:
        let scale = try segment.postings.scale(
          of: row, prepared.statistics[segmentIndex][index], inRange: number / segment.postings.passagesPerRange)
        let code = UInt8(truncatingIfNeeded: stored)
        let product = ByteWeights.product(
          code, PreparedQuery.factor(weight, scale: scale, multiplier: prepared.multiplier))
        passageWeight = ByteWeights.decode(code, scale: scale)
        contribution = ByteWeights.score(of: product, unit: prepared.unit)
      case .f16:
        passageWeight = HalfWeights.decode(UInt16(truncatingIfNeeded: stored))
        contribution = passageWeight * weight
      case .f32:
        passageWeight = Float(bitPattern: stored)
        contribution = passageWeight * weight
      }
      contributions.append(
        TermContribution(
          term: term, queryWeight: weight, passageWeight: passageWeight, contribution: contribution))
    }
    return contributions
  }
}

extension SegmentPostings {
  /// The stored bits of a term's weight in passage `number` of the segment, and the row that has it; `nil` where it does not have
  /// the term.
  func posting(of term: TermID, in number: Int) throws(ParlanceError) -> (stored: UInt32, row: RangeRow)? {
    let index = number / passagesPerRange
    let range = ranges[index]
    let blocks = blocks
    let wanted = number - Int(range.firstPassage)
    if let number = common.row(of: term) {
      let rows = try commonRows(of: range)
      let row = rows[number]
      let postings = try checkedPostings(ofCommonTerm: number, row, inRange: index)
      let bits = try bitmap(ofCommonTerm: number, in: range)
      let (word, bit) = (wanted / 64, UInt64(wanted % 64))
      guard bits[word] >> bit & 1 == 1 else { return nil }
      var before = (bits[word] & (1 << bit - 1)).nonzeroBitCount
      for index in 0..<word { before += bits[index].nonzeroBitCount }
      return (try weight(of: postings.lowerBound + before, in: range), row)
    }
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    var position = 0
    guard let row = RangeDirectory(range, entries: entries).row(of: term, from: &position) else {
      throw Self.contradiction("the directory of range \(index)", path)
    }
    let numbers = try blocks.values(
      UInt16.self, from: range.numbers / 2 + Int(row.start), count: Int(row.end - row.start))
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = low + (high - low) / 2
      if Int(numbers[middle]) < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < numbers.count, Int(numbers[low]) == wanted else { return nil }
    return (try weight(of: Int(row.start) + low, in: range), row)
  }

  /// The stored bits of a weight.
  private func weight(of posting: Int, in range: PostingsRange) throws(ParlanceError) -> UInt32 {
    let blocks = blocks
    switch weights {
    case .u8: return UInt32(try blocks.value(UInt8.self, at: range.weights + posting))
    case .f16: return UInt32(try blocks.value(UInt16.self, at: range.weights / 2 + posting))
    case .f32: return try blocks.value(UInt32.self, at: range.weights / 4 + posting)
    }
  }
}
