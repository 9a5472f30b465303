import BinaryFiles
import CKernels
import Foundation
import TestSupport
import Testing

@Suite("Checksums") struct ChecksumTests {
  @Test("CRC-32C gives the values of RFC 3720, appendix B.4")
  func crcVectors() {
    #expect(CRC32C.checksum(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(of: (0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.checksum(of: []) == 0)
  }

  @Test("the instruction and the tables give the same CRC, whole and in pieces", arguments: 0..<200)
  func crcTwins(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let bytes = generator.bytes(count: seed < 8 ? seed : Int.random(in: 0...40_000, using: &generator))
    let cut = Int.random(in: 0...bytes.count, using: &generator)
    let portable = bytes.withUnsafeBytes { parlance_crc32c_portable(0, $0.baseAddress, $0.count) }
    var inPieces = CRC32C()
    inPieces.update(Array(bytes[..<cut]))
    inPieces.update(Array(bytes[cut...]))
    #expect(CRC32C.checksum(of: bytes) == portable, "seed \(seed)")
    #expect(inPieces.value == portable, "seed \(seed)")
  }

  @Test("SHA-256 gives the values of FIPS 180-4's examples")
  func shaVectors() {
    func hash(_ text: String) -> String { SHA256.digest(of: Array(text.utf8)).hexadecimal }
    #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hash(String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("the SHA instructions and the portable rounds give the same hash, whole and in pieces", arguments: 0..<200)
  func shaTwins(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let bytes = generator.bytes(count: 64 * Int.random(in: 1...20, using: &generator))
    var state = (0..<8).map { _ in UInt32.random(in: 0 ... .max, using: &generator) }
    var twin = state
    bytes.withUnsafeBytes {
      parlance_sha256_blocks(&state, $0.baseAddress, $0.count / 64)
      parlance_sha256_blocks_portable(&twin, $0.baseAddress, $0.count / 64)
    }
    #expect(state == twin, "seed \(seed)")

    let cut = Int.random(in: 0...bytes.count, using: &generator)
    let next = Int.random(in: cut...bytes.count, using: &generator)
    var inPieces = SHA256()
    for range in [0..<cut, cut..<next, next..<bytes.count] { inPieces.update(Array(bytes[range])) }
    #expect(inPieces.finish() == SHA256.digest(of: bytes), "seed \(seed)")
  }
}
