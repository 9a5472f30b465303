import BinaryFiles
import Diagnostics
import LineFiles

/// A matrix in scipy's compressed rows, row by row in bounded memory: its rows are vectors, its columns terms.
final class CSRMatrix {
  let rowCount: Int
  let columnCount: Int
  /// numpy's name for the type of the weights, such as `f4`.
  var weightType: String { data.type }

  private let path: String
  private let indptr: NpyStream
  private let indices: NpyStream
  private let data: NpyStream
  private var row = 0
  /// Where the row before ended among the terms.
  private var end = 0

  /// - Throws: `badInput` for another kind of matrix, and for arrays that are missing or do not fit together.
  init(_ archive: ZipArchive) throws(ParlanceError) {
    let path = archive.file.path
    func fault(_ message: String, _ component: String? = nil) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: path, component: component))
    }
    let format = try NpyStream(archive, "format.npy").nextText()
    guard format == "csr" else { throw fault("expected a matrix in the format csr, this is \(format); use .tocsr()") }
    let shape = try NpyStream(archive, "shape.npy")
    guard shape.count == 2 else { throw fault("expected a matrix with rows and columns") }
    let rows = try shape.nextInteger()
    columnCount = try shape.nextInteger()
    indptr = try NpyStream(archive, "indptr.npy")
    indices = try NpyStream(archive, "indices.npy")
    data = try NpyStream(archive, "data.npy")
    guard rows >= 0, indptr.count - 1 == rows, indices.count == data.count else {
      throw fault(
        "expected a row end more than rows, \(rows), and as many terms as weights, found \(indptr.count), "
          + "\(indices.count) and \(data.count)")
    }
    let start = try indptr.nextInteger()
    guard start == 0 else { throw fault("expected the first row to begin at 0, found \(start)", "indptr.npy") }
    rowCount = rows
    self.path = path
  }

  /// The next row without its zeros, or `nil` at the end.
  ///
  /// - Throws: `badInput` for row ends that fall or do not end with the terms, for a term outside of the columns or twice in the row,
  ///   and for a weight that is not a number or below zero.
  func nextRow() throws(ParlanceError) -> SparseVector? {
    guard row < rowCount else {
      guard end == indices.count else {
        throw fault("expected the last row to end at \(indices.count), found \(end)", "indptr.npy")
      }
      return nil
    }
    let next = try indptr.nextInteger()
    guard next >= end, next <= indices.count else {
      throw fault("expected row ends that rise up to \(indices.count), found \(next) as row \(row)", "indptr.npy")
    }
    var weights: [(term: UInt32, weight: Float)] = []
    for _ in end..<next {
      let (term, weight) = (try indices.nextInteger(), try data.nextFloat())
      guard let number = UInt32(exactly: term), term < columnCount else {
        throw fault("expected columns below \(columnCount), found \(term) in row \(row)", "indices.npy")
      }
      guard weight.isFinite, weight >= 0 else {
        throw fault("expected weights that are not below zero, found \(weight) in row \(row)", "data.npy")
      }
      if weight > 0 { weights.append((number, weight)) }
    }
    weights.sort { $0.term < $1.term }
    guard let vector = SparseVector(exactly: weights.map { TermID($0.term) }, weights: weights.map(\.weight)) else {
      throw fault("expected each column once in a row; use .sum_duplicates()", "row \(row)")
    }
    end = next
    row += 1
    return vector
  }

  private func fault(_ message: String, _ component: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: path, component: component))
  }
}
