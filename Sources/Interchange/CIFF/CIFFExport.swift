public import Diagnostics
import Identifiers
public import InvertedIndex
import LineFiles
public import SparseVectors

/// Writes vectors as a file of the Common Index File Format (CIFF): postings lists in the order of their terms' bytes, which is
/// how engines look terms up, then the documents.
///
/// The vectors are turned into postings for as many terms at a time as fit into memory, each time reading all vectors, so that
/// memory is bounded whatever the collection: `memory`, and 4 bytes a vector and a term.
public struct CIFFExport: Sendable {
  public var vocabulary: Vocabulary
  public var scale: ImpactScale
  /// How many bytes postings may take at once.
  public var memory: Int
  /// What the file says about itself, for people.
  public var description: String

  public init(
    vocabulary: Vocabulary, scale: ImpactScale, memory: Int = CIFFImport.usualMemory, description: String = ""
  ) {
    self.vocabulary = vocabulary
    self.scale = scale
    self.memory = memory
    self.description = description
  }

  /// - Parameters:
  ///   - survey: of the same vectors.
  ///   - path: the file, packed if its name ends with `.gz`; `-` is standard output.
  /// - Throws: `badInput` for vectors that are damaged or too many for the format; `cannotWrite`; `interrupted`.
  public func write(
    _ vectors: some PassageVectors, _ survey: VectorSurvey, to path: String, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    guard vectors.count <= Int(Int32.max) else {
      throw ParlanceError(
        .badInput, "expected at most \(Int32.max) vectors, which CIFF can number, found \(vectors.count)")
    }
    let lengths = try lengths(of: vectors, progress, interruption)
    let terms = survey.frequencies.indices.filter { survey.frequencies[$0] > 0 }
      .sorted { vocabulary.pieces[$0] < vocabulary.pieces[$1] }
    let output = try LineWriter(path: path)
    try output.write(bytes: header(lists: terms.count, lengths).bytes)
    var first = 0
    while first < terms.count {
      var (end, postings) = (first, 0)
      while end < terms.count, end == first || (postings + Int(survey.frequencies[terms[end]])) * 8 <= memory {
        postings += Int(survey.frequencies[terms[end]])
        end += 1
      }
      var lists = CIFFLists(terms[first..<end], survey.frequencies)
      try vectors.forEach("inverting", progress, interruption) { index, vector throws(ParlanceError) in
        lists.add(vector, try vectors.impacts(vector, scale, at: index), of: index)
      }
      try lists.write(vocabulary, to: output)
      first = end
    }
    try writeRecords(of: vectors, lengths, to: output)
    try output.finish()
  }

  /// The sum of each vector's impacts, which other engines take for the length of a document.
  private func lengths(
    of vectors: some PassageVectors, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) throws(ParlanceError) -> [Int32] {
    var lengths: [Int32] = []
    lengths.reserveCapacity(vectors.count)
    try vectors.forEach("adding up", progress, interruption) { index, vector throws(ParlanceError) in
      let length = try vectors.impacts(vector, scale, at: index).reduce(0) { $0 + Int($1) }
      guard let length = Int32(exactly: length) else {
        throw ParlanceError(
          .badInput, "expected impacts whose sum fits 31 bits, found \(length); choose a smaller scale",
          at: vectors.location(of: index))
      }
      lengths.append(length)
    }
    return lengths
  }

  private func header(lists: Int, _ lengths: [Int32]) -> ProtobufBytes {
    let total = lengths.reduce(0) { $0 + Int($1) }
    var message = ProtobufBytes()
    message.append(1, number: 1)
    message.append(2, number: lists)
    message.append(3, number: lengths.count)
    message.append(4, number: lists)
    message.append(5, number: lengths.count)
    message.append(6, number: total)
    message.append(7, double: lengths.isEmpty ? 0 : Double(total) / Double(lengths.count))
    message.append(8, text: description)
    return message.behindItsLength
  }

  private func writeRecords(
    of vectors: some PassageVectors, _ lengths: [Int32], to output: LineWriter
  ) throws(ParlanceError) {
    for index in 0..<vectors.count {
      var message = ProtobufBytes()
      message.append(1, number: index)
      message.append(2, text: try vectors.id(at: index).string)
      message.append(3, number: lengths[index])
      try output.write(bytes: message.behindItsLength.bytes)
    }
  }
}

extension ProtobufBytes {
  fileprivate var behindItsLength: ProtobufBytes {
    var whole = ProtobufBytes()
    whole.append(varint: UInt64(bytes.count))
    whole.append(bytes)
    return whole
  }
}
