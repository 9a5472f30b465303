import BinaryFiles
import Evaluation

extension SeededGenerator {
  /// The generator for one purpose at one step, which no other draw can shift: it begins at the first eight bytes of the SHA-256
  /// of all three, as a big-endian number.
  init(seed: UInt64, _ purpose: StaticString, _ number: UInt64) {
    var bytes = Array(purpose.description.utf8)
    bytes.append(littleEndian: seed)
    bytes.append(littleEndian: number)
    self.init(seed: SHA256.digest(of: bytes).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}
