import Conversations
import Retrieval
import StrictJSON

/// The terms of a query by the words that they came from, newest first.
struct TermGroups {
  private var groups: [(source: FormedQuery.Source?, terms: [QueryTerm])] = []
  private let roles: [String]

  /// - Parameter terms: heaviest first.
  init(_ terms: [QueryTerm], roles: [String]) {
    self.roles = roles
    for term in terms {
      if let place = groups.firstIndex(where: { $0.source == term.source }) {
        groups[place].terms.append(term)
      } else {
        groups.append((term.source, [term]))
      }
    }
    groups.sort { Self.order($0.source) > Self.order($1.source) }
  }

  private static func order(_ source: FormedQuery.Source?) -> Int {
    switch source {
    case .rewrite: .max
    case .message(let number): number
    case nil: -1
    }
  }

  var json: [JSONValue] {
    groups.map { group in
      var members: JSONObject = [:]
      switch group.source {
      case .message(let number):
        members["source"] = .string("message")
        members["message"] = .integer(Int64(number))
        members["role"] = .string(roles.indices.contains(number) ? roles[number] : "user")
      case .rewrite: members["source"] = .string("rewrite")
      case nil: members["source"] = .string("around")
      }
      members["weight"] = .float(group.terms.reduce(0) { $0 + $1.weight })
      members["terms"] = .array(
        group.terms.map { term in
          var entry: JSONObject = ["term": .string(term.piece), "weight": .float(term.weight)]
          if let frozen = term.frozenWeight { entry["frozen_weight"] = .float(frozen) }
          return .object(entry)
        })
      return .object(members)
    }
  }
}
