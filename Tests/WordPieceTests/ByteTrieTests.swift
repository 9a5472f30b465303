import Testing

@testable import WordPiece

@Suite("a trie of bytes")
struct ByteTrieTests {
  private static let keys = (0..<300).map { number in
    (bytes: Array("piece\(number)".utf8), value: UInt32(number))
  }

  @Test("keys that its slots cannot number are refused, not mixed up")
  func tooLarge() throws {
    let trie = try ByteTrie.make(Self.keys).get()
    for key in Self.keys { #expect(trie.value(of: key.bytes) == key.value) }
    let slots = trie.nodes.count
    #expect(slots > 256)
    #expect(throws: Never.self) { try ByteTrie.make(Self.keys, limit: slots).get() }
    #expect(throws: ByteTrie.Fault.self) { try ByteTrie.make(Self.keys, limit: slots - 1).get() }
  }
}
