import Diagnostics
import Identifiers
import LineFiles
import SparseVectors

/// The postings of some terms, while the vectors go by.
struct CIFFLists {
  private let terms: ArraySlice<Int>
  /// For each term of the vocabulary which of these it is, or -1.
  private var rows: [Int32]
  /// Where the postings of each term begin, and where the last ones end.
  private var starts = [0]
  private var free: [Int]
  private var documents: [UInt32]
  private var impacts: [Int32]

  /// - Parameter frequencies: for each term of the vocabulary how many vectors have it.
  init(_ terms: ArraySlice<Int>, _ frequencies: [UInt32]) {
    self.terms = terms
    rows = Array(repeating: -1, count: frequencies.count)
    for (row, term) in terms.enumerated() {
      rows[term] = Int32(row)
      starts.append(starts[row] + Int(frequencies[term]))
    }
    free = Array(starts.dropLast())
    documents = Array(repeating: 0, count: starts[terms.count])
    impacts = Array(repeating: 0, count: starts[terms.count])
  }

  mutating func add(_ vector: SparseVector, _ impacts: [Int32], of document: Int) {
    for (index, term) in vector.terms.enumerated() {
      let row = Int(rows[Int(term.rawValue)])
      guard row >= 0 else { continue }
      documents[free[row]] = UInt32(document)
      self.impacts[free[row]] = impacts[index]
      free[row] += 1
    }
  }

  func write(_ vocabulary: Vocabulary, to output: LineWriter) throws(ParlanceError) {
    for (row, term) in terms.enumerated() {
      let postings = starts[row]..<starts[row + 1]
      var (size, sum) = (0, 0)
      var before: UInt32 = 0
      for index in postings {
        let own = Self.size(of: documents[index] - before, impacts[index])
        size += 1 + ProtobufBytes.size(UInt64(own)) + own
        sum += Int(impacts[index])
        before = documents[index]
      }
      var message = ProtobufBytes()
      message.append(1, text: vocabulary.pieces[term].string)
      message.append(2, number: postings.count)
      message.append(3, number: sum)
      var head = ProtobufBytes()
      head.append(varint: UInt64(message.bytes.count + size))
      try output.write(bytes: head.bytes + message.bytes)
      before = 0
      message.reset()
      for index in postings {
        let gap = documents[index] - before
        before = documents[index]
        message.beginField(4, count: Self.size(of: gap, impacts[index]))
        message.append(1, number: gap)
        message.append(2, number: impacts[index])
        if message.bytes.count >= 1 << 15 {
          try output.write(bytes: message.bytes)
          message.reset()
        }
      }
      try output.write(bytes: message.bytes)
    }
  }

  private static func size(of gap: UInt32, _ impact: Int32) -> Int {
    ProtobufBytes.size(ofField: gap) + ProtobufBytes.size(ofField: impact)
  }
}
