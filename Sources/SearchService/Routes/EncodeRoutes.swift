import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder
import SparseVectors
import StrictJSON

/// `POST /v1/encode`: vectors for another engine that keeps passages of the same space.
package final class EncodeRoutes: Sendable {
  /// How vectors are written.
  enum Format: String, CaseIterable {
    /// `{"vector": {"piece": weight}}`
    case pieces
    /// `{"indices": [...], "values": [...]}`
    case indices
  }

  private let search: ConversationSearch

  package init(_ search: ConversationSearch) {
    self.search = search
  }

  package var routes: [Route] {
    [Route("POST", "/v1/encode") { try await self.answer($0) }]
  }

  private func answer(_ request: APIRequest) async throws -> APIResponse {
    let start = ContinuousClock.now
    let loaded = search.holder.current
    let fields = try Fields(of: request, names: ["queries", "passages", "format"])
    let format = try fields.choice("format", of: Format.self) ?? .pieces
    guard fields.has("queries") != fields.has("passages") else {
      throw Problem.invalid("expected one of queries and passages", at: "")
    }
    let range = 1...search.limits.batch
    let vectors: [JSONValue]
    if let values = try fields.array("queries", count: range) {
      vectors = try await queries(values, format, loaded, request)
    } else {
      vectors = try await passages(try fields.array("passages", count: range) ?? [], format, loaded, request)
    }
    return .json(
      .object([
        "vectors": .array(vectors),
        "encoder": .string(loaded.searcher.encoder.identity.name),
        "passage_space": .string(loaded.searcher.index.passageSpace.digest),
        "timing": .object(["total_ms": .number((ContinuousClock.now - start).roundedMilliseconds)]),
      ]))
  }

  private func queries(
    _ values: [JSONValue], _ format: Format, _ loaded: LoadedSearch, _ request: APIRequest
  ) async throws -> [JSONValue] {
    var formed: [FormedQuery] = []
    for (place, value) in values.enumerated() {
      let fields = try Fields(value, at: "queries[\(place)]", names: ConversationFields.names)
      formed.append(try ConversationFields(fields, form: loaded.form, limits: search.limits).query)
    }
    // Half of the queue at most, or a batch could never be taken where the queue is short, and nobody else's where it is long.
    let together = max(1, search.limits.waiting / 2)
    return try await withThrowingTaskGroup(of: (Int, ConversationSearch.Encoded).self) { group in
      var rest = formed.enumerated().makeIterator()
      func begin() {
        guard let (place, query) = rest.next() else { return }
        group.addTask { [search] in (place, try await search.encode(query, by: loaded, for: request)) }
      }
      for _ in 0..<together { begin() }
      var documents = [JSONValue](repeating: .null, count: formed.count)
      for try await (place, encoded) in group {
        begin()
        documents[place] = Self.document(
          encoded.vector.vector, tokens: encoded.vector.tokenCount, isTruncated: encoded.vector.isTruncated, format,
          loaded)
      }
      return documents
    }
  }

  private func passages(
    _ values: [JSONValue], _ format: Format, _ loaded: LoadedSearch, _ request: APIRequest
  ) async throws -> [JSONValue] {
    var texts: [String] = []
    for (place, value) in values.enumerated() {
      let fields = try Fields(value, at: "passages[\(place)]", names: ["title", "text"])
      guard let text = try fields.string("text") else { throw Problem.invalid("expected a text", at: fields.path) }
      let passage = Passage(id: "passage", title: try fields.string("title") ?? "", text: text)
      texts.append(loaded.model?.settings.passageText.words(of: passage) ?? text)
    }
    guard let model = loaded.model, model.encodesPassages else {
      throw Problem(409, "Conflict", "this service's encoder encodes queries alone")
    }
    let encoded = try await search.passages.encode(texts, by: model, for: request)
    return encoded.map {
      Self.document($0.vector, tokens: $0.tokenCount, isTruncated: $0.isTruncated, format, loaded)
    }
  }

  private static func document(
    _ vector: SparseVector, tokens: Int, isTruncated: Bool, _ format: Format, _ loaded: LoadedSearch
  ) -> JSONValue {
    var members: JSONObject = [:]
    switch format {
    case .pieces:
      let vocabulary = loaded.searcher.encoder.vocabulary
      var pieces = JSONObject()
      for (term, weight) in zip(vector.terms, vector.weights) {
        pieces[vocabulary.piece(of: term).string] = .float(weight)
      }
      members["vector"] = .object(pieces)
    case .indices:
      members["indices"] = .array(vector.terms.map { .integer(Int64($0.rawValue)) })
      members["values"] = .array(vector.weights.map { .float($0) })
    }
    members["tokens"] = .integer(Int64(tokens))
    members["truncated"] = .bool(isTruncated)
    return .object(members)
  }
}

extension SparseEncoder {
  var encodesPassages: Bool { (try? checkEncodesPassages()) != nil }
}
