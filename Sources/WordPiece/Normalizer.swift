/// The steps of Hugging Face's `BertNormalizer`, in the order in which it takes them.
public struct Normalizer: Sendable, Hashable {
  /// Removes control characters and makes every white space a space.
  public var cleansText = true
  /// Sets each CJK ideograph apart as a word of its own.
  public var separatesChineseCharacters = true
  /// Decomposes (NFD) and removes nonspacing marks.
  public var stripsAccents = true
  /// Lowercases scalar by scalar.
  public var lowercases = true

  /// The normaliser of `bert-base-uncased`.
  public init() {}

  /// - Parameter stripAccents: nil follows `lowercase`, as in the original BERT.
  public init(cleanText: Bool, handleChineseCharacters: Bool, stripAccents: Bool?, lowercase: Bool) {
    cleansText = cleanText
    separatesChineseCharacters = handleChineseCharacters
    stripsAccents = stripAccents ?? lowercase
    lowercases = lowercase
  }

  /// The text as the vocabulary sees it, words still unsplit.
  public func normalized(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var output = NormalizedText()
    normalize(bytes.span, 0..<bytes.count, segmentStart: 0, tables: .shared, into: &output)
    return String(decoding: output.bytes, as: UTF8.self)
  }

  /// Changes nothing.
  static let identity = Normalizer(
    cleanText: false, handleChineseCharacters: false, stripAccents: false, lowercase: false)
}

extension Normalizer {
  /// Writes what becomes of `text[range]` into `output`, with the place that each byte stands for.
  ///
  /// The places are those of the Hugging Face library: a mark that canonical ordering moves takes the place that was
  /// there, not its own, and an extra scalar of a decomposition takes the place of the scalar before it.
  ///
  /// - Parameters:
  ///   - range: begins at a starter, or at `segmentStart`.
  ///   - segmentStart: where the text begins as the normaliser sees it, which is after an added token.
  func normalize(
    _ text: Span<UInt8>, _ range: Range<Int>, segmentStart: Int, tables: UnicodeTables,
    into output: inout NormalizedText
  ) {
    let before = range.lowerBound == segmentStart ? 0 : text.scalar(before: range.lowerBound).length
    output.reset(before: .init(start: UInt32(range.lowerBound - before), end: UInt32(range.lowerBound)))
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = text.scalar(at: index)
      let place = NormalizedText.Place(start: UInt32(index), end: UInt32(index + length))
      index += length
      let record = tables[scalar]
      if cleansText, !record.flags.isDisjoint(with: [.cleanedAway, .cleanedToSpace]) {
        if record.flags.contains(.cleanedToSpace) { order(0x20, 0, false, place, tables, &output) }
      } else if separatesChineseCharacters, record.flags.contains(.chinese) {
        order(0x20, 0, false, place, tables, &output)
        decompose(scalar, record, place, tables, &output)
        order(0x20, 0, false, place, tables, &output)
      } else {
        decompose(scalar, record, place, tables, &output)
      }
    }
    flushMarks(tables, &output)
  }

  private func decompose(
    _ scalar: UInt32, _ record: ScalarRecord, _ place: NormalizedText.Place, _ tables: UnicodeTables,
    _ output: inout NormalizedText
  ) {
    guard stripsAccents else { return finish(scalar, record, place, tables, &output) }
    if record.decompositionCount > 0 {
      let first = Int(record.decomposition)
      for index in first..<first + Int(record.decompositionCount) {
        let part = tables.pool[index]
        order(part, tables[part].rank, index > first, place, tables, &output)
      }
    } else if scalar >= Hangul.first, scalar <= Hangul.last {
      let syllable = scalar - Hangul.first
      order(0x1100 + syllable / 588, 0, false, place, tables, &output)
      order(0x1161 + syllable % 588 / 28, 0, true, place, tables, &output)
      if syllable % 28 > 0 { order(0x11A7 + syllable % 28, 0, true, place, tables, &output) }
    } else {
      order(scalar, record.rank, false, place, tables, &output)
    }
  }

  /// Puts marks into canonical order: they wait until the next starter.
  @inline(__always)
  private func order(
    _ scalar: UInt32, _ rank: UInt8, _ isExtra: Bool, _ place: NormalizedText.Place, _ tables: UnicodeTables,
    _ output: inout NormalizedText
  ) {
    if rank == 0 {
      if !output.marks.isEmpty { flushMarks(tables, &output) }
      if !isExtra { output.lastPlace = place }
      finish(scalar, tables[scalar], output.lastPlace, tables, &output)
    } else {
      output.marks.append(.init(scalar: scalar, rank: rank, isExtra: isExtra))
      if !isExtra { output.markPlaces.append(place) }
    }
  }

  private func flushMarks(_ tables: UnicodeTables, _ output: inout NormalizedText) {
    if output.marks.isEmpty { return }
    output.sortMarks()
    var nextPlace = 0
    for index in output.marks.indices {
      let mark = output.marks[index]
      if !mark.isExtra {
        output.lastPlace = output.markPlaces[nextPlace]
        nextPlace += 1
      }
      finish(mark.scalar, tables[mark.scalar], output.lastPlace, tables, &output)
    }
    output.marks.removeAll(keepingCapacity: true)
    output.markPlaces.removeAll(keepingCapacity: true)
  }

  /// Removes a nonspacing mark, lowercases, writes.
  @inline(__always)
  private func finish(
    _ scalar: UInt32, _ record: ScalarRecord, _ place: NormalizedText.Place, _ tables: UnicodeTables,
    _ output: inout NormalizedText
  ) {
    if stripsAccents, record.flags.contains(.nonspacing) { return }
    if lowercases, record.lowercaseCount > 0 {
      let first = Int(record.lowercase)
      for index in first..<first + Int(record.lowercaseCount) { output.append(tables.pool[index], at: place) }
    } else {
      output.append(scalar, at: place)
    }
  }

  private enum Hangul {
    static let first: UInt32 = 0xAC00
    static let last: UInt32 = 0xD7A3
  }
}

extension NormalizedText {
  /// Stable, by combining class. Runs of marks are short, except in hostile text.
  fileprivate mutating func sortMarks() {
    if marks.count < 32 {
      for index in marks.indices.dropFirst() {
        let mark = marks[index]
        var slot = index
        while slot > 0, marks[slot - 1].rank > mark.rank {
          marks[slot] = marks[slot - 1]
          slot -= 1
        }
        marks[slot] = mark
      }
    } else {
      var sorted: [Mark] = []
      sorted.reserveCapacity(marks.count)
      let ranks = Set(marks.map(\.rank)).sorted()
      for rank in ranks { for mark in marks where mark.rank == rank { sorted.append(mark) } }
      marks = sorted
    }
  }
}
