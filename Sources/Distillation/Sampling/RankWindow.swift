/// A range of ranks in a teacher's list, both ends included, counted from 1; a recipe writes `[11, 960]`.
public struct RankWindow: Sendable, Hashable {
  public var first: Int
  public var last: Int

  public init(_ first: Int, _ last: Int) {
    self.first = first
    self.last = last
  }

  /// The ranks that the paper's code keeps of a teacher's list.
  public static let reference = RankWindow(11, 960)

  /// The places of these ranks in a list, counted from 0: fewer where the list is shorter, none
  /// where the last rank is before the first.
  func places(in count: Int) -> Range<Int> {
    let lower = min(max(first, 1) - 1, count)
    return lower..<max(lower, min(last, count))
  }
}

extension RankWindow: Codable {
  public init(from decoder: any Decoder) throws {
    let ranks = try decoder.singleValueContainer().decode([Int].self)
    guard ranks.count == 2, 1 <= ranks[0], ranks[0] <= ranks[1] else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected the first and the last rank, counted from 1, such as [11, 960]; found \(ranks)"))
    }
    self.init(ranks[0], ranks[1])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([first, last])
  }
}
