import Diagnostics
import InvertedIndex
import Retrieval
import SparseVectors
import StrictJSON
import Synchronization

/// What operators ask: does it live, does it take requests, what does it serve, what has it counted.
package final class OperationRoutes: Sendable {
  private let search: ConversationSearch
  private let version: String
  private let hasKeys: Bool
  private let features: [String]
  private let isEnding = Atomic(false)

  /// - Parameter features: what this service has that others need not have, such as `sessions`.
  package init(_ search: ConversationSearch, version: String, hasKeys: Bool, features: [String]) {
    self.search = search
    self.version = version
    self.hasKeys = hasKeys
    self.features = features
  }

  /// From now on `/readyz` says no, so that a load balancer sends nobody here; what was taken goes on.
  package func end() {
    isEnding.store(true, ordering: .relaxed)
  }

  package var routes: [Route] {
    [
      Route("GET", "/healthz", access: .open) { _ in .json(.object(["status": .string("ok")])) },
      Route("GET", "/readyz", access: .open) { [self] _ in
        if isEnding.load(ordering: .relaxed) {
          throw Problem(503, "Shutting down", "the service takes no new requests")
        }
        return .json(.object(["status": .string("ready")]))
      },
      Route("GET", "/metrics", access: .keyed) { [self] _ in
        .text(search.metrics.text, type: "text/plain; version=0.0.4; charset=utf-8")
      },
      Route("GET", "/v1/info", access: .keyed) { [self] _ in .json(info) },
    ]
  }

  private var info: JSONValue {
    let loaded = search.holder.current
    let index = loaded.searcher.index
    let encoder = loaded.searcher.encoder
    let limits = search.limits
    return .object([
      "version": .string(version),
      "encoder": .object([
        "name": .string(encoder.identity.name), "digest": .string(encoder.identity.digest),
        "kind": .string(loaded.model == nil ? "bm25" : "splade"),
        "form": .string(ConversationFields.Form(loaded.form).rawValue),
        "max_tokens": encoder.queryMaxLength.map { .integer(Int64($0)) } ?? .null,
        "encodes_passages": .bool(loaded.model?.encodesPassages ?? false),
      ]),
      "index": .object([
        "passages": .integer(Int64(index.count)), "weights": .string(index.weights.rawValue),
        "passage_space": .string(index.passageSpace.digest), "texts": .bool(index.hasTexts && index.count > 0),
      ]),
      "limits": .object([
        "body_bytes": .integer(Int64(limits.bodyBytes)), "messages": .integer(Int64(limits.messages)),
        "k": .integer(Int64(limits.k)), "batch": .integer(Int64(limits.batch)),
        "request_seconds": .number(limits.requestTime.seconds),
      ]),
      "keys": .bool(hasKeys),
      "features": .array(features.map { .string($0) }),
    ])
  }
}
