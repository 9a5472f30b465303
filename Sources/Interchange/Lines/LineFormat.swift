/// Formats of other engines with one JSON object a line, terms by name.
public enum LineFormat: String, Sendable, CaseIterable {
  /// Anserini's `JsonVectorCollection`: `{"id", "contents", "vector": {term: whole number}}`.
  case anserini
  /// Seismic's documents and queries: `{"id", "content", "vector": {term: number}}`.
  case seismic

  var contentsKey: StaticString { self == .anserini ? ",\"contents\":" : ",\"content\":" }
}
