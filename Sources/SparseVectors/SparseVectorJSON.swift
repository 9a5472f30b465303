import BinaryFiles
public import Diagnostics
public import Identifiers
package import LineFiles
import StrictJSON

/// Sparse vectors as JSON, one a line, in both spellings: `{"id": …, "vector": {piece: weight, …}}`, whose keys are always
/// pieces of a vocabulary (861 of BERT's are digits, so a key is never a term id), and
/// `{"id": …, "indices": […], "values": […]}` with term ids.
public enum SparseVectorSpelling: String, Sendable, CaseIterable {
  case pieces
  case indices
}

/// Reads vectors line by line, each in either spelling.
///
/// Terms may come in any order; a weight of zero is passed over, since it adds nothing to a score. Further keys are passed
/// over as well.
public final class SparseVectorReader {
  /// The place of the vector read last, for errors about it.
  public var location: ParlanceError.Location { lines.location }
  package let lines: LineReader
  private let vocabulary: Vocabulary
  private let unknown: ((ExternalID) -> Void)?

  /// - Parameters:
  ///   - path: a file, plain or gzip, or `-` for standard input.
  ///   - unknown: is told each piece with a weight that the vocabulary does not have and that is left out; `nil` refuses such a piece.
  ///   - interruption: as of `LineReader`.
  /// - Throws: as `LineReader`.
  public init(
    path: String, vocabulary: Vocabulary, unknown: ((ExternalID) -> Void)? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    lines = try LineReader(path: path, interruption: interruption)
    self.vocabulary = vocabulary
    self.unknown = unknown
  }

  /// The next vector, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names the line: an unknown piece, a term outside of the vocabulary or there twice, a weight
  ///   below zero or too large for a float32.
  public func next() throws(ParlanceError) -> (id: ExternalID, vector: SparseVector)? {
    try lines.withNextLine { (line: RawSpan) throws(ParlanceError) in
      var json = JSONCursor(line, at: lines.location)
      var id: ExternalID?
      var weights: [(term: TermID, weight: Float)]?
      var indices: [TermID]?
      var values: [Float]?
      try json.beginObject()
      while let key = try json.nextKey() {
        switch key {
        case "id":
          guard id == nil else { throw json.duplicateKey(key) }
          let text = try json.string()
          if let fault = ExternalID.fault(of: text) { throw json.error("expected an id \(fault)") }
          id = ExternalID(text)
        case "vector":
          guard weights == nil else { throw json.duplicateKey(key) }
          weights = try pieces(&json)
        case "indices":
          guard indices == nil else { throw json.duplicateKey(key) }
          indices = try terms(&json)
        case "values":
          guard values == nil else { throw json.duplicateKey(key) }
          values = []
          try json.beginArray()
          while try json.nextElement() { values?.append(try weight(&json)) }
        default: try json.skipValue()
        }
      }
      try json.end()
      guard let id else { throw fault("expected the key \"id\", there is none") }
      switch (weights, indices, values) {
      case (let weights?, nil, nil): return (id, try vector(weights))
      case (nil, let indices?, let values?):
        guard indices.count == values.count else {
          throw fault("expected as many values as indices, found \(values.count) and \(indices.count)")
        }
        return (id, try vector(zip(indices, values).map { ($0, $1) }))
      default: throw fault("expected either \"vector\" or \"indices\" and \"values\"")
      }
    }
  }

  private func pieces(_ json: inout JSONCursor) throws(ParlanceError) -> [(term: TermID, weight: Float)] {
    var weights: [(term: TermID, weight: Float)] = []
    var strangers: Set<ExternalID> = []
    try json.beginObject()
    while let piece = try json.nextKey() {
      let name = ExternalID(piece)
      let term = vocabulary.term(of: name)
      if term == nil, unknown == nil {
        throw json.error("expected pieces of the vocabulary (\(vocabulary.count) pieces), it has no \"\(piece)\"")
      }
      let weight = try weight(&json)
      if let term {
        weights.append((term, weight))
        continue
      }
      guard strangers.insert(name).inserted else {
        throw fault("expected each term once, \"\(piece)\" is there twice")
      }
      if weight > 0 { unknown?(name) }
    }
    return weights
  }

  private func terms(_ json: inout JSONCursor) throws(ParlanceError) -> [TermID] {
    var terms: [TermID] = []
    try json.beginArray()
    while try json.nextElement() {
      let term = try json.integer()
      guard term >= 0, term < vocabulary.count else {
        throw json.error("expected term ids below \(vocabulary.count), found \(term)")
      }
      terms.append(TermID(UInt32(term)))
    }
    return terms
  }

  private func weight(_ json: inout JSONCursor) throws(ParlanceError) -> Float {
    let weight = try json.float()
    guard weight >= 0 else { throw json.error("expected weights that are not below zero, found \(weight)") }
    return weight
  }

  private func vector(_ weights: [(term: TermID, weight: Float)]) throws(ParlanceError) -> SparseVector {
    let sorted = weights.sorted { $0.term < $1.term }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.term == next.term {
      throw fault("expected each term once, \"\(vocabulary.piece(of: one.term))\" is there twice")
    }
    let positive = sorted.filter { $0.weight > 0 }
    return SparseVector(unchecked: positive.map(\.term), positive.map(\.weight))
  }

  private func fault(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: lines.location)
  }
}

/// Writes vectors line by line, terms in the order of their ids, weights with the digits that read back as the same float.
public final class SparseVectorWriter {
  private let lines: LineWriter
  private let vocabulary: Vocabulary
  private let spelling: SparseVectorSpelling
  private var json = JSONText()

  /// - Parameter path: a file, which appears with `finish()`, packed if it ends with `.gz`; `-` is standard output.
  /// - Throws: `cannotWrite`.
  public init(
    path: String, vocabulary: Vocabulary, spelling: SparseVectorSpelling = .pieces
  ) throws(ParlanceError) {
    lines = try LineWriter(path: path)
    self.vocabulary = vocabulary
    self.spelling = spelling
  }

  /// - Throws: `cannotWrite`; `internalFault` for a term outside of the vocabulary.
  public func write(_ id: ExternalID, _ vector: SparseVector) throws(ParlanceError) {
    json.reset()
    json.append(raw: "{\"id\":")
    json.append(string: id.string)
    switch spelling {
    case .pieces:
      json.append(raw: ",\"vector\":{")
      for (index, (term, weight)) in zip(vector.terms, vector.weights).enumerated() {
        guard Int(term.rawValue) < vocabulary.count else {
          throw ParlanceError(.internalFault, "term \(term.rawValue) is outside of the vocabulary")
        }
        if index > 0 { json.append(raw: ",") }
        json.append(string: vocabulary.piece(of: term).string)
        json.append(raw: ":")
        json.append(float: weight)
      }
      json.append(raw: "}}")
    case .indices:
      json.append(raw: ",\"indices\":[")
      for (index, term) in vector.terms.enumerated() {
        if index > 0 { json.append(raw: ",") }
        json.append(integer: term.rawValue)
      }
      json.append(raw: "],\"values\":[")
      for (index, weight) in vector.weights.enumerated() {
        if index > 0 { json.append(raw: ",") }
        json.append(float: weight)
      }
      json.append(raw: "]}")
    }
    try lines.write(line: json.bytes)
  }

  /// Sends out what was written so far, for a reader at the other end of a pipe.
  ///
  /// - Throws: `cannotWrite`.
  public func flush() throws(ParlanceError) { try lines.flush() }

  /// Brings out the rest and gives the file its name.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) { try lines.finish() }
}
