package import Diagnostics
package import Identifiers

/// Finds a passage of a collection by its id without an index, and proves that no id is given twice.
///
/// Only hashes are kept, 12 bytes a passage; ids are read again from the vectors where two hashes agree.
package struct IDTable: Sendable {
  /// Ascending; equal hashes are next to each other, their passages ascending.
  let hashes: [UInt64]
  let passages: [UInt32]

  /// - Throws: `badInput` naming both places of an id that is given twice.
  package init(of vectors: some PassageVectors, interruption: Interruption?) throws(ParlanceError) {
    var rows: [(hash: UInt64, passage: UInt32)] = []
    rows.reserveCapacity(vectors.count)
    for index in 0..<vectors.count {
      if index & 0xFFFF == 0 { try interruption?.check() }
      rows.append((try vectors.id(at: index).stableHash, UInt32(index)))
    }
    rows.sort { ($0.hash, $0.passage) < ($1.hash, $1.passage) }
    hashes = rows.map(\.hash)
    passages = rows.map(\.passage)
    for index in hashes.indices.dropFirst() where hashes[index] == hashes[index - 1] {
      var other = index - 1
      while other >= 0, hashes[other] == hashes[index] {
        let (first, second) = (Int(passages[other]), Int(passages[index]))
        let id = try vectors.id(at: second)
        if try vectors.id(at: first) == id {
          throw ParlanceError(
            .badInput, "the passage \"\(id)\" is given twice, first at \(vectors.location(of: first))",
            at: vectors.location(of: second))
        }
        other -= 1
      }
    }
  }

  /// The passage that has `id`, if one has.
  package func passage(_ id: ExternalID, in vectors: some PassageVectors) throws(ParlanceError) -> Int? {
    let hash = id.stableHash
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = low + (high - low) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    while low < hashes.count, hashes[low] == hash {
      let passage = Int(passages[low])
      if try vectors.id(at: passage) == id { return passage }
      low += 1
    }
    return nil
  }
}
