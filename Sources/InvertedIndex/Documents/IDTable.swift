package import Diagnostics
package import Identifiers

/// Finds a passage of a collection by its id without an index, and proves that no id is given twice.
///
/// Only hashes are kept, 16 bytes a passage, in a file where memory is short; ids are read again from the vectors where two
/// hashes agree.
package struct IDTable: Sendable {
  struct Row: BitwiseCopyable, Comparable, Sendable {
    var hash: UInt64
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool { (left.hash, left.passage) < (right.hash, right.passage) }
  }

  /// Ascending by hash.
  let rows: SortedRows<Row>

  /// - Throws: `badInput` naming both places of an id that is given twice.
  package init(of vectors: some PassageVectors, interruption: Interruption?) throws(ParlanceError) {
    try self.init(of: vectors, scratch: nil, interruption: interruption)
  }

  init(of vectors: some PassageVectors, scratch: BuildScratch?, interruption: Interruption?) throws(ParlanceError) {
    var sorter = RowSorter<Row>(memory: (scratch?.memory ?? 0) / 8, scratch: scratch)
    for index in 0..<vectors.count {
      if index & 0xFFFF == 0 { try interruption?.check() }
      try sorter.append(Row(hash: try vectors.id(at: index).stableHash, passage: UInt32(index)))
    }
    rows = sorter.finish()
    var last: Row?
    // The passages before that have the same hash, where there are any.
    var same: [UInt32] = []
    try rows.forEach { row throws(ParlanceError) in
      if let last, last.hash == row.hash {
        same.append(last.passage)
        try Self.check(Int(row.passage), against: same, of: vectors)
      } else if !same.isEmpty {
        same = []
      }
      last = row
    }
  }

  private static func check(
    _ passage: Int, against others: [UInt32], of vectors: some PassageVectors
  ) throws(ParlanceError) {
    let id = try vectors.id(at: passage)
    for other in others where try vectors.id(at: Int(other)) == id {
      throw ParlanceError(
        .badInput, "the passage \"\(id)\" is given twice, first at \(vectors.location(of: Int(other)))",
        at: vectors.location(of: passage))
    }
  }

  /// The passage that has `id`, if one has.
  package func passage(_ id: ExternalID, in vectors: some PassageVectors) throws(ParlanceError) -> Int? {
    let hash = id.stableHash
    var found: Int?
    try rows.scan(from: Row(hash: hash, passage: 0)) { row throws(ParlanceError) in
      guard row.hash == hash, found == nil else { return false }
      if try vectors.id(at: Int(row.passage)) == id { found = Int(row.passage) }
      return true
    }
    return found
  }
}
