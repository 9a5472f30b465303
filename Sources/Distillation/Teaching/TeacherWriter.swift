import BinaryFiles
public import Diagnostics
public import Identifiers
public import SparseVectors
import StrictJSON

/// Writes a `.teacher` file, query by query; the file appears whole with `finish()` or not at all.
///
/// Lists go to the disk as they come. What is kept for each query is its id and 16 bytes.
public final class TeacherWriter {
  /// How many queries were written.
  public private(set) var count = 0

  private let path: String
  private let description: TeacherDescription
  private let file: SectionedFileWriter
  private var position = 0
  private var queries: [UInt8] = []
  private var ids: [UInt8] = []
  private var seen: Set<ExternalID> = []
  private let weighsTurns: Bool

  /// - Parameter weighsTurns: whether `finish` is given how much each query counts in training.
  /// - Throws: `cannotWrite`.
  public init(path: String, description: TeacherDescription, weighsTurns: Bool = false) throws(ParlanceError) {
    self.path = path
    self.description = description
    self.weighsTurns = weighsTurns
    file = try SectionedFileWriter(path: path, format: weighsTurns ? TeacherFormat.weighted : TeacherFormat.format)
    try file.beginSection(TeacherFormat.lists)
  }

  /// - Parameter vector: the query vector that the scores come from, exactly where the description promises one.
  /// - Throws: `internalFault` for an id that was given before or cannot be one, and for a list or a vector that does not
  ///   fit the description; `cannotWrite`.
  public func append(_ id: ExternalID, _ list: TeacherList, vector: SparseVector? = nil) throws(ParlanceError) {
    if let fault = ExternalID.fault(of: id.string) { throw refused("expected an id \(fault)") }
    guard seen.insert(id).inserted else { throw refused("expected each query once, \"\(id)\" is given twice") }
    if let fault = list.fault(passageCount: description.passageCount) { throw refused("\(fault), in \"\(id)\"") }
    guard list.count <= description.depth, Set(list.passages).count == list.count else {
      throw refused("expected at most \(description.depth) passages, each once, in \"\(id)\"")
    }
    guard (vector != nil) == description.hasQueryVectors,
      vector?.terms.last.map({ Int($0.rawValue) < description.vocabularySize }) ?? true
    else { throw refused("the query vector of \"\(id)\" does not fit the file's description") }

    try file.write(list.passages)
    try file.write(list.scores)
    if let vector {
      try file.write(vector.terms)
      try file.write(vector.weights)
    }
    queries.append(littleEndian: UInt64(position))
    queries.append(littleEndian: UInt32(list.count))
    queries.append(littleEndian: UInt32(vector?.count ?? 0))
    ids += Array(id.string.utf8) + [UInt8(ascii: "\n")]
    position += 8 * (list.count + (vector?.count ?? 0))
    count += 1
  }

  /// - Parameter weights: how much each query counts in training, in the order of the file; above zero.
  /// - Throws: `internalFault` for weights that were not announced, or not one for each query; `cannotWrite`.
  public func finish(weights: [Float]? = nil) throws(ParlanceError) {
    guard (weights != nil) == weighsTurns, weights?.count ?? count == count,
      weights?.allSatisfy({ $0 > 0 && $0.isFinite }) ?? true
    else { throw refused("expected a weight above zero for each of the \(count) queries, where they are weighed") }
    let json = try CodableJSON.bytes(
      of: description, orSay: "the description cannot be written as JSON", at: path)
    try file.beginSection(TeacherFormat.queries)
    try file.write(queries)
    try file.beginSection(TeacherFormat.ids)
    try file.write(ids)
    if let weights {
      try file.beginSection(TeacherFormat.weights)
      try file.write(weights)
    }
    try file.beginSection(TeacherFormat.description)
    try file.write(json)
    try file.commit()
  }

  private func refused(_ message: String) -> ParlanceError {
    ParlanceError(.internalFault, message, at: .init(file: path))
  }
}
