import Diagnostics

/// The ids of passages that are not deleted: no two segments have the same one.
///
/// Nothing of it is kept in memory: the hashes of two segments' ids, which are in order, are gone through side by side.
struct LiveIDs {
  /// Those of each segment.
  let documents: [DocumentStore]
  /// The numbers of each segment's deleted passages, ascending.
  let deleted: [[UInt32]]

  /// Whether an id is in a segment once is asked by `DocumentStore.verifyContents`.
  ///
  /// - Throws: `badInput` naming the id; `interrupted`.
  /// - Complexity: for each two segments as many steps as they have passages.
  func verify(interruption: Interruption?) throws(ParlanceError) {
    for one in documents.indices {
      for other in documents.indices.prefix(one) { try compare(one, other, interruption) }
    }
  }

  private func compare(_ one: Int, _ other: Int, _ interruption: Interruption?) throws(ParlanceError) {
    let (store, otherStore) = (documents[one], documents[other])
    var (row, otherRow) = (0, 0)
    while row < store.count, otherRow < otherStore.count {
      if (row + otherRow) & 4095 == 0 { try interruption?.check() }
      let (hash, otherHash) = (try store.idHash(atRow: row), try otherStore.idHash(atRow: otherRow))
      if hash > otherHash {
        otherRow += 1
        continue
      }
      if hash == otherHash { try refuseTwin(store.passage(ofRow: row), of: one, in: other) }
      row += 1
    }
  }

  private func refuseTwin(_ passage: Int, of one: Int, in other: Int) throws(ParlanceError) {
    guard isLive(passage, in: one) else { return }
    let id = try documents[one].id(at: passage)
    guard let twin = try documents[other].passage(id), isLive(twin, in: other) else { return }
    throw ParlanceError(
      .badInput,
      "expected each id once, \"\(id)\" is passage \(passage) of \(documents[one].path) and passage \(twin) of "
        + "\(documents[other].path), and neither is deleted; build the index anew or copy all of it again")
  }

  private func isLive(_ passage: Int, in segment: Int) -> Bool {
    let deleted = deleted[segment]
    let place = deleted.partitionPoint { $0 < passage }
    return place == deleted.count || deleted[place] != passage
  }
}
