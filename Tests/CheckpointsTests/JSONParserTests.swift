import Diagnostics
import Foundation
import Testing

@testable import Checkpoints

@Suite("The strict JSON of checkpoints")
struct JSONParserTests {
  static let refused: [String] = [
    "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{a:1}", "01", "1.", "1e", "-", "+1", ".5", "nul", "tru",
    "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\u{1}b\"", "1 2", "{}{}",
    "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "1e999", String(repeating: "[", count: 100_000),
  ]

  @Test("texts that are no JSON, or JSON that readers disagree about, are refused", arguments: refused)
  func refuses(_ text: String) {
    #expect(throws: ParlanceError.self) { try JSONParser.parse(Array(text.utf8), file: "f") }
  }

  @Test("text that is not UTF-8 is refused")
  func refusesBadUTF8() {
    let texts: [[UInt8]] = [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
    ]
    for bytes in texts {
      #expect(throws: ParlanceError.self) { try JSONParser.parse(bytes, file: "f") }
    }
  }

  @Test("strings, numbers, nesting and the order of keys are kept")
  func reads() throws {
    let node = try JSONParser.parse(
      Array(#"{"b":[1,-2.5e3,true,null],"a":"é\n\ud83d\ude00\/","e\u0301":{}}"#.utf8), file: "f")
    #expect(node.members?.map(\.key) == ["b", "a", "e\u{301}"])
    #expect(node["b"]?.array?[0].integer == 1)
    #expect(node["b"]?.array?[1].double == -2500)
    #expect(node["b"]?.array?[2].bool == true)
    #expect(node["b"]?.array?[3].isNull == true)
    #expect(node["a"]?.string == "é\n😀/")
    // The same characters to Swift, other bytes.
    #expect(node["\u{E9}"] == nil)
  }

  @Test("random damage to a real header never crashes the parser")
  func survivesDamage() throws {
    let bytes = Array(
      try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("bert-sharded/model.safetensors.index.json"))))
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SplitMix(state: seed)
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = try? JSONParser.parse(damaged, file: "seed \(seed)")
    }
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
