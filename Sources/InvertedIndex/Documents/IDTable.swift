package import Diagnostics
package import Identifiers

/// Finds a passage of a collection by its id without an index, and proves that no id is given twice.
///
/// Only hashes are kept, 16 bytes a passage, in a file where memory is short; ids are read again from the vectors where two
/// hashes agree, those of one hash all at once.
package struct IDTable: Sendable {
  struct Row: BitwiseCopyable, Comparable, Sendable {
    var hash: UInt64
    var passage: UInt32

    static func < (left: Self, right: Self) -> Bool { (left.hash, left.passage) < (right.hash, right.passage) }
  }

  /// Ascending by hash.
  let rows: SortedRows<Row>
  /// By their hash.
  private let colliding: [UInt64: CollidingPassages]

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
    var colliding: [UInt64: CollidingPassages] = [:]
    var hash: UInt64 = 0
    // Those that have this hash.
    var passages: [UInt32] = []
    func endHash() throws(ParlanceError) {
      guard passages.count > 1 else { return }
      let found = try CollidingPassages(passages) { passage throws(ParlanceError) in try vectors.id(at: passage) }
      if let (first, second) = found.repeated {
        throw ParlanceError(
          .badInput,
          "the passage \"\(try vectors.id(at: second))\" is given twice, first at \(vectors.location(of: first))",
          at: vectors.location(of: second))
      }
      colliding[hash] = found
    }
    try rows.forEach { row throws(ParlanceError) in
      if row.hash != hash {
        try endHash()
        hash = row.hash
        passages.removeAll(keepingCapacity: true)
      }
      passages.append(row.passage)
    }
    try endHash()
    self.colliding = colliding
  }

  /// The passage that has `id`, if one has.
  package func passage(_ id: ExternalID, in vectors: some PassageVectors) throws(ParlanceError) -> Int? {
    let hash = id.stableHash
    if let colliding = colliding[hash] {
      return try colliding.passage(id) { passage throws(ParlanceError) in try vectors.id(at: passage) }
    }
    var found: Int?
    try rows.scan(from: Row(hash: hash, passage: 0)) { row throws(ParlanceError) in
      if row.hash == hash, try vectors.id(at: Int(row.passage)) == id { found = Int(row.passage) }
      return false
    }
    return found
  }
}
