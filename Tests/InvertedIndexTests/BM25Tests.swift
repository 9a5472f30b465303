import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@Suite("BM25")
struct BM25Tests {
  @Test("words are cut and lower-cased by Unicode's properties")
  func words() {
    let plain = TextAnalyzer(stopWords: .none, stemmer: .none)
    #expect(
      plain.words(of: "The cat's 3rd Äpfel-Kuchen, can\u{2019}t") == [
        "the", "cat's", "3rd", "äpfel", "kuchen", "can't",
      ])
    #expect(plain.words(of: "'quoted' rock''n x_y a.b") == ["quoted", "rock", "n", "x", "y", "a", "b"])
    #expect(plain.words(of: "東京タワー ЖУК") == ["東", "京", "タワー", "жук"])
    #expect(plain.words(of: " \n…—") == [])
    let english = TextAnalyzer()
    #expect(
      english.words(of: "The dog's relational databases were running") == ["dog", "relat", "databas", "were", "run"])
  }

  @Test("weights and ranks are those of the formula")
  func formula() throws {
    let scratch = try Scratch()
    let texts = [
      "git commit records changes", "git git git push", "undo the last commit with git reset", "",
      "branches are cheap in git",
    ]
    let passages = texts.enumerated().map { Passage(id: ExternalID("p\($0)"), title: "Git", text: $1) }
    var builder = BM25IndexBuilder()
    builder.bm25.analyzer = TextAnalyzer(stopWords: .none, stemmer: .none)
    try builder.build(at: scratch("index")) { () throws(ParlanceError) in Texts.source(passages) }
    let index = try InvertedIndex(path: scratch("index"))
    let words = texts.map { ("git " + $0).split(separator: " ").map(String.init) }
    let average = Double(words.reduce(0) { $0 + $1.count }) / 5
    func score(_ query: [String], _ words: [String]) -> Double {
      query.reduce(0) { sum, word in
        let n = Double(texts.count { ("git " + $0).split(separator: " ").contains { $0 == word } })
        let tf = Double(words.count { $0 == word })
        return sum + log(1 + (5 - n + 0.5) / (n + 0.5)) * tf / (tf + 0.9 * (0.6 + 0.4 * Double(words.count) / average))
      }
    }
    let query = try index.bm25Query("Undo COMMIT git git zebra")
    let hits = try index.search(query, k: 10).hits
    let expected = words.map { score(["undo", "commit", "git", "git"], $0) }.enumerated().sorted {
      $0.element > $1.element
    }
    #expect(hits.map(\.document.rawValue) == expected.map { UInt32($0.offset) })
    for (hit, score) in zip(hits, expected) { #expect(abs(Double(hit.score) - score.element) < 1e-6) }
    #expect(index.bm25 == builder.bm25 && index.weights == .f32)
    #expect(try index.passage(of: DocumentID(2)) == passages[2])
  }

  @Test("an index of an encoder's vectors has no BM25 queries; settings out of range are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: scratch("index"))
    #expect(throws: ParlanceError.self) { try index.bm25Query("git") }
    var builder = BM25IndexBuilder()
    builder.bm25.b = 1.5
    #expect(throws: ParlanceError(.usage, "expected b between 0 and 1, found 1.5")) {
      try builder.build(at: scratch("x")) { () throws(ParlanceError) in Texts.source([]) }
    }
  }

  @Test("stems are those of Snowball's Porter stemmer")
  func porter() throws {
    let path = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/porter.tsv"
    let analyzer = TextAnalyzer(stopWords: .none, stemmer: .porter)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 3000)
    for line in lines {
      let columns = line.split(separator: "\t").map(String.init)
      #expect(analyzer.words(of: columns[0]) == [columns[1]], "\(columns[0])")
    }
  }
}
