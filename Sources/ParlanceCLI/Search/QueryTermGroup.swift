import Conversations
import Retrieval

/// The terms of a query by where they came from, for people.
enum QueryTermGroup {
  /// Groups with their labels, the newest part of the query first. A residual student's terms that its frozen encoder gave
  /// come before those that it adds; a term that both gave stands among the former.
  static func all(of result: SearchResult) -> [(label: String, terms: [QueryTerm])] {
    let frozen = result.terms.filter { ($0.frozenWeight ?? 0) > 0 }
    let isResidual = result.terms.contains { $0.frozenWeight != nil }
    var groups: [(label: String, terms: [QueryTerm])] = []
    if !frozen.isEmpty { groups.append(("of the last question", frozen)) }
    let order = result.query.segments.map { Optional($0.source) } + [nil]
    for source in order {
      let terms = result.terms.filter { $0.source == source && ($0.frozenWeight ?? 0) == 0 }
      guard !terms.isEmpty else { continue }
      groups.append(((isResidual ? "added " : "") + label(of: source, in: result.query), terms))
    }
    return groups
  }

  private static func label(of source: FormedQuery.Source?, in query: FormedQuery) -> String {
    switch source {
    case .rewrite: "from the rewrite"
    case .message(let index):
      if query.segments.count == 1 {
        "from the question"
      } else if query.segments.first?.source == source {
        "from the question, message \(index + 1)"
      } else {
        "from message \(index + 1)"
      }
    case nil: "from [CLS] and [SEP]"
    }
  }
}
