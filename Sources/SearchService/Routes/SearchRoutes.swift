import Diagnostics
package import InvertedIndex
import Retrieval
import StrictJSON

/// `POST /v1/search`: a conversation in, passages out.
package struct SearchRoutes: Sendable {
  private let search: ConversationSearch

  package init(_ search: ConversationSearch) {
    self.search = search
  }

  package var routes: [Route] {
    [Route("POST", "/v1/search") { try await answer($0) }]
  }

  private func answer(_ request: APIRequest) async throws -> APIResponse {
    let start = ContinuousClock.now
    let loaded = search.holder.current
    let fields = try Fields(of: request, names: ConversationFields.names.union(SearchFields.names))
    let conversation = try ConversationFields(fields, form: loaded.form, limits: search.limits)
    let options = try SearchFields(fields, limits: search.limits)
    return try await search.answer(conversation, options, by: loaded, for: request, since: start)
  }
}

/// What a search is asked for besides the conversation.
package struct SearchFields: Sendable {
  package static let names: Set<String> = ["k", "explain", "texts", "filter"]

  package var k: Int
  package var isExplained: Bool
  package var hasTexts: Bool
  package var filter: PassageFilter?

  package init(k: Int, isExplained: Bool = false, hasTexts: Bool = true, filter: PassageFilter? = nil) {
    self.k = k
    self.isExplained = isExplained
    self.hasTexts = hasTexts
    self.filter = filter
  }

  package init(_ fields: Fields, limits: ServiceLimits) throws(Problem) {
    k = try fields.integer("k", in: 1...limits.k) ?? min(10, limits.k)
    isExplained = try fields.bool("explain") ?? false
    hasTexts = try fields.bool("texts") ?? true
    guard let conditions = fields.object["filter"] else { return }
    do {
      let filter = try PassageFilter(json: conditions)
      try filter.checkSize()
      self.filter = filter
    } catch {
      throw .invalid(error.message, at: fields.place("filter"))
    }
  }
}

extension ConversationSearch {
  package func answer(
    _ conversation: ConversationFields, _ options: SearchFields, by loaded: LoadedSearch, for request: APIRequest,
    since start: ContinuousClock.Instant
  ) async throws -> APIResponse {
    if options.filter != nil, !loaded.searcher.index.hasTexts {
      throw Problem(409, "Conflict", "the index was built without texts, so it has no metadata to filter by")
    }
    let found = try await search(conversation.query, options, by: loaded, for: request)
    return .json(SearchAnswerDocument(found, conversation, options, loaded, total: .now - start).json)
  }
}
