import BinaryFiles

/// The SHA-1 that git gives a file: of `blob LENGTH`, a zero byte, and the content (FIPS 180-4, section 6.1).
///
/// The hub's etag of a small file is this hash; large files have SHA-256. It only tells a broken transfer, which SHA-1
/// is good enough for.
enum GitBlobHash {
  static func hexadecimal(of content: RawSpan) -> String {
    var message = Array("blob \(content.byteCount)\0".utf8)
    message.reserveCapacity(message.count + content.byteCount + 72)
    for offset in content.byteOffsets { message.append(content.byte(at: offset)) }
    return sha1(message).map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func sha1(_ content: [UInt8]) -> [UInt32] {
    var message = content
    let bits = UInt64(content.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }

    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var schedule = [UInt32](repeating: 0, count: 80)
    for block in stride(from: 0, to: message.count, by: 64) {
      for word in 0..<16 {
        schedule[word] = (0..<4).reduce(0) { $0 << 8 | UInt32(message[block + 4 * word + $1]) }
      }
      for word in 16..<80 {
        schedule[word] = rotated(
          schedule[word - 3] ^ schedule[word - 8] ^ schedule[word - 14] ^ schedule[word - 16], by: 1)
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for round in 0..<80 {
        let (mix, constant): (UInt32, UInt32) =
          switch round {
          case ..<20: (b & c | ~b & d, 0x5A82_7999)
          case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
          case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        let next = rotated(a, by: 5) &+ mix &+ e &+ constant &+ schedule[round]
        (a, b, c, d, e) = (next, a, rotated(b, by: 30), c, d)
      }
      for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }
    return state
  }

  private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
