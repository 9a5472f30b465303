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
    var pieces = vocabulary
    if pieces == nil { pieces = try readVocabulary(archive) }
    let known = try readEncoders(archive)
    let matrix = try CSRMatrix(archive)
    guard let pieces else { throw fault("expected the vocabulary of the columns, neither given nor in the file") }
    guard pieces.count == matrix.columnCount else {
      throw fault("expected as many columns as the vocabulary has pieces, \(pieces.count), found \(matrix.columnCount)")
    }
    guard let maker = encoder ?? known?.encoder else {
      throw fault("expected the name of the encoder, neither given nor in the file")
    }
    if let ids, ids.count != matrix.rowCount {
      throw fault("expected as many ids as rows, \(matrix.rowCount), found \(ids.count)")
    }
    let idArray = ids == nil ? try NpyStream(archive, "ids.npy") : nil
    if let idArray, idArray.count != matrix.rowCount {
      throw fault("expected as many ids as rows, \(matrix.rowCount), found \(idArray.count)", "ids.npy")
    }

    let description = VectorsDescription(
      encoder: maker, passageSpace: encoder == nil ? known?.passageSpace : passageSpace, vocabulary: pieces,
      weightKind: weightKind ?? (matrix.weightType == "f2" ? .float16 : .float32), keptTerms: known?.keptTerms)
    try VectorsWriter.write(output, description) { (writer: VectorsWriter) throws(ParlanceError) in
      while let vector = try matrix.nextRow() {
        let row = writer.count
        let id: ExternalID
        if let idArray { id = ExternalID(try idArray.nextText()) } else { id = ids?[row] ?? "" }
        do throws(ParlanceError) {
          try writer.append(id, vector)
        } catch {
          throw error.code == .badInput ? fault(error.message, "row \(row)") : error
        }
        if row % 4096 == 0 {
          try interruption?.check()
          progress?(Progress("importing", completed: row, total: matrix.rowCount, unit: "vectors"))
        }
      }
    }
  }

  /// Whether a matrix has, as an export of ours does, the vocabulary of its columns and the encoders of its vectors.
  ///
  /// - Throws: `noInput`; `badInput` for what is no zip archive.
  package static func parts(of path: String) throws(ParlanceError) -> (vocabulary: Bool, encoders: Bool) {
    let archive = try ZipArchive(path: path)
    return (archive.member("pieces.npy") != nil, archive.member("parlance.npy") != nil)
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
