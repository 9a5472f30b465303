import Diagnostics
import Identifiers
import SparseVectors

/// The vectors of some documents of a CIFF file, while its postings lists come.
struct CIFFDocuments {
  /// What a document takes beside its postings: two places and an id.
  static let bytesEach = 96

  private let documents: Range<Int>
  /// Where the postings of each document begin, and where the last ones end.
  private var starts = [0]
  /// Where the next posting of each document goes.
  private var free: [Int]
  private var terms: [TermID]
  private var weights: [Float]
  private var ids: [ExternalID?]

  /// - Parameter counts: how many postings each document has.
  init(_ documents: Range<Int>, counts: ArraySlice<UInt32>) throws(ParlanceError) {
    self.documents = documents
    starts.reserveCapacity(documents.count + 1)
    for count in counts { starts.append(starts[starts.count - 1] + Int(count)) }
    free = Array(starts.dropLast())
    terms = Array(repeating: TermID(0), count: starts[documents.count])
    weights = Array(repeating: 0, count: starts[documents.count])
    ids = Array(repeating: nil, count: documents.count)
  }

  /// Takes a posting, if it is one of these documents.
  ///
  /// - Returns: `false` where a document has more than it was said to have.
  mutating func add(_ term: TermID, _ weight: Float, to document: Int) -> Bool {
    guard documents.contains(document) else { return true }
    let row = document - documents.lowerBound
    guard free[row] < starts[row + 1] else { return false }
    terms[free[row]] = term
    weights[free[row]] = weight
    free[row] += 1
    return true
  }

  mutating func name(_ document: Int, _ id: ExternalID) {
    if documents.contains(document) { ids[document - documents.lowerBound] = id }
  }

  /// Whether all postings and ids came.
  var isWhole: Bool { free.indices.allSatisfy { free[$0] == starts[$0 + 1] && ids[$0] != nil } }

  /// Once all is there.
  func id(of document: Int) -> ExternalID { ids[document - documents.lowerBound] ?? "" }

  /// Terms come in the order of the lists, which need not be that of the vocabulary.
  func vector(of document: Int) -> SparseVector {
    let row = document - documents.lowerBound
    let order = (starts[row]..<starts[row + 1]).sorted { terms[$0] < terms[$1] }
    return SparseVector(unchecked: order.map { terms[$0] }, order.map { weights[$0] })
  }
}
