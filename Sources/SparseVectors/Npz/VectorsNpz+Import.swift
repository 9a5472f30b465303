import BinaryFiles
public import Diagnostics
import LineFiles
public import Identifiers
import StrictJSON

extension VectorsNpz {
  /// Reads a scipy CSR matrix, whose rows are vectors and whose columns are terms, in bounded memory.
  ///
  /// - Parameters:
  ///   - ids: the ids of the rows; `nil` takes the array `ids` in the file.
  ///   - vocabulary: the pieces of the columns; `nil` takes the array `pieces` in the file.
  ///   - encoder: who made the vectors; `nil` takes what an export of ours says.
  ///   - passageSpace: given with `encoder`, where it is not the encoder itself.
  ///   - weightKind: how weights are kept; `nil` keeps them as they come, doubles as float32.
  /// - Throws: `badInput` when something of these is missing or does not fit, for another kind of matrix, for a term that a
  ///   row has twice, and for a weight that is not a number or below zero; `cannotWrite`; `interrupted`.
  public static func `import`(
    _ path: String, to output: String, ids: [ExternalID]? = nil, vocabulary: Vocabulary? = nil,
    encoder: EncoderIdentity? = nil, passageSpace: EncoderIdentity? = nil,
    weightKind: VectorsDescription.WeightKind? = nil,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    let archive = try ZipArchive(path: path)
    func fault(_ message: String, _ component: String? = nil) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: path, component: component))
    }
    let format = try NpyStream(archive, "format.npy").nextText()
    guard format == "csr" else { throw fault("expected a matrix in the format csr, this is \(format); use .tocsr()") }
    let shape = try NpyStream(archive, "shape.npy")
    guard shape.count == 2 else { throw fault("expected a matrix with rows and columns") }
    let (rows, columns) = (try shape.nextInteger(), try shape.nextInteger())

    var pieces = vocabulary
    if pieces == nil { pieces = try readVocabulary(archive) }
    guard let pieces else {
      throw ParlanceError(
        .usage, "expected the vocabulary of the columns (--vocabulary), the file has none", at: .init(file: path))
    }
    guard pieces.count == columns else {
      throw fault("expected as many columns as the vocabulary has pieces, \(pieces.count), found \(columns)")
    }
    let known = try readEncoders(archive)
    guard let maker = encoder ?? known?.encoder else {
      throw ParlanceError(
        .usage, "expected the name of the encoder (--encoder), the file has none", at: .init(file: path))
    }
    let indptr = try NpyStream(archive, "indptr.npy")
    let indices = try NpyStream(archive, "indices.npy")
    let data = try NpyStream(archive, "data.npy")
    guard rows >= 0, indptr.count - 1 == rows, indices.count == data.count else {
      throw fault(
        "expected a row end more than rows, \(rows), and as many terms as weights, found \(indptr.count), "
          + "\(indices.count) and \(data.count)")
    }
    if let ids, ids.count != rows { throw fault("expected as many ids as rows, \(rows), found \(ids.count)") }
    let idArray = ids == nil ? try NpyStream(archive, "ids.npy") : nil
    if let idArray, idArray.count != rows {
      throw fault("expected as many ids as rows, \(rows), found \(idArray.count)", "ids.npy")
    }

    let description = VectorsDescription(
      encoder: maker, passageSpace: encoder == nil ? known?.passageSpace : passageSpace, vocabulary: pieces,
      weightKind: weightKind ?? (data.type == "f2" ? .float16 : .float32), keptTerms: known?.keptTerms)
    try VectorsWriter.write(output, description) { (writer: VectorsWriter) throws(ParlanceError) in
      var end = try indptr.nextInteger()
      guard end == 0 else { throw fault("expected the first row to begin at 0, found \(end)", "indptr.npy") }
      for row in 0..<rows {
        let next = try indptr.nextInteger()
        guard next >= end, next <= indices.count else {
          throw fault("expected row ends that rise up to \(indices.count), found \(next) as row \(row)", "indptr.npy")
        }
        var weights: [(term: Int, weight: Float)] = []
        for _ in end..<next {
          let (term, weight) = (try indices.nextInteger(), try data.nextFloat())
          guard term >= 0, term < columns else {
            throw fault("expected columns below \(columns), found \(term) in row \(row)", "indices.npy")
          }
          guard weight.isFinite, weight >= 0 else {
            throw fault("expected weights that are not below zero, found \(weight) in row \(row)", "data.npy")
          }
          if weight > 0 { weights.append((term, weight)) }
        }
        end = next
        weights.sort { $0.term < $1.term }
        guard
          let vector = SparseVector(
            exactly: weights.map { TermID(UInt32($0.term)) }, weights: weights.map(\.weight))
        else { throw fault("expected each column once in a row; use .sum_duplicates()", "row \(row)") }
        let id: ExternalID
        if let idArray { id = ExternalID(try idArray.nextText()) } else { id = ids?[row] ?? "" }
        do throws(ParlanceError) {
          try writer.append(id, vector)
        } catch {
          throw error.code == .badInput ? fault(error.message, "row \(row)") : error
        }
        if row % 4096 == 0 {
          try interruption?.check()
          progress?(Progress("importing", completed: row, total: rows, unit: "vectors"))
        }
      }
      guard end == indices.count else {
        throw fault("expected the last row to end at \(indices.count), found \(end)", "indptr.npy")
      }
    }
  }

  private static func readVocabulary(_ archive: ZipArchive) throws(ParlanceError) -> Vocabulary? {
    guard archive.member("pieces.npy") != nil else { return nil }
    let array = try NpyStream(archive, "pieces.npy")
    var pieces: [ExternalID] = []
    for _ in 0..<array.count { pieces.append(ExternalID(try array.nextText())) }
    return try Vocabulary(pieces: pieces, at: .init(file: archive.file.path, component: "pieces.npy"))
  }

  private static func readEncoders(
    _ archive: ZipArchive
  ) throws(ParlanceError) -> (encoder: EncoderIdentity, passageSpace: EncoderIdentity, keptTerms: Int?)? {
    guard archive.member("parlance.npy") != nil else { return nil }
    let location = ParlanceError.Location(file: archive.file.path, component: "parlance.npy")
    let text = try NpyStream(archive, "parlance.npy").nextText()
    let json: JSONValue
    do throws(ParlanceError) {
      json = try JSONValue(parsing: Array(text.utf8), file: archive.file.path)
    } catch {
      throw ParlanceError(error.code, error.message, at: location)
    }
    guard let encoder = EncoderIdentity(json["encoder"]), let space = EncoderIdentity(json["passage_space"]) else {
      throw ParlanceError(.badInput, "expected the encoders of the vectors", at: location)
    }
    return (encoder, space, json["kept_terms"]?.integer.flatMap { $0 > 0 ? $0 : nil })
  }
}
