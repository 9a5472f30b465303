/// Lays sequences into batches: similar lengths together, longest first, up to a budget of tokens.
///
/// On processors nothing is padded, and the order only serves attention, whose blocks are per sequence; on devices batches are padded to
/// their longest, so that similar lengths waste little. Longest first keeps the last
/// batches short, so that the workers finish together.
enum Packing {
  /// - Parameters:
  ///   - lengths: tokens of each sequence; one without tokens is in no batch, since no model reads nothing.
  ///   - budget: tokens of a batch; a longer sequence gets a batch of its own.
  /// - Returns: positions in `lengths`, batch by batch.
  static func batches(of lengths: [Int], budget: Int) -> [[Int]] {
    // Equal lengths keep their order, so that a window is always packed the same way.
    let order = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    var batches: [[Int]] = []
    var room = 0
    for index in order {
      if batches.isEmpty || lengths[index] > room {
        batches.append([])
        room = budget
      }
      batches[batches.count - 1].append(index)
      room -= lengths[index]
    }
    return batches
  }
}
