import Conversations
import Diagnostics
import Synchronization

/// The answers of one segment to filters, each worked out once.
///
/// A search asks a filter of every passage, and programs ask the same few filters again and again: a language, a tenant, a
/// year. What was asked last is kept, a bit for each passage.
final class SegmentFilters: Sendable {
  /// Oldest first.
  private let known = Mutex<[(filter: PassageFilter, mask: PassageMask)]>([])

  /// At most so many are kept, and no more than fill `mostBytes`.
  private static let mostFilters = 64
  private static let mostBytes = 1 << 26

  /// - Parameter evaluate: works the answer out. Two searches that ask at once may both do it.
  func mask(
    of filter: PassageFilter, _ evaluate: () throws(ParlanceError) -> PassageMask
  ) throws(ParlanceError) -> PassageMask {
    let found = known.withLock { known -> PassageMask? in
      guard let place = known.lastIndex(where: { $0.filter == filter }) else { return nil }
      let entry = known.remove(at: place)
      known.append(entry)
      return entry.mask
    }
    if let found { return found }
    let mask = try evaluate()
    known.withLock { known in
      guard !known.contains(where: { $0.filter == filter }) else { return }
      known.append((filter, mask))
      let bytes = max(1, 8 * mask.words.count)
      while known.count > 1, known.count > Self.mostFilters || known.count * bytes > Self.mostBytes {
        known.removeFirst()
      }
    }
    return mask
  }
}

extension IndexSegment {
  /// Which passages a filter lets through.
  ///
  /// - Throws: `unavailable` where there are no texts and so no metadata; `badInput` for a damaged index; `interrupted`.
  func mask(of filter: PassageFilter, interruption: Interruption?) throws(ParlanceError) -> PassageMask {
    try filters.mask(of: filter) { () throws(ParlanceError) in
      let none = PassageMask(passages: postings.passages, passagesPerRange: postings.passagesPerRange)
      if postings.passages == 0 { return none }
      guard documents.hasTexts else {
        throw ParlanceError(
          .unavailable,
          "the index was built without texts, and metadata comes with them; build it with texts to filter",
          at: .init(file: documents.path))
      }
      guard let columns = documents.columns else {
        // An index of before there were columns: its texts are read once.
        var mask = none
        try documents.forEachText(interruption: interruption) { passage, number throws(ParlanceError) in
          if filter.matches(passage.metadata) { mask.insert(number) }
        }
        return mask
      }
      var mask: PassageMask?
      for condition in filter.conditions {
        var own = none
        try columns.insertPassages(fulfilling: condition, into: &own)
        mask?.formIntersection(own)
        mask = mask ?? own
      }
      return mask
        ?? PassageMask(passages: postings.passages, passagesPerRange: postings.passagesPerRange, isFull: true)
    }
  }
}
