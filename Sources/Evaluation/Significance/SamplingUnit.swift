public import Identifiers

/// What is drawn independently: the unit of tests and intervals. The raw values are the names on the command line.
///
/// Turns of one conversation share its topic and their passages, so a test that takes them for independent finds
/// differences too easily; conversations are drawn apart.
public enum SamplingUnit: String, Sendable, CaseIterable, Codable {
  case query
  case conversation
}

/// Which queries belong together, by position in `Evaluation.queries`.
public struct QueryGroups: Sendable, Equatable {
  /// The positions of each conversation's queries, conversations in the order of their first query.
  public let groups: [[Int]]

  /// - Parameter conversation: the conversation of each query; one without a conversation is a group of its own.
  public init(queries: [ExternalID], conversation: [ExternalID: ExternalID]) {
    var positions: [ExternalID: Int] = [:]
    var groups: [[Int]] = []
    for (index, query) in queries.enumerated() {
      guard let id = conversation[query] else {
        groups.append([index])
        continue
      }
      if let position = positions[id] {
        groups[position].append(index)
      } else {
        positions[id] = groups.count
        groups.append([index])
      }
    }
    self.groups = groups
  }

  /// Every query by itself.
  public init(queryCount: Int) {
    groups = (0..<queryCount).map { [$0] }
  }

  /// How many queries the groups are of.
  var queryCount: Int { groups.reduce(0) { $0 + $1.count } }

  /// For each group the sum of its queries' values.
  func sums(_ values: [Double]) -> [Double] {
    groups.map { $0.reduce(0) { $0 + values[$1] } }
  }

  /// For each group the mean of its queries' values.
  func means(_ values: [Double]) -> [Double] {
    groups.map { group in group.reduce(0) { $0 + values[$1] } / Double(group.count) }
  }
}
