/// What the normaliser makes of a stretch of text: UTF-8, and for each of its bytes the bytes of the text it stands for.
struct NormalizedText: Sendable {
  /// A combining mark that waits for its place in canonical order.
  struct Mark: Sendable, BitwiseCopyable {
    var scalar: UInt32
    var rank: UInt8
    /// Not the first scalar of a decomposition, so without a place of its own in the text.
    var isExtra: Bool
  }

  /// A stretch of the original text, in bytes.
  struct Place: Sendable, BitwiseCopyable {
    var start: UInt32
    var end: UInt32
  }

  var bytes: [UInt8] = []
  var places: [Place] = []

  /// Marks since the last starter, and the places that the input gave them, in input order.
  var marks: [Mark] = []
  var markPlaces: [Place] = []
  /// The place that was handed out last.
  var lastPlace = Place(start: 0, end: 0)

  /// Starts a new stretch; extra marks before its first scalar take `place`.
  mutating func reset(before place: Place) {
    bytes.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    markPlaces.removeAll(keepingCapacity: true)
    lastPlace = place
  }

  /// Writes one scalar as UTF-8, each byte at the same place.
  mutating func append(_ scalar: UInt32, at place: Place) {
    let count: Int
    switch scalar {
    case 0..<0x80:
      bytes.append(UInt8(truncatingIfNeeded: scalar))
      count = 1
    case 0x80..<0x800:
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
      count = 2
    case 0x800..<0x10000:
      bytes.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
      count = 3
    default:
      bytes.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
      count = 4
    }
    for _ in 0..<count { places.append(place) }
  }
}
