import Diagnostics

/// Which segments of an index are merged without being asked for.
///
/// A search has a fixed cost for each segment, and a merge costs as much as what it writes. Segments have levels by their size,
/// each eight times the one before; eight of a level, with smaller ones between and behind them, become one. So passages that come
/// in equal portions make at most seven segments of each level, and each is written again once for a level. A segment a quarter of
/// which is deleted is written anew. `LiveIndex` refuses a policy whose merges would never end.
public struct MergePolicy: Sendable, Hashable {
  /// How many segments of a level are merged, and how much greater the next level is: at least 2.
  public var factor = 8
  /// The greatest segment of the lowest level, at least one passage.
  public var smallest = 4096
  /// From which share of deleted passages on a segment is written anew.
  public var deletedShare = 0.25

  public init() {}

  /// - Throws: `usage` for a value out of its range.
  func check() throws(ParlanceError) {
    guard factor >= 2, smallest >= 1, deletedShare >= 0 else {
      throw ParlanceError(
        .usage,
        "expected a merge policy with a factor of at least 2, a smallest segment of at least 1 passage and a deleted share "
          + "of at least 0, found \(factor), \(smallest) and \(deletedShare)")
    }
  }

  struct Size: Equatable {
    var passages: Int
    var deleted: Int
  }

  /// The segments to merge next, which are next to each other, so that the order of the collection stays.
  func segments(of sizes: [Size]) -> Range<Int>? {
    let levels = sizes.map { level($0.passages - $0.deleted) }
    for level in Set(levels).sorted() {
      let first = (levels.lastIndex { $0 > level } ?? -1) + 1
      if levels[first...].count(where: { $0 == level }) >= factor { return first..<sizes.count }
    }
    let worn = sizes.firstIndex { $0.deleted > 0 && Double($0.deleted) >= deletedShare * Double($0.passages) }
    return worn.map { $0..<$0 + 1 }
  }

  private func level(_ passages: Int) -> Int {
    var (level, size) = (0, smallest)
    while passages > size {
      level += 1
      size = size.multipliedReportingOverflow(by: factor).overflow ? .max : size * factor
    }
    return level
  }
}
