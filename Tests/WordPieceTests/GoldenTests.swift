import Foundation
import TestSupport
import Testing
import WordPiece

@Suite("Goldens of the Hugging Face tokenizers")
struct GoldenTests {
  struct Case: Decodable {
    var settings: String
    var text: String
    var pair: String?
    var length: Int?
    var strategy: String?
    var side: String?
    var numbers: [Int32]
  }

  @Test("each committed case has the ids, type ids and offsets of the judge")
  func cases() throws {
    let text = try String(contentsOfFile: GoldenTokenizer.folder + "/cases.jsonl", encoding: .utf8)
    var tokenizers: [String: WordPieceTokenizer] = [:]
    for name in GoldenTokenizer.settings.keys { tokenizers[name] = try GoldenTokenizer.make(name) }
    var count = 0
    for line in text.split(separator: "\n") {
      let golden = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
      let tokenizer = try #require(tokenizers[golden.settings])
      let record = JudgeRecord(
        text: golden.text, pair: golden.pair, length: golden.length, strategy: golden.strategy, side: golden.side)
      #expect(record.numbers(tokenizer) == golden.numbers, "\(line)")
      count += 1
    }
    #expect(count > 2_000)
  }

  #if DEBUG
    /// A debug build is slow: it goes through the first 32,768 scalars and some blocks behind; release tests see all.
    static let exhaustive = ["uncased"]
    static let blocks = Array(0..<8) + [10, 15, 16, 29, 30, 31, 47, 224, 271]
  #else
    static let exhaustive = ["uncased", "cased", "uncased-accents", "cased-stripped", "raw"]
    static let blocks = Array(0..<272)
  #endif

  @Test(
    "all 1,112,064 scalars, alone, between letters and between marks, come out as the judge's", arguments: exhaustive)
  func scalars(settings: String) throws {
    let tokenizer = try GoldenTokenizer.make(settings)
    let goldens = try String(contentsOfFile: GoldenTokenizer.folder + "/scalars.txt", encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix(settings + " ") }
    try #require(goldens.count == 272)
    var scalarCount = 0
    for block in Self.blocks {
      let golden = goldens[block]
      var digest = JudgeDigest()
      var numbers: [Int32] = []
      for value in UInt32(block * 4096)..<UInt32(block * 4096 + 4096) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let text = "\(scalar) a\(scalar)b a\u{345}\(scalar)\u{334}b \(scalar)"
        digest.update(tokenizer.normalizer.normalized(text))
        numbers.append(contentsOf: tokenizer.encode(text).numbers)
        scalarCount += 1
      }
      digest.update(numbers)
      let start = String(block * 4096, radix: 16)
      #expect(digest.finish().hasPrefix(golden.suffix(16)), "a scalar of the 4,096 from U+\(start) on differs")
    }
    #expect(Self.blocks.count < 272 || scalarCount == 1_112_064)
  }
}
