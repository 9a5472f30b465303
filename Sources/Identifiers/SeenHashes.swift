/// Tells which ids may have been there before, by 64-bit hashes in one open-addressing table: 10.7 to 21.3 bytes an id,
/// however long ids are, and 32 for the moment in which the table grows.
///
/// Two ids of one hash are rare, one pair in 60,000 collections of 25 million; whoever is told of one looks the id up where
/// the ids themselves are kept, which is slow and as rare, or the end of the work. Each process hashes by a key of its own, so
/// that nobody can name ids of one hash.
package struct SeenHashes: Sendable {
  /// Test-only: another hash, of which a test knows ids that collide.
  @TaskLocal package static var hash: @Sendable (ExternalID) -> UInt64 = { UInt64(bitPattern: Int64($0.hashValue)) }

  private let hash = Self.hash
  /// A hash each, 0 where there is none.
  private(set) var slots: [UInt64]
  private var count = 0

  /// - Parameter count: how many ids there will be, where that is known; the table then never grows.
  package init(expecting count: Int = 0) {
    var size = 64
    while 3 * size < 4 * count { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// - Returns: false when an id with the same hash was there before, and so perhaps this id.
  package mutating func insert(_ id: ExternalID) -> Bool {
    let hash = max(1, self.hash(id))
    if 4 * (count + 1) > 3 * slots.count { grow() }
    var slot = place(of: hash)
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = hash
    count += 1
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: 2 * old.count)
    for hash in old where hash != 0 {
      var slot = place(of: hash)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = hash
    }
  }

  /// Where a hash is looked for first: all its bits have a say, whichever hash it is (Fibonacci hashing).
  private func place(of hash: UInt64) -> Int {
    let mixed = (hash ^ hash >> 32) &* 0x9e37_79b9_7f4a_7c15
    return Int(mixed >> UInt64(64 - slots.count.trailingZeroBitCount))
  }
}
