import BinaryFiles
public import Diagnostics
public import Identifiers
import LineFiles
public import SparseVectors
import StrictJSON

/// Vectors out of the JSON lines of Anserini or Seismic: `id`, a string or a whole number, and `vector`; other keys are passed
/// over.
///
/// With a vocabulary the file is read once, in constant memory, and may be a pipe. Without one it is read twice, and the terms
/// that are found become the vocabulary, in the order of their bytes.
public struct LinesImport: Sendable {
  public let path: String
  public let format: LineFormat
  public let vocabulary: Vocabulary

  /// - Throws: `usage` for a stream without a vocabulary; `noInput`; `badInput` that names the line; `interrupted`.
  public init(
    path: String, _ format: LineFormat, vocabulary: Vocabulary? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    self.path = path
    self.format = format
    if let vocabulary {
      self.vocabulary = vocabulary
      return
    }
    if path == "-" || FileNames.isStream(path) {
      throw ParlanceError(
        .usage,
        "without a vocabulary the lines are read twice; expected a file, not a stream, or --like or --vocabulary",
        at: .init(file: path))
    }
    var terms: Set<ExternalID> = []
    let lines = try LineReader(path: path, interruption: interruption)
    while let record = try Self.next(lines, format) {
      for (term, _) in record.weights { terms.insert(term) }
      try Self.report("looking through", lines, progress, interruption)
    }
    self.vocabulary = try Vocabulary(pieces: terms.sorted())
  }

  /// Gives the vectors to `body` in the order of the lines; what `body` refuses is said with the line.
  ///
  /// - Parameter unknown: is told each term that the vocabulary does not have and that is left out; `nil` refuses such a term.
  /// - Throws: `noInput`; `badInput` that names the line; `interrupted`; what `body` throws.
  public func forEachVector(
    unknown: ((ExternalID) -> Void)? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil,
    _ body: (ExternalID, SparseVector) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    let lines = try LineReader(path: path, interruption: interruption)
    while let record = try Self.next(lines, format) {
      var weights: [(term: TermID, weight: Float)] = []
      var strangers: Set<ExternalID> = []
      for (name, weight) in record.weights where weight > 0 {
        if let term = vocabulary.term(of: name) {
          weights.append((term, weight))
        } else if let unknown {
          guard strangers.insert(name).inserted else {
            throw ParlanceError(
              .badInput, "expected each term once, \"\(name)\" is there twice", at: lines.location)
          }
          unknown(name)
        } else {
          throw ParlanceError(
            .badInput, "expected pieces of the vocabulary (\(vocabulary.count) pieces), it has no \"\(name)\"",
            at: lines.location)
        }
      }
      weights.sort { $0.term < $1.term }
      guard let vector = SparseVector(exactly: weights.map(\.term), weights: weights.map(\.weight)) else {
        throw ParlanceError(.badInput, "expected each term once", at: lines.location)
      }
      do throws(ParlanceError) {
        try body(record.id, vector)
      } catch {
        throw error.code == .badInput ? ParlanceError(error.code, error.message, at: lines.location) : error
      }
      try Self.report("importing", lines, progress, interruption)
    }
  }

  private typealias Record = (id: ExternalID, weights: [(ExternalID, Float)])

  private static func next(_ lines: LineReader, _ format: LineFormat) throws(ParlanceError) -> Record? {
    try lines.withNextLine { (line: RawSpan) throws(ParlanceError) -> Record in
      var json = JSONCursor(line, at: lines.location)
      var id: ExternalID?
      var weights: [(ExternalID, Float)]?
      try json.beginObject()
      while let key = try json.nextKey() {
        switch key {
        case "id":
          guard id == nil else { throw json.duplicateKey(key) }
          let text = try json.peek() == .number ? String(try json.integer()) : try json.string()
          if let fault = ExternalID.fault(of: text) { throw json.error("expected an id \(fault)") }
          id = ExternalID(text)
        case "vector":
          guard weights == nil else { throw json.duplicateKey(key) }
          weights = try Self.weights(&json, format)
        default: try json.skipValue()
        }
      }
      try json.end()
      guard let id, let weights else {
        throw ParlanceError(
          .badInput, "expected the keys \"id\" and \"vector\", there is no \"\(id == nil ? "id" : "vector")\"",
          at: lines.location)
      }
      return (id, weights)
    }
  }

  private static func weights(
    _ json: inout JSONCursor, _ format: LineFormat
  ) throws(ParlanceError) -> [(ExternalID, Float)] {
    var weights: [(ExternalID, Float)] = []
    try json.beginObject()
    while let term = try json.nextKey() {
      let weight: Float
      switch format {
      case .anserini:
        let impact = try json.integer()
        guard let exact = Float(exactly: impact) else {
          throw json.error("expected an impact that single precision holds, found \(impact)")
        }
        weight = exact
      case .seismic: weight = try json.float()
      }
      guard weight >= 0 else { throw json.error("expected weights that are not below zero, found \(weight)") }
      weights.append((ExternalID(term), weight))
    }
    return weights
  }

  private static func report(
    _ activity: String, _ lines: LineReader, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) throws(ParlanceError) {
    guard lines.lineNumber & 1023 == 0 else { return }
    try interruption?.check()
    progress?(Progress(activity, completed: lines.position, total: lines.fileSize, unit: "bytes"))
  }
}
