import Identifiers

/// Finds a piece of a vocabulary by its text: places in the list of pieces, by hash.
///
/// A dictionary does the same and takes several times as long to fill, which is what opening a model waits for.
struct PieceTable: Sendable {
  /// Of two equal pieces the places, if there are such.
  private(set) var twins: (Int, Int)?
  /// A place + 1, or 0; the number is a power of two, at least twice that of the pieces.
  private var slots: [UInt32]

  init(_ pieces: [ExternalID]) {
    var count = 16
    while count < 2 * pieces.count { count *= 2 }
    slots = [UInt32](repeating: 0, count: count)
    for (place, piece) in pieces.enumerated() {
      let slot = slot(of: piece, in: pieces)
      if slots[slot] != 0 {
        if twins == nil { twins = (Int(slots[slot] - 1), place) }
      } else {
        slots[slot] = UInt32(place + 1)
      }
    }
  }

  func place(of piece: ExternalID, in pieces: [ExternalID]) -> Int? {
    let found = slots[slot(of: piece, in: pieces)]
    return found == 0 ? nil : Int(found - 1)
  }

  /// Where the piece is, or the empty slot where it would be.
  private func slot(of piece: ExternalID, in pieces: [ExternalID]) -> Int {
    let mask = slots.count - 1
    // Seeded anew in each process: no file can be made whose pieces collide.
    var slot = piece.hashValue & mask
    while slots[slot] != 0, pieces[Int(slots[slot] - 1)] != piece { slot = (slot + 1) & mask }
    return slot
  }
}
