public import Diagnostics
import Identifiers
public import InvertedIndex
import LineFiles
public import SparseVectors
import StrictJSON

/// Writes vectors for Anserini or Seismic, one JSON object a line, in constant memory.
///
/// Seismic reads numbers: each weight is written with the digits that read back as the same float32. Anserini cuts what is
/// behind the point, so that it gets impacts.
public struct LinesExport: Sendable {
  public var format: LineFormat
  public var vocabulary: Vocabulary
  /// How weights become whole numbers; used for Anserini.
  public var scale: ImpactScale

  public init(_ format: LineFormat, vocabulary: Vocabulary, scale: ImpactScale) {
    self.format = format
    self.vocabulary = vocabulary
    self.scale = scale
  }

  /// - Parameters:
  ///   - path: the file, packed if its name ends with `.gz`; `-` is standard output.
  ///   - text: gives what `contents` is to say, in the order of the vectors; `nil` leaves it empty.
  /// - Throws: `badInput` for damaged vectors and for a term that the format cannot have; `cannotWrite`; `interrupted`.
  public func write(
    _ vectors: some PassageVectors, to path: String, text: (() throws(ParlanceError) -> String)? = nil,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    let output = try LineWriter(path: path)
    var json = JSONText()
    try vectors.forEach("exporting", progress, interruption) { index, vector throws(ParlanceError) in
      json.reset()
      json.append(raw: "{\"id\":")
      json.append(string: try vectors.id(at: index).string)
      json.append(raw: format.contentsKey)
      json.append(string: try text?() ?? "")
      json.append(raw: ",\"vector\":{")
      let impacts = format == .anserini ? try vectors.impacts(vector, scale, at: index) : []
      for (place, term) in vector.terms.enumerated() {
        if place > 0 { json.append(raw: ",") }
        json.append(string: try name(of: term, vectors.location(of: index)))
        json.append(raw: ":")
        if format == .anserini {
          json.append(integer: impacts[place])
        } else {
          json.append(float: vector.weights[place])
        }
      }
      json.append(raw: "}}")
      try output.write(line: json.bytes)
    }
    try output.finish()
  }

  /// Writes queries as topics of Anserini, `id<tab>term term …`: a term stands there as often as it weighs.
  ///
  /// - Throws: as `write`.
  public func writeTopics(
    _ vectors: some PassageVectors, to path: String, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    let output = try LineWriter(path: path)
    try vectors.forEach("exporting", progress, interruption) { index, vector throws(ParlanceError) in
      var line = Array((try vectors.id(at: index).string + "\t").utf8)
      let impacts = try vectors.impacts(vector, scale, at: index)
      guard impacts.reduce(0, { $0 + Int($1) }) <= Self.mostRepetitions else {
        throw ParlanceError(
          .badInput,
          "expected weights that come to \(Self.mostRepetitions) terms at most, since a term stands there as often as it weighs; "
            + "--greatest-impact or --scale makes them smaller", at: vectors.location(of: index))
      }
      for (term, impact) in zip(vector.terms, impacts) {
        let name = Array(try name(of: term, vectors.location(of: index)).utf8)
        for _ in 0..<impact {
          if line[line.count - 1] != UInt8(ascii: "\t") { line.append(UInt8(ascii: " ")) }
          line.append(contentsOf: name)
        }
      }
      try output.write(line: line)
    }
    try output.finish()
  }

  private static let mostRepetitions = 1_000_000

  /// Anserini parts a document into terms at white space.
  private func name(of term: TermID, _ location: ParlanceError.Location) throws(ParlanceError) -> String {
    guard Int(term.rawValue) < vocabulary.count else {
      throw ParlanceError(.badInput, "expected terms below \(vocabulary.count), found \(term.rawValue)", at: location)
    }
    let name = vocabulary.piece(of: term).string
    if format == .anserini, let fault = ExternalID.fault(of: name) {
      throw ParlanceError(.badInput, "expected a term \(fault), since Anserini parts terms there", at: location)
    }
    return name
  }
}
